"""Talking to a process by its standard streams."""

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest

from core.errors import UnavailableError
from core.sessions.supervision.command import Command, Limits, StartError
from core.sessions.supervision.marks import marked
from core.sessions.supervision.pipes import LINE
from core.sessions.supervision.running import Conversation, converse
from tests.core.sessions.supervision.processes import (
    STUBBORN,
    UNLIMITED,
    Watcher,
    command,
    new_mark,
    shell,
    until,
)


@pytest.fixture
async def watcher() -> Watcher:
    return Watcher()


def talk(
    watcher: Watcher, command: Command, limits: Limits = UNLIMITED
) -> AbstractAsyncContextManager[Conversation]:
    return converse(
        command,
        limits,
        err=watcher.hear_error,
        started=watcher.started,
        stale=watcher.stale,
        stop=watcher.stop,
    )


async def test_each_line_is_answered(watcher: Watcher) -> None:
    async with talk(watcher, shell("while read line; do echo got $line; done")) as conversation:
        await conversation.send(b"one\n")
        assert await anext(conversation.lines) == b"got one"
        await conversation.send(b"two\nthree\n")
        assert [await anext(conversation.lines) for _ in range(2)] == [b"got two", b"got three"]
        ended = await conversation.end(5)
    assert (ended.ended, ended.code) == ("exit", 0)


async def test_lines_end_with_the_process_and_the_last_needs_no_end_of_line(watcher: Watcher) -> None:
    async with talk(watcher, shell("printf 'a\\n\\nb'; exit 4")) as conversation:
        assert [line async for line in conversation.lines] == [b"a", b"", b"b"]
        assert (await conversation.end(5)).code == 4


async def test_waiting_for_a_line_can_be_given_up_and_taken_up_again(watcher: Watcher) -> None:
    async with talk(watcher, shell("read line; echo $line; cat")) as conversation:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(conversation.lines), 0.02)
        await conversation.send(b"hello\n")
        assert await anext(conversation.lines) == b"hello"


async def test_a_line_that_is_too_long_is_dropped_and_counted_and_no_other(watcher: Watcher) -> None:
    script = f"echo first; head -c {LINE + 1_500_000} /dev/zero; echo; echo last"
    async with talk(watcher, shell(script)) as conversation:
        assert [line async for line in conversation.lines] == [b"first", b"last"]
        assert conversation.dropped == 1


async def test_nothing_is_lost_when_lines_are_taken_slowly(watcher: Watcher) -> None:
    async with talk(watcher, shell("seq 300000")) as conversation:
        assert await anext(conversation.lines) == b"1"
        rest = [line async for line in conversation.lines]
    assert (len(rest), rest[-1]) == (299_999, b"300000")


async def test_one_that_stays_when_its_input_is_closed_is_made_to_end(watcher: Watcher) -> None:
    mark = new_mark()
    impatient = Limits(total=None, silence=None, patience=0.05)
    async with talk(watcher, shell(STUBBORN, mark=mark), impatient) as conversation:
        await anext(conversation.lines)
        ended = await conversation.end(0.05)
    assert ended.ended == "exit"
    assert "made to" in ended.detail
    assert not marked(mark)


async def test_leaving_ends_the_process_whatever_happened(watcher: Watcher) -> None:
    mark = new_mark()
    with pytest.raises(KeyError):
        async with talk(watcher, shell("cat", mark=mark)):
            raise KeyError
    assert not marked(mark)


async def test_a_stop_ends_the_lines_and_is_told(watcher: Watcher) -> None:
    async with talk(watcher, shell("cat")) as conversation:
        watcher.stop.set()
        assert [line async for line in conversation.lines] == []
        assert (await conversation.end(5)).ended == "stopped"


async def test_who_was_stopped_before_is_not_started(watcher: Watcher) -> None:
    watcher.stop.set()
    with pytest.raises(StartError, match="stopped before it began"):
        async with talk(watcher, shell("cat")):
            pass
    assert watcher.identity is None


async def test_there_is_no_silence_while_somebody_is_asked(watcher: Watcher) -> None:
    async with talk(watcher, shell("cat"), Limits(total=None, silence=0.05)) as conversation:
        conversation.quiet(True)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(conversation.lines), 0.3)
        assert watcher.silences == []
        conversation.quiet(False)
        await until(lambda: watcher.silences)
        assert (await conversation.end(5)).ended in ("silent", "exit")


async def test_sending_to_one_that_has_ended_is_a_sentence(watcher: Watcher) -> None:
    async with talk(watcher, shell("exit 0")) as conversation:
        await conversation.end(5)
        with pytest.raises(UnavailableError, match="takes nothing more"):
            await conversation.send(b"hello\n")


async def test_a_send_waits_for_one_that_reads_slowly_and_ends_with_it(watcher: Watcher) -> None:
    async with talk(watcher, command("sleep", "60"), Limits(total=0.1, silence=None)) as conversation:
        await conversation.send(b"x" * 2_000_000)
        assert (await conversation.end(0)).ended == "timeout"

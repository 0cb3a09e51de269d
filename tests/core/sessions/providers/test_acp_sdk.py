"""The provider against the protocol's own library: the other side of the wire is code that is not ours."""

import asyncio
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from core.provider_settings import ProviderSettings
from core.sessions.providers.acp.provider import AcpProvider
from core.sessions.turns import Outcome, Question
from tests.core.sessions.providers.conftest import Turns, Watched
from tests.fakes.agents import __file__ as agents

AGENT = Path(agents).with_name("sdk_agent.py")
SDK = "agent-client-protocol==0.12.1"


def provider(program: Path) -> AcpProvider:
    return AcpProvider("sdk", ProviderSettings(kind="acp", argv=(sys.executable, str(program))), os.environ)


async def test_it_asks_is_answered_and_told_that_there_are_no_files(turns: Turns, watched: Watched) -> None:
    async def decide(question: Question) -> str | None:
        return question.choices[0].id

    result = await provider(AGENT).run(turns("ask for files"), watched.stand(decide))

    assert result.outcome is Outcome.SUCCEEDED, result.detail
    assert result.text == "It is selected."
    assert watched.text.startswith("You said ask for files. Refused with -32601.\n⚙ Write a file: a.txt\n")
    assert [choice.name for choice in watched.questions[0].choices] == ["Yes", "No"]


async def test_a_conversation_goes_on_in_another_process_and_is_stopped(turns: Turns, watched: Watched) -> None:
    agent = provider(AGENT)
    failed = await agent.run(turns("fail"), Watched().stand())
    going_on = turns("wait", resume_id=failed.resume_id)

    running = asyncio.create_task(agent.run(going_on, watched.stand()))
    async with asyncio.timeout(30):
        await watched.saw.wait()
        watched.stop.set()
        stopped = await running

    assert failed.resume_id == "sdk-1"
    assert failed.detail.endswith("Internal error: out of quota.")
    assert (stopped.outcome, stopped.text) == (Outcome.CANCELLED, "You said wait.")


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example agents of the library, which come with its source alone."""
    folder = tmp_path_factory.mktemp("sdk")
    download = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-binary",
        ":all:",
        "--no-deps",
        "--retries",
        "0",
    ]
    try:
        done = subprocess.run(
            [*download, "--timeout", "5", "-d", str(folder), SDK],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=30,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("the source of the library could not be downloaded in time")
    archive = next(folder.glob("*.tar.gz"), None)
    if done.returncode != 0 or archive is None:
        pytest.skip("the source of the library cannot be downloaded here")
    with tarfile.open(archive) as source:
        source.extractall(folder, filter="data")
    return next(folder.glob("*/examples"))


@pytest.mark.parametrize(("example", "said"), [("echo_agent.py", "hello"), ("agent.py", "Client sent:hello")])
async def test_the_examples_of_the_library_answer(
    example: str, said: str, examples: Path, turns: Turns, watched: Watched
) -> None:
    result = await provider(examples / example).run(turns("hello"), watched.stand())

    assert (result.outcome, result.text) == (Outcome.SUCCEEDED, said), result.detail

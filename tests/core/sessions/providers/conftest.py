"""Turns in a folder of the test's own, and a stand that writes down what happens on it."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from core.sessions.supervision.command import Identity, Limits
from core.sessions.turns import Question, Stand, Turn


@dataclass
class Watched:
    """What a turn did with its stand."""

    shown: bytearray = field(default_factory=bytearray)
    started: list[Identity] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    saw: asyncio.Event = field(default_factory=asyncio.Event)

    def stand(self, answer: Callable[[Question], Awaitable[str | None]] | None = None) -> Stand:
        async def ask(question: Question) -> str | None:
            self.questions.append(question)
            self.saw.set()
            return await answer(question) if answer else None

        async def begun(identity: Identity) -> None:
            self.started.append(identity)

        async def silent(_: float) -> None:
            return None

        return Stand(self._record, begun, ask, silent, self.stop)

    def _record(self, shown: bytes) -> None:
        self.shown += shown
        self.saw.set()

    @property
    def text(self) -> str:
        return self.shown.decode("utf-8", "replace")


@pytest.fixture
def watched() -> Watched:
    return Watched()


@dataclass(frozen=True)
class Turns:
    """Makes turns that differ from a plain one."""

    folder: Path

    def __call__(self, prompt: str, **changes: object) -> Turn:
        turn = Turn(
            session=1,
            number=1,
            purpose="main",
            prompt=prompt,
            model=None,
            resume_id=None,
            workdir=self.folder / "work",
            private=self.folder / "private",
            mark=f"test-{os.getpid()}-{self.folder.name}",
            limits=Limits(60, 30),
        )
        return replace(turn, **changes)  # type: ignore[arg-type]


@pytest.fixture
def turns(tmp_path: Path) -> Turns:
    (tmp_path / "work").mkdir()
    (tmp_path / "private").mkdir(mode=0o700)
    return Turns(tmp_path)

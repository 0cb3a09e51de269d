"""Begins a session, in the transaction of whoever wants it: the row, its stages, and the event that says so."""

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from core.api.sessions import SessionKind
from core.errors import InvalidError
from core.ids import Entropy, run_mark
from core.people.words import quoted
from core.sessions.choosing import SHELL, ProviderChoice
from core.sessions.launching import Launch
from core.sessions.placeholders import fill, written
from core.sessions.scripts import refer
from core.sessions.stages.definition import Definition, decode, encode, variable
from core.sessions.stages.parameters import check_parameters, without_automatic
from core.sessions.stages.planning import plan, plan_command
from core.sessions.stages.values import LONGEST_VARIABLE
from core.sessions.stages.work import Planned
from core.sessions.telling import tell_created
from core.text import storable
from storage import bots, responsibilities, sessions, turns
from storage.bots import BotRow
from storage.database import Connection
from storage.ids import BotId, Instant, SessionId, StageId, WorkspaceId
from storage.responsibilities import HeldRole
from storage.sessions import NewSessionRow
from storage.turns import NewStageRow, NewTurnRow
from storage.workflows import workflow_by_name

LONGEST_PROMPT = 500_000

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_LONGEST_TITLE = 200
_LONGEST_GUESS = 80
_LONGEST_ID = 200
_MOST_ARGUMENTS = 1_000
_NEEDS: dict[SessionKind, str] = {
    "develop": "A Develop session needs either a prompt or a workflow.",
    "chat": "A Chat needs a prompt.",
    "bot": "A session of a bot needs a prompt.",
}


class GoneError(InvalidError):
    """What the session was to use is not there any more."""


class _Beginning(NamedTuple):
    """A session to be, with its stages, and the number of the one that says its prompt."""

    row: NewSessionRow
    planned: list[Planned]
    spoken: int | None


class Starting:
    """Checks what is to begin, and begins it."""

    def __init__(self, providers: ProviderChoice, entropy: Entropy) -> None:
        self._providers = providers
        self._entropy = entropy

    def start(self, connection: Connection, launch: Launch, now: Instant) -> SessionId:
        """The new session, queued. Raises InvalidError with its place, and GoneError when its bot or its workflow
        is not there."""
        return self.start_all(connection, [launch], now)[0]

    def start_all(self, connection: Connection, launches: Sequence[Launch], now: Instant) -> list[SessionId]:
        """The same of several, in this order. What it raises it raises before anything is written."""
        begun = [self._prepared(connection, launch, now) for launch in launches]
        ids = sessions.add_all(connection, [one.row for one in begun])
        new = list(zip(ids, begun, strict=True))
        self._stage(connection, new)
        rows = [(session, one.row) for session, one in new]
        responsibilities.begin_all(connection, [held for row in rows for held in _roles(*row)])
        tell_created(connection, rows, now=now, entropy=self._entropy)
        return ids

    def _prepared(self, connection: Connection, launch: Launch, now: Instant) -> _Beginning:
        """What is to be written, once all of it has been checked."""
        _check(launch)
        bot = None if launch.bot is None else _bot(connection, launch.workspace, launch.bot)
        provider, model = self._provider(launch, bot)
        workflow = None if launch.workflow is None else _workflow(connection, launch.workspace, launch.workflow)
        given = _parameters(launch, workflow)
        prompt = self._prompt(launch, provider)
        planned = _plan(launch, prompt, workflow, given)
        row = NewSessionRow(
            workspace_id=launch.workspace,
            kind=launch.kind,
            title=_title(launch, prompt),
            prompt=storable(prompt),
            owner_id=launch.owner,
            creator_id=launch.creator,
            provider=provider,
            model=model,
            created_at=now,
            ticket_id=None if launch.ticket is None else storable(launch.ticket),
            bot_id=None if bot is None else bot.id,
            bot_name=None if bot is None else bot.name,
            instructions="" if bot is None else bot.instructions,
            workflow=launch.workflow,
            workflow_snapshot=None if workflow is None else encode(workflow),
            parameters=storable(_encode(given)),
            modes=msgspec.json.encode(launch.modes).decode(),
            auto_complete=launch.auto_complete,
            only_if_unchanged=launch.only_if_unchanged,
            automation_id=launch.automation,
            execution_id=launch.execution,
            workdir=launch.folder,
            notify=launch.notify,
        )
        return _Beginning(row, planned, _spoken(launch, planned))

    def _provider(self, launch: Launch, bot: BotRow | None) -> tuple[str, str | None]:
        if launch.argv:
            return SHELL, None
        own = bot is not None and launch.provider in (None, bot.provider)
        chosen = launch.provider or (bot.provider if bot is not None else self._providers.default)
        model = bot.model if bot is not None and own and launch.model is None else launch.model
        self._providers.check_model(chosen, model)
        return chosen, model

    def _prompt(self, launch: Launch, provider: str) -> str:
        """What is to be done, with its places filled; a script gets references to what comes from outside."""
        if launch.argv:
            return shlex.join(launch.argv)
        if launch.prompt is None or launch.known is None:
            return launch.prompt or ""
        if self._providers.runs_scripts(provider):
            return refer(launch.prompt, _variables(launch.parameters), launch.known).text
        prompt = fill(launch.prompt, {**launch.known, **launch.parameters}).text
        check_prompt(prompt)
        return prompt

    def _stage(self, connection: Connection, new: Sequence[tuple[SessionId, _Beginning]]) -> None:
        """Add the stages, which wait, and the turns that the prompts will be."""
        rows = [
            NewStageRow(session, number, stage.name, stage.kind, storable(stage.title), storable(stage.spec))
            for session, one in new
            for number, stage in enumerate(one.planned, 1)
        ]
        ids = turns.add_stages(connection, rows)
        of_stage = {(row.session_id, row.number): stage for row, stage in zip(rows, ids, strict=True)}
        promised = [
            self._turn(session, one.row, of_stage[session, one.spoken])
            for session, one in new
            if one.spoken is not None
        ]
        turns.add_turns(connection, promised)

    def _turn(self, session: SessionId, row: NewSessionRow, stage: StageId) -> NewTurnRow:
        return NewTurnRow(
            session_id=session,
            number=1,
            stage_id=stage,
            purpose="main" if row.kind == "develop" else "chat",
            prompt=row.prompt,
            provider=row.provider,
            model=row.model,
            mark=run_mark(self._entropy),
            created_at=row.created_at,
            author_id=row.creator_id if row.automation_id is None else None,
        )


def _roles(session: SessionId, row: NewSessionRow) -> list[HeldRole]:
    return [
        HeldRole(row.workspace_id, "session", str(session), role, person)
        for role, person in (("owner", row.owner_id), ("creator", row.creator_id))
    ]


def _spoken(launch: Launch, planned: Sequence[Planned]) -> int | None:
    """The number of the stage that says the prompt."""
    prompts = (number for number, stage in enumerate(planned, 1) if stage.kind == "prompt")
    return None if launch.prompt is None else next(prompts, None)


def _variables(parameters: Mapping[str, object]) -> dict[str, str]:
    """What each of them is called in a script."""
    for name, value in parameters.items():
        if len(written(value).encode(errors="replace")) > LONGEST_VARIABLE:
            raise InvalidError(
                f"For a script a value has {LONGEST_VARIABLE:,} bytes at most.", f"parameters.{name}"
            )
    return {name: variable(name) for name in parameters}


def check_prompt(prompt: str) -> None:
    if not prompt.strip():
        raise InvalidError("Say what is to be done: the prompt is empty.", "prompt")
    if len(prompt) > LONGEST_PROMPT:
        raise InvalidError(f"A prompt has {LONGEST_PROMPT:,} characters at most.", "prompt")


def _check(launch: Launch) -> None:
    """What each kind needs, and what it cannot have."""
    given = [part for part in (launch.prompt, launch.workflow, launch.argv or None) if part is not None]
    if len(given) != 1:
        raise InvalidError(_NEEDS[launch.kind], "prompt")
    if launch.kind != "develop" and launch.prompt is None:
        raise InvalidError(_NEEDS[launch.kind], "prompt")
    if (launch.kind == "bot") != (launch.bot is not None):
        needs = "Say which bot." if launch.kind == "bot" else "Only a session of the kind bot has a bot."
        raise InvalidError(needs, "bot")
    if launch.modes and (launch.kind != "develop" or launch.argv):
        raise InvalidError("Only a Develop session has modes.", "modes")
    if launch.prompt is not None:
        check_prompt(launch.prompt)
    if launch.argv:
        _check_argv(launch.argv)
    if len(launch.title) > _LONGEST_TITLE:
        raise InvalidError(f"A title has {_LONGEST_TITLE} characters at most.", "title")
    if launch.ticket is not None and not 0 < len(launch.ticket) <= _LONGEST_ID:
        raise InvalidError(f"A ticket's id has 1 to {_LONGEST_ID} characters.", "ticket")
    if launch.only_if_unchanged and not launch.auto_complete:
        raise InvalidError(
            "'Only if no file changes' is for a session that completes by itself.", "only_if_unchanged"
        )


def _check_argv(argv: tuple[str, ...]) -> None:
    if not argv[0]:
        raise InvalidError("The first argument is the program to run: it cannot be empty.", "argv")
    if len(argv) > _MOST_ARGUMENTS or sum(map(len, argv)) > LONGEST_PROMPT:
        raise InvalidError("This command is too long; put it into a script.", "argv")
    if any(storable(argument) != argument for argument in argv):
        raise InvalidError("There is a character here that no command can take.", "argv")


def _bot(connection: Connection, workspace: WorkspaceId, bot: BotId) -> BotRow:
    found = bots.by_id(connection, bot)
    if found is None or found.workspace_id != workspace:
        raise GoneError("The bot that was to do this is gone: choose another.", "bot")
    return found


def _workflow(connection: Connection, workspace: WorkspaceId, name: str) -> Definition:
    found = workflow_by_name(connection, workspace, name)
    if found is None:
        raise GoneError(f"There is no workflow {quoted(name)} in this workspace.", "workflow")
    return decode(found.definition)


def _parameters(launch: Launch, workflow: Definition | None) -> dict[str, object]:
    """What is kept as given: for a workflow, a value for each of its parameters and what comes by itself."""
    if launch.argv:
        return {"argv": launch.argv}
    if workflow is None:
        return dict(launch.parameters)
    own, automatic = without_automatic(launch.parameters)
    return {**check_parameters(workflow, own), **automatic}


def _plan(launch: Launch, prompt: str, workflow: Definition | None, given: Mapping[str, object]) -> list[Planned]:
    if launch.argv:
        return [plan_command(launch.argv)]
    return plan(launch.kind, launch.modes, None if workflow else prompt, workflow, given)


def _title(launch: Launch, prompt: str) -> str:
    """What it is called: as it was said, or by its workflow, or by how its prompt begins."""
    said = storable(" ".join(launch.title.split()))
    if said or launch.workflow is not None:
        return said or launch.workflow or ""
    first = storable(" ".join(prompt.split()))
    return first if len(first) <= _LONGEST_GUESS else first[: _LONGEST_GUESS - 1].rstrip() + "…"

"""What an automation must be to be saved. Whatever is wrong is refused with the field where it stands."""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from core.api.automations import AutomationCreation
from core.automations.cron import zone
from core.automations.fitting import misfit
from core.automations.schedules import ONE_TIME_GRACE, expression, following, instant_of
from core.clock import to_datetime
from core.errors import InvalidError
from core.people import words
from core.sessions.choosing import ProviderChoice
from core.sessions.placeholders import NAME
from core.sessions.stages.definition import decode
from core.sessions.stages.parameters import check_parameters
from core.sessions.starting import check_prompt
from core.text import storable
from storage import bots
from storage.database import Connection
from storage.ids import BotId, Instant, WorkspaceId
from storage.workflows import workflow_by_name

GOVERNED: Final = (
    "prompt",
    "workflow",
    "bot",
    "modes",
    "auto_complete",
    "only_if_unchanged",
    "run_missed",
    "cron",
    "tz",
    "at",
    "signature",
    "signature_secret",
)
"""The fields that not every automation has."""

_LONGEST_NAME = 200
_LONGEST_TICKET = 200
_LONGEST_MODEL = 200
_LONGEST_SECRET = 500
_MOST_PARAMETERS = 100
_LARGEST_PARAMETERS = 65_536
_CALLED = frozenset({"manual", "http"})  # whoever sets them off can give parameters
_NEEDS = {
    "develop": "Say what is to be done: a Develop automation needs a prompt or a workflow.",
    "chat": "Say what is to be done: a Chat needs a prompt.",
    "bot": "Say what the bot is to do: a prompt is missing.",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an automation is checked against. `planned` is the time that a one-time automation already has."""

    connection: Connection
    workspace: WorkspaceId
    now: Instant
    zone: str  # where none is named
    providers: ProviderChoice
    planned: tuple[Instant, str] | None = None  # and as it was typed
    secret: str | None = None  # that a webhook's sender already signs with


@dataclass(frozen=True, slots=True)
class Timing:
    """When an automation runs, as columns."""

    cron: str | None = None
    zone: str | None = None
    run_at: Instant | None = None
    wall_time: str | None = None


def columns_of(wish: AutomationCreation, around: Surroundings) -> dict[str, object]:
    """The columns of an automation that can be saved; InvalidError names the field that is wrong."""
    _check_fit(wish)
    bot = _check_work(wish, around)
    timing = _timing(wish, around)
    _check_provider(wish, around)
    parameters = _parameters(wish.parameters)
    signature, secret = _signature(wish, around)
    if wish.type == "http" and not wish.enabled:
        raise InvalidError("A webhook is always on: rotate its token to shut it.", "enabled")
    if wish.only_if_unchanged and not wish.auto_complete:
        raise InvalidError(
            "'Only if no file changes' belongs to auto-complete; turn that on too.", "only_if_unchanged"
        )
    return {
        "name": words.needed_line(wish.name, "name", _LONGEST_NAME),
        "type": wish.type,
        "kind": wish.kind,
        "prompt": None if wish.prompt is None else storable(wish.prompt),
        "workflow": wish.workflow,
        "bot_id": bot,
        "parameters": parameters,
        "provider": wish.provider,
        "model": _line(wish.model, "model", _LONGEST_MODEL),
        "modes": msgspec.json.encode(list(dict.fromkeys(wish.modes))).decode(),
        "ticket_id": _line(wish.ticket, "ticket", _LONGEST_TICKET),
        "auto_complete": bool(wish.auto_complete),
        "only_if_unchanged": bool(wish.only_if_unchanged),
        "run_missed": bool(wish.run_missed),
        "parallel": wish.parallel,
        "cron": timing.cron,
        "zone": timing.zone,
        "run_at": timing.run_at,
        "wall_time": timing.wall_time,
        "signature": signature,
        "signature_secret": secret,
    }


def checked_parameters(parameters: Mapping[str, Any]) -> str:
    """Parameters as they are stored."""
    return _parameters(parameters)


def _check_fit(wish: AutomationCreation) -> None:
    for field in GOVERNED:
        given = getattr(wish, field)
        why = None if given is None or given == [] else misfit(field, wish.type, wish.kind)
        if why is not None:
            raise InvalidError(why, field)


def _check_work(wish: AutomationCreation, around: Surroundings) -> BotId | None:
    """What it does and who does it: a prompt or a workflow, and the bot."""
    if wish.prompt is None and wish.workflow is None:
        raise InvalidError(_NEEDS[wish.kind], "prompt")
    if wish.prompt is not None and wish.workflow is not None:
        raise InvalidError("It has a prompt too: give either a prompt or a workflow.", "workflow")
    if wish.prompt is not None:
        check_prompt(wish.prompt)
    if wish.workflow is not None:
        _check_workflow(wish.workflow, wish, around)
    if wish.kind != "bot":
        return None
    if wish.bot is None:
        raise InvalidError("Say which bot.", "bot")
    bot = bots.by_name(around.connection, around.workspace, storable(wish.bot))
    if bot is None:
        raise InvalidError(f"There is no bot {words.quoted(wish.bot)} in this workspace.", "bot")
    return bot.id


def _check_workflow(name: str, wish: AutomationCreation, around: Surroundings) -> None:
    """Refuse a workflow that there is not, and parameters that it cannot run with; who calls it gives more."""
    found = workflow_by_name(around.connection, around.workspace, storable(name))
    if found is None:
        raise InvalidError(f"There is no workflow {words.quoted(name)} in this workspace.", "workflow")
    workflow = decode(found.definition)
    if wish.type not in _CALLED:
        check_parameters(workflow, wish.parameters)
        return
    optional = {known: replace(parameter, required=False) for known, parameter in workflow.params.items()}
    check_parameters(replace(workflow, params=optional), wish.parameters)


def _timing(wish: AutomationCreation, around: Surroundings) -> Timing:
    match wish.type:
        case "recurring":
            return _recurring(wish, around)
        case "one-time":
            return _once(wish, around)
        case _:
            return Timing()


def _recurring(wish: AutomationCreation, around: Surroundings) -> Timing:
    if wish.cron is None:
        raise InvalidError("Say when it runs, as a cron expression such as 30 2 * * 1-5.", "cron")
    try:
        text = expression(wish.cron).text
    except InvalidError as error:
        raise InvalidError(str(error), "cron") from None
    named = _zone(wish.tz or around.zone)
    if following(text, named, around.now) is None:
        raise InvalidError("This never comes; choose another time.", "cron")
    return Timing(cron=text, zone=named)


def _once(wish: AutomationCreation, around: Surroundings) -> Timing:
    named = _zone(wish.tz or around.zone)
    if wish.at is None:
        if around.planned is None:
            raise InvalidError("Say when it runs, as in 2026-12-01T09:00.", "at")
        return Timing(zone=named, run_at=around.planned[0], wall_time=around.planned[1])
    at, _ = instant_of(wish.at, named)
    if at < around.now - ONE_TIME_GRACE:
        raise InvalidError(
            f"{to_datetime(at):%Y-%m-%d %H:%M} UTC is more than 5 minutes past; choose a time to come.", "at"
        )
    return Timing(zone=named, run_at=at, wall_time=storable(wish.at.strip())[:32])


def _zone(name: str) -> str:
    try:
        zone(name)
    except InvalidError as error:
        raise InvalidError(error.sentence, "tz") from None
    return name


def _check_provider(wish: AutomationCreation, around: Surroundings) -> None:
    """Refuse a provider or a model that there is not. A bot has its own, where none is named."""
    if wish.provider is None and (wish.kind == "bot" or wish.model is None):
        return
    chosen = wish.provider or around.providers.default
    for field, model in (("provider", None), ("model", wish.model)):
        try:
            around.providers.check_model(chosen, model)
        except InvalidError as error:
            raise (error if error.place else InvalidError(error.sentence, field)) from None


def _parameters(parameters: Mapping[str, Any]) -> str:
    if len(parameters) > _MOST_PARAMETERS:
        raise InvalidError(f"There can be {_MOST_PARAMETERS} parameters at most.", "parameters")
    for name in parameters:
        if NAME.fullmatch(name) is None:
            raise InvalidError(
                "A parameter is named with letters, digits, '_', '.' and '-', beginning with a letter or '_'.",
                f"parameters.{words.quoted(name)}",
            )
    text = storable(json.dumps(parameters, ensure_ascii=False, separators=(",", ":")))
    if len(text) > _LARGEST_PARAMETERS:
        raise InvalidError(
            f"All parameters together have {_LARGEST_PARAMETERS // 1024} KiB at most.", "parameters"
        )
    return text


def _signature(wish: AutomationCreation, around: Surroundings) -> tuple[str | None, str | None]:
    if wish.signature is None:
        if wish.signature_secret is not None:
            raise InvalidError("Say how calls are signed: github, gitlab or standard.", "signature")
        return None, None
    secret = wish.signature_secret if wish.signature_secret is not None else around.secret
    if not secret:
        raise InvalidError("Give the secret that the sender signs with.", "signature_secret")
    if len(secret) > _LONGEST_SECRET or storable(secret) != secret or not secret.isprintable():
        raise InvalidError(
            f"A secret is printable and has {_LONGEST_SECRET} characters at most.", "signature_secret"
        )
    if wish.signature == "standard":
        _check_standard(secret)
    return wish.signature, secret


def _check_standard(secret: str) -> None:
    try:
        b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        raise InvalidError(
            "The secret of a Standard Webhook is base64, mostly after whsec_; copy it as the sender shows it.",
            "signature_secret",
        ) from None


def _line(text: str | None, place: str, longest: int) -> str | None:
    return None if text is None else words.needed_line(text, place, longest)

"""The stages of a session that is a prompt or a command, and nothing more."""

import json
from collections.abc import Mapping, Sequence

from core.api.sessions import Mode, SessionKind
from core.errors import InvalidError
from core.sessions.stages.work import Planned


def plan(
    kind: SessionKind,
    modes: Sequence[Mode],
    prompt: str | None,
    definition: str | None,
    parameters: Mapping[str, object],
) -> list[Planned]:
    if prompt is None or modes:
        raise InvalidError("Only a prompt can be run here.", "workflow" if prompt is None else "modes")
    return [Planned("main", "prompt", "Prompt", json.dumps({"prompt": prompt}))]


def plan_command(argv: Sequence[str]) -> Planned:
    return Planned("command", "command", argv[0], json.dumps({"argv": list(argv)}))

"""The verdict of a review, strictly read out of what the agent answered: one JSON object, alone, in a fence, or
at the beginning of a line. Two that differ are none."""

import json
import re
from typing import Any, Final, NamedTuple

FORM: Final = '{"blocking": ["what must be mended before this is merged"], "notes": ["what is worth knowing"]}'

_FENCED = re.compile(r"^[ \t]*```[^\n`]*\n(.*?)^[ \t]*```", re.DOTALL | re.MULTILINE)
_OPENED = re.compile(r"^[ \t]*(?=\{)", re.MULTILINE)
_LONGEST = 200_000
_MOST_BEGINNINGS = 100
_KEYS = {"blocking", "notes"}


class Verdict(NamedTuple):
    blocking: tuple[str, ...]
    notes: tuple[str, ...]


def read_verdict(answer: str) -> Verdict | None:
    """The verdict; nothing when there is none, or more than one."""
    if len(answer) > _LONGEST:
        return None
    whole = _verdict(answer)
    if whole is not None:
        return whole
    fenced = [found for block in _FENCED.findall(answer) if (found := _verdict(block)) is not None]
    verdicts = set(fenced or _begun(answer))
    return verdicts.pop() if len(verdicts) == 1 else None


def _begun(answer: str) -> list[Verdict]:
    found = []
    decoder = json.JSONDecoder(object_pairs_hook=_once)
    for place in list(_OPENED.finditer(answer))[:_MOST_BEGINNINGS]:
        try:
            value, _ = decoder.raw_decode(answer, place.end())
        except (ValueError, RecursionError):
            continue
        verdict = _judged(value)
        if verdict is not None:
            found.append(verdict)
    return found


def _verdict(text: str) -> Verdict | None:
    try:
        return _judged(json.loads(text, object_pairs_hook=_once))
    except (ValueError, RecursionError):
        return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _judged(value: object) -> Verdict | None:
    if not isinstance(value, dict) or value.keys() != _KEYS:
        return None
    blocking, notes = _remarks(value["blocking"]), _remarks(value["notes"])
    return None if blocking is None or notes is None else Verdict(blocking, notes)


def _remarks(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list):
        return None
    remarks = [
        remark.strip() if isinstance(remark, str) else json.dumps(remark, ensure_ascii=False)
        for remark in value
        if isinstance(remark, str | dict)
    ]
    return tuple(remarks) if len(remarks) == len(value) and all(remarks) else None

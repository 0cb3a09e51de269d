"""Every entry of the catalogue, by itself."""

import msgspec
import pytest

from core.events.catalogue import CATALOGUE, describe, word
from core.events.kind import Role

NAMES = sorted(CATALOGUE)
SPECIFIED = [
    "task:created",
    "task:transition",
    "task:updated",
    "task:removed",
    "task:retry",
    "task:maxRetries",
    "task:timeout",
    "task:recovered",
    "task:review",
    "task:qa",
    "mission:saved",
    "mission:executed",
    "mission:completed",
    "mission:resumed",
    "mission:deleted",
    "session:created",
    "session:finished",
    "session:failed",
    "session:stopped",
    "agent:stale",
    "workflow:step-failed",
    "review:blocking",
    "verification:failed",
    "hook:failed",
    "merge:failed",
    "pr:closed",
    "automation:failed",
    "automation:disabled",
    "automation:skipped",
    "approval:requested",
    "approval:resolved",
    "approval:timeout",
    "budget:warning",
    "budget:breach",
    "key:expiring",
    "key:expired",
    "key:revoked",
    "key:rotated",
    "key:suspicious",
    "sla:warning",
    "sla:violated",
    "sla:met",
    "quality:gate:passed",
    "quality:gate:failed",
    "quality:threshold:failed",
    "plan:created",
    "plan:advanced",
    "plan:approved",
    "roundtable:opened",
    "roundtable:concluded",
    "channel:disabled",
    "notification:sent",
    "notification:failed",
    "system:notice",
]


def test_the_catalogue_has_every_event_that_is_specified() -> None:
    assert set(SPECIFIED) == set(CATALOGUE)


@pytest.mark.parametrize("name", NAMES)
def test_an_event_reads_without_a_hole_for_its_example(name: str) -> None:
    wording = word(name, CATALOGUE[name].example or {})

    assert wording.title
    assert "{{" not in wording.title + wording.body + (wording.link or "")
    assert (wording.link is None) == (wording.link_label is None)


@pytest.mark.parametrize("name", NAMES)
def test_an_event_reads_without_a_hole_for_an_empty_payload(name: str) -> None:
    wording = word(name, {})

    assert wording.title
    assert "{{" not in wording.title + wording.body
    assert "  " not in wording.title


@pytest.mark.parametrize("name", NAMES)
def test_an_example_has_the_type_of_its_payload(name: str) -> None:
    kind = CATALOGUE[name]

    msgspec.convert(kind.example, kind.payload)
    assert kind.example


@pytest.mark.parametrize("name", NAMES)
def test_every_field_of_an_example_is_declared(name: str) -> None:
    kind = CATALOGUE[name]

    assert set(kind.example or {}) <= set(kind.payload.__struct_encode_fields__)


@pytest.mark.parametrize("name", NAMES)
def test_whoever_a_payload_can_name_is_a_field_of_it(name: str) -> None:
    kind = CATALOGUE[name]
    roles = [role.held for told in kind.told for role in told.roles if role.held]

    assert {held.field for held in roles} <= set(kind.payload.__struct_encode_fields__)


def test_the_catalogue_can_be_printed_as_a_table() -> None:
    rows = {row.name: row for row in describe()}

    assert set(rows) == set(CATALOGUE)
    assert rows["hook:failed"].told == "developer, otherwise session owner"
    assert rows["task:transition"].severity == "info, or critical"
    assert rows["task:created"].told == "nobody, unless the recorder names them"


def test_every_role_has_a_reason_of_its_own() -> None:
    assert len({role.reason for role in Role}) == len(Role)


def test_an_event_outside_the_catalogue_has_its_name_as_title() -> None:
    wording = word("deploy:done", {"version": 3, "by": {"name": "ann"}})

    assert wording.title == "deploy:done"
    assert wording.body == 'version: 3\nby: {"name":"ann"}'
    assert wording.severity == "info"


def test_a_link_keeps_a_hostile_id_in_its_own_segment() -> None:
    assert word("session:failed", {"sessionId": "../a b"}).link == "callboard:session/..%2Fa%20b"


def test_a_text_of_any_length_becomes_a_title_of_bounded_length() -> None:
    wording = word("system:notice", {"title": "x" * 1_000_000, "body": "y" * 1_000_000})

    assert len(wording.title) == 1_000
    assert len(wording.body) == 64_000


def test_a_notice_has_the_severity_and_the_link_that_it_brings() -> None:
    wording = word("system:notice", {"title": "t", "severity": "critical", "link": "callboard:session/s1"})

    assert (wording.severity, wording.link, wording.link_label) == (
        "critical",
        "callboard:session/s1",
        "Open Session",
    )

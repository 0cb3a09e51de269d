"""The sample sessions and automations: rows that a server could have written, and links that lead somewhere."""

import asyncio
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.channels.building import build
from core.channels.configuring.secrets import Variables
from core.channels.configuring.settings import read_settings
from core.channels.message import Message
from core.channels.outbound.http_client import HttpClient
from core.channels.outbound.policy import OutboundPolicy
from core.channels.ready import of_api
from core.clock import DAY, SystemClock
from core.config import load
from core.demo.fill import fill
from core.home import Home
from core.provider_presets import PRESETS
from storage.ids import Instant

END = Instant(1_772_442_000_000_000)
_LINK = re.compile(r"callboard:(session|automation|approval)/(\d+)")
_IDS = {
    "sessions": "SELECT id FROM sessions",
    "automations": "SELECT id FROM automations",
    "approvals": "SELECT id FROM approvals",
    "bots": "SELECT id FROM bots",
}
_TABLES = {"session": "sessions", "automation": "automations", "approval": "approvals"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("demo") / "home")
    asyncio.run(fill(home, 150, 7, END))
    return home


@pytest.fixture(scope="module")
def rows(home: Home) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(home.database)
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


def test_links_to_sessions_automations_and_questions_lead_to_what_they_name(rows: sqlite3.Connection) -> None:
    links = {row["link"] for row in rows.execute("SELECT link FROM inbox_items") if row["link"]}
    found = {(match[1], int(match[2])) for link in links if (match := _LINK.fullmatch(link))}

    assert {kind for kind, _ in found} == set(_TABLES)
    assert {kind: {n for k, n in found if k == kind} - _ids(rows, table) for kind, table in _TABLES.items()} == {
        kind: set() for kind in _TABLES
    }
    unopened = {link for link in links if re.match("callboard:(session|automation|approval)/", link)}
    assert len(unopened) == len(found)


def test_each_question_of_a_notification_is_the_one_that_was_asked(rows: sqlite3.Connection) -> None:
    asked = {f"callboard:approval/{row['id']}": row["title"] for row in rows.execute("SELECT * FROM approvals")}
    told = rows.execute("SELECT link, title FROM inbox_items WHERE event = 'approval:requested'").fetchall()

    assert told
    assert all(asked[row["link"]] in row["title"] for row in told)


def test_the_history_has_every_outcome_and_each_run_its_session(rows: sqlite3.Connection) -> None:
    found = rows.execute("SELECT * FROM executions").fetchall()
    of_sessions = dict(rows.execute("SELECT id, execution_id FROM sessions").fetchall())

    assert {row["outcome"] for row in found} == {
        None,
        "succeeded",
        "failed",
        "cancelled",
        "interrupted",
        "skipped",
        "missed",
    }
    for row in found:
        match row["outcome"]:
            case "missed":
                assert row["session_id"] is None
                assert row["missed_count"] > 1
            case "skipped":
                assert f"Session {row['session_id']} " in row["reason"]
                assert of_sessions[row["session_id"]] != row["id"]
            case _:
                assert of_sessions[row["session_id"]] == row["id"]


def test_a_run_that_was_in_the_way_of_another_was_going_then(rows: sqlite3.Connection) -> None:
    skipped = rows.execute(
        "SELECT executions.created_at AS at, sessions.created_at AS began, sessions.ended_at AS ended"
        " FROM executions JOIN sessions ON sessions.id = session_id WHERE executions.outcome = 'skipped'"
    ).fetchall()

    assert len(skipped) == 3
    assert all(row["began"] < row["at"] < row["ended"] for row in skipped)


def test_nothing_claims_to_run_that_no_server_runs(rows: sqlite3.Connection) -> None:
    states = {row["state"] for row in rows.execute("SELECT state FROM sessions")}

    assert states == {"queued", "waiting", "done", "failed", "cancelled"}
    assert _none(rows, "SELECT 1 FROM approvals WHERE state = 'open'")
    assert _none(rows, "SELECT 1 FROM turns WHERE started_at IS NOT NULL AND outcome IS NULL")
    assert _none(rows, "SELECT 1 FROM stages WHERE state IN ('running', 'waiting')")
    assert _none(
        rows,
        "SELECT 1 FROM executions JOIN sessions ON sessions.id = session_id"
        " WHERE executions.outcome IS NULL AND sessions.state != 'queued'",
    )


def test_what_has_happened_has_happened_before_the_end_and_in_order(rows: sqlite3.Connection) -> None:
    assert _none(rows, "SELECT 1 FROM sessions WHERE ended_at > ? OR ended_at < created_at", END)
    assert _none(rows, "SELECT 1 FROM turns WHERE ended_at > ? OR ended_at < started_at", END)
    assert _none(rows, "SELECT 1 FROM executions WHERE finished_at > ? OR finished_at < started_at", END)
    assert _none(rows, "SELECT 1 FROM approvals WHERE answered_at > ?", END)
    begun = [row["created_at"] for row in rows.execute("SELECT created_at FROM sessions ORDER BY id")]
    assert begun == sorted(begun)


def test_there_are_automations_of_all_types_and_of_several_people(rows: sqlite3.Connection) -> None:
    found = rows.execute("SELECT * FROM automations").fetchall()
    off = [row for row in found if not row["enabled"]]
    planned = [row["next_run_at"] for row in found if row["next_run_at"] is not None]

    assert {row["type"] for row in found} == {"manual", "one-time", "recurring", "loop", "http"}
    assert len({row["creator_id"] for row in found}) > 3
    assert [(row["failures"], row["next_run_at"]) for row in off] == [(3, None)]
    assert "3 times in a row" in off[0]["disabled_reason"]
    assert all(END < at < END + 8 * DAY for at in planned)
    assert len(planned) == 5


def test_no_agent_is_run_whatever_is_chosen(home: Home, rows: sqlite3.Connection) -> None:
    settings = load(home.config).providers
    scheduled = rows.execute("SELECT provider FROM automations WHERE type NOT IN ('manual', 'http')").fetchall()

    assert set(settings) == set(PRESETS) - {"shell"}
    assert {(told.argv or ("",))[0] for told in settings.values()} == {"/bin/sh"}
    assert {(told.resume or ("",))[0] for told in settings.values()} == {"/bin/sh"}
    assert {row["provider"] for row in scheduled} == {"shell"}


def test_no_place_of_a_prompt_is_left_open(rows: sqlite3.Connection) -> None:
    assert _none(rows, "SELECT 1 FROM sessions WHERE prompt LIKE '%{{%'")


def test_the_processes_of_two_demos_at_once_are_told_apart(rows: sqlite3.Connection, tmp_path: Path) -> None:
    other = Home(tmp_path / "home")
    asyncio.run(fill(other, 0, 7, END))
    connection = sqlite3.connect(other.database)
    marks = {mark for (mark,) in connection.execute("SELECT mark FROM turns")}
    connection.close()

    assert len(marks) > 50
    assert marks.isdisjoint(row["mark"] for row in rows.execute("SELECT mark FROM turns"))


def test_what_turns_printed_is_there_to_be_scrolled(home: Home, rows: sqlite3.Connection) -> None:
    longest = 0
    for row in rows.execute("SELECT session_id, number, output_bytes FROM turns WHERE output_bytes > 0"):
        file = home.path / "sessions" / str(row["session_id"]) / f"turn-{row['number']}.{0:016x}"
        assert file.stat().st_size == row["output_bytes"]
        assert file.stat().st_mode & 0o077 == 0
        longest = max(longest, row["output_bytes"])
    assert longest > 50_000


def test_some_costs_are_known_and_some_are_not(rows: sqlite3.Connection) -> None:
    known = dict(rows.execute("SELECT cost IS NULL, count(*) FROM usage GROUP BY 1").fetchall())

    assert known[0] > known[1] > 0


def test_what_is_pinned_is_there(rows: sqlite3.Connection) -> None:
    pinned = rows.execute("SELECT kind, target_id FROM pins").fetchall()

    assert len(pinned) == 4
    assert all(row["target_id"] in _ids(rows, row["kind"] + "s") for row in pinned)


def test_something_is_muted_snoozed_starred_hidden_and_saved(rows: sqlite3.Connection) -> None:
    muted = rows.execute("SELECT count(*), min(read_at) FROM inbox_items WHERE reason LIKE '%(muted)'").fetchone()
    put_off = rows.execute("SELECT count(*) FROM inbox_items WHERE snoozed_until > ?", (END,)).fetchone()
    starred = rows.execute("SELECT count(*) FROM inbox_items WHERE starred").fetchone()

    assert muted[0] > 2
    assert muted[1] is not None
    assert put_off[0] == 3
    assert 0 < starred[0] < 6
    assert rows.execute("SELECT count(*) FROM saved_filters").fetchone()[0] == 3


def test_a_few_sessions_are_in_progress_and_not_more_than_a_small_screen_shows(rows: sqlite3.Connection) -> None:
    shown = rows.execute(
        "SELECT count(*) FROM sessions WHERE owner_id = 1 AND (state IN ('queued', 'waiting')"
        " OR (state = 'failed' AND ended_at > ?))"
        " AND id NOT IN (SELECT thing_id FROM hidden_work WHERE type = 'session')",
        (END - DAY,),
    ).fetchone()

    assert shown[0] == 7


def test_alerts_that_could_not_be_delivered_come_from_their_channel(rows: sqlite3.Connection) -> None:
    found = rows.execute("SELECT source FROM inbox_items WHERE event = 'notification:failed'").fetchall()

    assert [row["source"].partition("/")[0] for row in found] == ["channel", "channel"]


def test_what_could_not_be_delivered_leads_to_the_delivery_that_failed(rows: sqlite3.Connection) -> None:
    links = {
        row["link"] for row in rows.execute("SELECT link FROM inbox_items WHERE event = 'notification:failed'")
    }
    failed = {
        f"callboard:delivery/{row['id']}" for row in rows.execute("SELECT id FROM deliveries WHERE error != ''")
    }

    assert len(links) == 2
    assert links <= failed


def test_the_outbox_has_every_state_and_what_was_tried(rows: sqlite3.Connection) -> None:
    found = rows.execute("SELECT * FROM deliveries ORDER BY seq").fetchall()
    tried = dict(rows.execute("SELECT delivery_seq, max(number) FROM delivery_attempts GROUP BY 1").fetchall())

    assert {row["state"] for row in found} == {"pending", "sent", "failed", "dropped", "cancelled"}
    assert [row["created_at"] for row in found] == sorted(row["created_at"] for row in found)
    for row in found:
        assert row["attempt"] == tried.get(row["seq"], 0)
        assert (row["settled_at"] is None) == (row["state"] == "pending")
        assert row["created_at"] <= (row["settled_at"] or END) <= END
    for state in ("sent", "failed", "dropped"):
        by_day = rows.execute(f"SELECT sum({state}) FROM delivery_days").fetchone()[0]  # noqa: S608 - a column
        assert by_day == sum(row["state"] == state for row in found) > 0


def test_what_cooldowns_held_back_is_counted_as_they_say(rows: sqlite3.Connection) -> None:
    said = {row["rule_id"]: row["dropped"] for row in rows.execute("SELECT rule_id, dropped FROM rule_cooldowns")}
    dropped = "SELECT rule_id, count(DISTINCT event_seq) FROM deliveries WHERE state = 'dropped' GROUP BY 1"
    held = dict(rows.execute(dropped).fetchall())

    assert held
    assert {rule: number for rule, number in said.items() if number} == held


async def test_no_channel_of_the_demo_reaches_anything_outside_it(home: Home, rows: sqlite3.Connection) -> None:
    settings = load(home.config)
    variables = Variables({"STATUS_PAGE_URL": "https://status.example.com", "STATUS_PAGE_SECRET": "x"}, ())
    client = HttpClient(OutboundPolicy.of(settings.outbound.allow), SystemClock())
    message = Message("notif_1", "Title", "Body", "info", "task:created", "rule", {}, END, "task:created")
    said = {}
    for row in rows.execute("SELECT name, type, settings FROM channels WHERE type != 'desktop'"):
        channel = of_api(row["name"], row["type"], json.loads(row["settings"]))
        read = read_settings(channel, variables)
        if read.settings is None:
            said[channel.name] = "broken"
        else:
            adapter = build(channel.type, read.settings, client, {})
            said[channel.name] = str(await adapter.send(message))
            await adapter.close()
    await client.close()

    assert not settings.secrets.env
    assert said.pop("status-page") == "broken"
    assert sorted(said) == ["on-call", "ops-mail", "team-slack"]
    assert all("Refused" in outcome and "[outbound]" in outcome for outcome in said.values())


def test_the_board_has_tickets_in_many_states_and_gates_in_all(rows: sqlite3.Connection) -> None:
    states = {row["state"] for row in rows.execute("SELECT state FROM tickets")}
    gates = {row["state"] for row in rows.execute("SELECT state FROM gates")}

    assert states == {"pending", "developer-approval", "completed", "failed", "cancelled"}
    assert gates == {"waiting", "passed", "failed"}
    assert _none(rows, "SELECT 1 FROM sessions WHERE ticket_id NOT IN (SELECT id FROM tickets)")
    assert _none(rows, "SELECT 1 FROM tickets WHERE updated_at > ? OR created_at > updated_at", END)


def _ids(rows: sqlite3.Connection, table: str) -> set[int]:
    return {row["id"] for row in rows.execute(_IDS[table])}


def _none(rows: sqlite3.Connection, query: str, *values: object) -> bool:
    return rows.execute(query, values).fetchone() is None

"""`callboard inbox`, `emit`, `notify` and `events` on a real server."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from core.api import events, people
from core.api import inbox as api
from core.api.events import EventRequest, NoticeRequest
from core.api.inbox import InboxActionRequest
from core.client import Client
from core.clock import SystemClock, to_datetime
from tests.terminal import Terminal, clean_environment
from tests.tui.cli.board import Board, run, surroundings
from tests.tui.cli.test_frame import assert_refused

FIELDS = {
    "id", "title", "body", "severity", "event", "reason", "link",
    "created_at", "read_at", "starred_at", "dismissed_at",
}  # fmt: skip
LATER = to_datetime(SystemClock().now()).year + 3
HOSTILE = "a\x1b[2J\x9b1A\x07\u202eb\rc"


@pytest.fixture
def inbox(board: Board) -> Iterator[Board]:
    """The shared home with an inbox that holds three notifications: Alpha, Beta and Gamma."""
    with Client(board.home / "callboard.sock") as client:
        me = client.send(people.me()).name
        for title in ("Alpha", "Beta", "Gamma"):
            client.send(events.notify(NoticeRequest(me, title, f"Body of {title}")))
        _wait_for(board, 3)
        yield board
        for action in ("unstar", "unsnooze", "dismiss"):
            client.send(api.act(InboxActionRequest(action, filter="is:all")))


def test_the_list_is_an_array_of_whole_items_newest_first(inbox: Board) -> None:
    items = inbox.json("inbox", "list")

    assert [item["title"] for item in items] == ["Gamma", "Beta", "Alpha"]
    assert set(items[0]) >= FIELDS
    assert items[0]["body"] == "Body of Gamma"
    assert items[0]["event"] == "system:notice"


def test_the_list_can_be_cut_and_filtered(inbox: Board) -> None:
    assert _titles(inbox, "--limit", "2") == ["Gamma", "Beta"]
    assert _titles(inbox, "--filter", "beta") == ["Beta"]
    assert _titles(inbox, "--filter", "-beta is:unread") == ["Gamma", "Alpha"]
    assert _titles(inbox, "--filter", "nothing-like-this") == []


def test_a_pipe_gets_a_plain_table(inbox: Board) -> None:
    lines = inbox.run("inbox", "list").out.splitlines()

    assert lines[0].split() == ["ID", "STATE", "SEVERITY", "CREATED", "WORKSPACE", "TITLE"]
    assert [line.split()[-1] for line in lines[1:]] == ["Gamma", "Beta", "Alpha"]
    assert lines[1].split()[1:3] == ["unread", "info"]


def test_showing_marks_read_unless_one_only_peeks(inbox: Board) -> None:
    item = str(_ids(inbox)[0])

    assert inbox.json("inbox", "show", item, "--peek")["read_at"] is None
    shown = inbox.run("inbox", "show", item).out
    assert "Gamma" in shown
    assert shown.rstrip().endswith("Body of Gamma")
    assert inbox.json("inbox", "show", item)["read_at"] is not None


def test_each_step_can_be_taken_and_undone(inbox: Board) -> None:
    newest, middle, oldest = map(str, _ids(inbox))

    starred = inbox.json("inbox", "star", oldest, middle)
    assert _titles(inbox) == ["Beta", "Alpha", "Gamma"]
    inbox.json("inbox", "dismiss", newest)
    assert _titles(inbox) == ["Beta", "Alpha"]
    assert inbox.run("inbox", "undo").out == "Undone: dismiss of 1 notification.\n"
    inbox.json("inbox", "undo", str(starred["undo"]))
    assert _titles(inbox) == ["Gamma", "Beta", "Alpha"]


def test_a_snoozed_notification_is_away_until_it_is_brought_back(inbox: Board) -> None:
    newest = str(_ids(inbox)[0])

    said = inbox.run("inbox", "snooze", newest, "--until", f"{LATER}-12-01T09:00+00:00").out
    assert f"1 notification until {LATER}-12-01T09:00:00Z" in said
    assert _titles(inbox) == ["Beta", "Alpha"]
    assert _titles(inbox, "--filter", "is:snoozed") == ["Gamma"]
    inbox.json("inbox", "unsnooze", newest)
    assert _titles(inbox) == ["Gamma", "Beta", "Alpha"]


def test_a_filter_acts_in_bulk_but_not_unasked(inbox: Board) -> None:
    assert_refused(inbox.run("inbox", "read", "--filter", "is:unread"), 2)
    assert inbox.json("inbox", "count")["unread"] == 3

    assert inbox.run("inbox", "read", "--filter", "is:unread", "--yes").out.startswith(
        "Marked read: 3 notifications."
    )
    assert inbox.json("inbox", "counts") == {"unread": 0, "starred": 0, "total": 3, "snoozed": 0, "failed": 0}
    assert inbox.run("inbox", "read", "--filter", "is:unread", "--yes").out == "Nothing to change.\n"


def test_a_time_to_come_is_one_in_the_zone_of_the_profile(inbox: Board) -> None:
    newest = str(_ids(inbox)[0])
    inbox.run("me", "set", "--time-zone", "Asia/Tokyo")

    said = inbox.run("inbox", "snooze", newest, "--until", f"{LATER}-12-01T09:00").out
    inbox.run("inbox", "snooze", newest, "--until", "tomorrow")
    until = inbox.json("inbox", "show", newest)["snoozed_until"]

    assert f"until {LATER}-12-01T00:00:00Z" in said
    assert until.endswith("T00:00:00Z")
    inbox.run("me", "set", "--time-zone", "UTC")


@pytest.mark.parametrize("when", ["whenever", "yesterday", "2001-01-01", "-1h", ""])
def test_a_time_that_is_none_or_past_is_refused(inbox: Board, when: str) -> None:
    outcome = inbox.run("inbox", "snooze", "1", "--until", when)

    assert_refused(outcome, 2)
    assert when == "2001-01-01" or "2h, 45m" in outcome.err


def test_a_view_is_a_part_of_all(inbox: Board) -> None:
    newest, middle, oldest = map(str, _ids(inbox))
    inbox.run("inbox", "dismiss", newest)
    inbox.run("inbox", "read", middle)
    inbox.run("inbox", "snooze", oldest, "--until", "2h")

    assert {"Alpha", "Beta", "Gamma"} <= set(_titles(inbox, "--view", "all", "--all"))
    assert _titles(inbox) == ["Beta"]
    assert _titles(inbox, "--view", "new") == []
    assert _titles(inbox, "--view", "snoozed") == ["Alpha"]
    assert _titles(inbox, "--view", "failed") == []
    assert_refused(inbox.run("inbox", "list", "--view", "nothing"), 2)


def test_a_list_can_come_in_groups_with_the_starred_first(inbox: Board) -> None:
    newest = str(_ids(inbox)[0])
    inbox.run("notify", inbox.me, "Delta", "--severity", "critical")
    _wait_for(inbox, 4)
    inbox.run("inbox", "star", newest)

    groups = inbox.json("inbox", "list", "--group", "severity", "--limit", "3")
    printed = inbox.run("inbox", "list", "--group", "severity").out

    assert [(group["group"], [item["title"] for item in group["items"]]) for group in groups] == [
        ("starred", ["Gamma"]),
        ("critical", ["Delta"]),
        ("info", ["Beta"]),
    ]
    heads = [line for line in printed.splitlines() if line.endswith(")")]
    assert heads == ["starred (1)", "critical (1)", "info (2)"]


def test_opening_says_where_the_link_leads_if_there_is_one(inbox: Board) -> None:
    item = str(_ids(inbox)[0])

    refused = inbox.run("inbox", "open", item)

    assert_refused(refused, 1)
    assert "has no link" in refused.err
    assert inbox.json("inbox", "counts")["unread"] == 3


def test_to_be_read_by_being_shown_is_no_step_to_undo(inbox: Board) -> None:
    newest, middle, _ = map(str, _ids(inbox))
    inbox.run("inbox", "star", middle)

    inbox.run("inbox", "show", newest)

    assert inbox.json("inbox", "undo")["action"] == "star"


def test_what_would_be_cleared_away_is_foretold_and_then_done(inbox: Board) -> None:
    foretold = inbox.json("inbox", "tidy", "--dry-run")
    printed = inbox.run("inbox", "tidy", "--dry-run").out
    done = inbox.json("inbox", "tidy")

    assert [row["days"] for row in foretold["own"]] == [row["days"] for row in foretold["home"]] == [0, 7, 30]
    assert foretold["home"][0]["unread"] == 0
    assert printed.splitlines()[0].split() == ["WHOSE", "WITHIN", "READ", "UNREAD", "OLDEST"]
    assert "starred ones stay for good" in printed
    assert not done["running"]
    assert done["last"]["began_at"] >= foretold["last"]["began_at"]
    assert len(_ids(inbox)) == 3


def test_on_a_terminal_a_bulk_change_is_asked_about_first(inbox: Board) -> None:
    command = [
        sys.executable,
        "-P",
        "-m",
        "tui.cli.main",
        "--home",
        str(inbox.home),
        "inbox",
        "star",
        "-f",
        "is:unread",
    ]
    with Terminal(command, environment=clean_environment()) as terminal:
        terminal.wait_for("star 3 notifications? [y/N]")
        terminal.press("n", "enter")
        code = terminal.wait_closed()

    assert code == 130
    assert inbox.json("inbox", "count")["starred"] == 0


def test_on_a_terminal_the_list_has_ages_and_colours(inbox: Board) -> None:
    command = [sys.executable, "-P", "-m", "tui.cli.main", "--home", str(inbox.home), "inbox", "list"]
    with Terminal(command, columns=60, environment=clean_environment()) as terminal:
        terminal.wait_for("Alpha")
        assert "now" in terminal.screen
        assert b"\x1b[1m" in terminal.written


def test_what_is_not_there_is_not_found(inbox: Board) -> None:
    for arguments in (["show", "999999"], ["open", "999999"], ["star", "999999"], ["undo", "999999"]):
        assert_refused(inbox.run("inbox", *arguments), 1)


def test_more_than_a_page_is_listed_and_no_more_than_asked(inbox: Board) -> None:
    _post_many(inbox, [f"e{number}" for number in range(230)])
    _wait_for(inbox, 233)

    assert len(inbox.json("inbox", "list", "--all")) == 233
    assert len(inbox.json("inbox", "list", "--limit", "210")) == 210
    assert len(inbox.json("inbox", "list")) == 50


def test_a_reader_that_leaves_early_is_no_error(inbox: Board) -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-P",
            "-m",
            "tui.cli.main",
            "--home",
            str(inbox.home),
            "inbox",
            "list",
            "--json",
            "--all",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings(),
    )
    assert process.stdout is not None
    process.stdout.close()

    assert process.wait(30) == 141
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()


def test_an_event_is_recorded_once_for_its_id_and_tells_whom_it_names(inbox: Board) -> None:
    event = (
        "emit",
        "deploy:done",
        "-d",
        "version=4.2",
        "-d",
        "seconds:=214",
        "--id",
        "deploy-4.2",
        "--to",
        inbox.me,
    )

    first, second = inbox.json(*event), inbox.json(*event)
    _wait_for(inbox, 4)

    assert first == second
    assert _titles(inbox, "--filter", "event:deploy:*") == ["deploy:done"]
    recorded = inbox.json("events", "list", "--filter", "event:deploy:*")
    assert [(event["event"], event["data"]) for event in recorded] == [
        ("deploy:done", {"version": "4.2", "seconds": 214})
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["emit", "not a name"], 2),
        (["emit", "a:b", "--to", "nobody"], 2),
        (["emit", "a:b", "--workspace", "nowhere"], 1),
        (["notify", "nobody", "Hello"], 2),
        (["notify", "root", "Hello", "--severity", "loud"], 2),
    ],
)
def test_an_event_that_is_wrong_is_refused(inbox: Board, arguments: list[str], code: int) -> None:
    assert_refused(inbox.run(*arguments), code)


def test_the_workspace_comes_from_the_environment_or_must_be_said_where_there_are_several(home: Board) -> None:
    home.json("workspaces", "create", "shop")

    refused = home.run("emit", "a:b")
    assert_refused(refused, 2)
    assert "default, shop" in refused.err
    assert home.run("emit", "a:b", CALLBOARD_WORKSPACE="shop").code == 0
    assert home.run("emit", "a:b", "-w", "default", CALLBOARD_WORKSPACE="shop").code == 0
    assert [len(home.json("events", "list", "-w", slug)) for slug in ("shop", "default")] == [1, 1]


def test_a_body_can_come_from_standard_input(inbox: Board) -> None:
    inbox.run("notify", inbox.me, "Piped", "-", stdin="one\ntwo\n")
    _wait_for(inbox, 4)

    item = inbox.json("inbox", "list")[0]
    assert (item["title"], item["body"]) == ("Piped", "one\ntwo\n")


def test_hostile_text_is_shown_without_its_teeth_and_kept_as_it_came(inbox: Board) -> None:
    inbox.run("notify", inbox.me, HOSTILE, HOSTILE)
    _wait_for(inbox, 4)

    item = inbox.json("inbox", "list")[0]
    assert item["title"] == HOSTILE
    assert len(inbox.run("inbox", "list").out.splitlines()) == 5
    assert inbox.run("inbox", "show", str(item["id"])).code == 0


def _titles(board: Board, *arguments: str) -> list[str]:
    return [item["title"] for item in board.json("inbox", "list", *arguments)]


def _ids(board: Board) -> list[int]:
    return [item["id"] for item in board.json("inbox", "list")]


def _wait_for(board: Board, total: int) -> None:
    """Addressing follows recording within moments: wait until this many are in the inbox."""
    with Client(board.home / "callboard.sock") as client:
        for _ in range(5_000):
            if client.send(api.counts()).total == total:
                return
    raise AssertionError(f"there never were {total} notifications")


def _post_many(board: Board, names: list[str]) -> None:
    me = board.me
    with Client(board.home / "callboard.sock") as client:
        for name in names:
            client.send(events.post("default", EventRequest(f"many:{name}", recipients=[me])))


def test_the_shell_completes_what_the_server_knows(inbox: Board) -> None:
    newest = str(_ids(inbox)[0])
    where = f"callboard --home {inbox.home}"

    assert newest in _completed(f"{where} inbox show ''", 5)
    assert _completed(f"{where} emit -w def", 5) == ["default"]
    assert "task:review" in _completed(f"{where} emit task:", 4)
    assert _completed(f"{where} keys create x -p keys", 7) == ["keys.manage"]


def test_completion_starts_no_server(home: Board) -> None:
    assert _completed(f"callboard --home {home.home} inbox show ''", 5) == []
    assert not home.home.exists()


def _completed(words: str, index: int) -> list[str]:
    done = run(_CALLBOARD_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(index))
    return [line.split(",")[1] for line in done.out.splitlines() if line]

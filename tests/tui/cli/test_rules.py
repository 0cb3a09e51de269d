"""`callboard rules`, without a server and on one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tui.cli.board import Board, NearBoard, run_here

CORPORA = Path(__file__).parents[2] / "corpora"
RULES, EVENTS = str(CORPORA / "router-rules.json"), str(CORPORA / "router-events.json")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NearBoard]:
    """A home with a server, and a channel in its files."""
    home = tmp_path_factory.mktemp("rules") / "home"
    board = Board(home)
    home.mkdir(mode=0o700)
    write(home / "notifications.json", {"channels": {"ops": {"type": "desktop"}}})
    assert board.run("up").code == 0
    yield NearBoard(home)
    assert board.run("down").code == 0


def write(path: Path, value: Any) -> str:
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return str(path)


def rule(name: str, *events: str, **parts: Any) -> dict[str, Any]:
    return {"id": name, "events": list(events), "channels": ["ops"], **parts}


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_replay_prints_a_line_for_each_message_as_the_reference_sends_it() -> None:
    done = run_here("rules", "replay", "--rules", RULES, "--events", EVENTS, "--no-cooldown", "--json")

    expected = json.loads((CORPORA / "router-expected.json").read_text())
    assert (done.code, [list(line.values()) for line in lines(done.out)]) == (0, expected)
    assert list(lines(done.out)[0]) == ["index", "rule", "channel"]
    assert done.err == f"callboard: {RULES}: rules[8].channels[1]: There is no channel 'no-such-channel'.\n"


def test_a_replay_says_what_each_message_would_say(tmp_path: Path) -> None:
    rules = write(tmp_path / "r.json", {"rules": [rule("r", "*", severity="critical", template="to {{to}}")]})
    events = '{"event": "task:transition", "data": {"to": "\\u001b[2J\\u202e\\né"}}'

    done = run_here("rules", "replay", "--rules", rules, "--events", "-", "--render", "--json", stdin=events)
    told = run_here("rules", "replay", "--rules", rules, "--events", "-", "--render", stdin=events)

    assert done.out.isascii()
    assert lines(done.out) == [
        {
            "index": 0,
            "rule": "r",
            "channel": "ops",
            "title": "🚨 A ticket moved to \x1b[2J\u202e\né",
            "body": "to \x1b[2J\u202e\né",
            "severity": "critical",
        }
    ]
    assert "\x1b" not in told.out
    assert told.out.startswith("#0 task:transition: r to ops, critical\n    🚨 ")


def test_a_replay_without_a_rule_that_works_says_so_and_goes_on(tmp_path: Path) -> None:
    rules = write(
        tmp_path / "r.json",
        {"channels": ["ops"], "rules": [rule("bad", "*", condition={"and": [{"op": "=="}]}), rule("good", "a")]},
    )
    events = write(tmp_path / "e.jsonl", '{"event": "a"}\n{"event": "b"}\n{"event": "a"}')

    done = run_here("rules", "replay", "--rules", rules, "--events", events, "--json")

    assert [line["index"] for line in lines(done.out)] == [0, 2]
    assert done.code == 1
    assert done.err.startswith(f"callboard: {rules}: rules[0].condition.and[0].field: ")


def test_a_replay_for_people_is_a_table(tmp_path: Path) -> None:
    rules = write(tmp_path / "r.json", {"rules": [rule("r", "*", cooldownMs=60_000)]})
    events = write(tmp_path / "e.json", [{"event": "a"}, {"event": "b"}])

    done = run_here("rules", "replay", "--rules", rules, "--events", events)

    assert [line.split() for line in done.out.splitlines()] == [
        ["INDEX", "EVENT", "RULE", "CHANNEL"],
        ["0", "a", "r", "ops"],
    ]
    assert done.err == "callboard: cooldowns would have held back 1 more.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Say which events"),
        (("--events", EVENTS, "--since", "7d"), "Say which events"),
        (("--events", "/nowhere"), "No such file"),
        (("--rules", EVENTS, "--events", EVENTS), "an object"),
        (("--rules", RULES, "--events", RULES), "no event"),
    ],
)
def test_a_replay_says_what_it_cannot_read(arguments: tuple[str, ...], said: str) -> None:
    done = run_here("rules", "replay", *arguments)

    assert done.code == 2
    assert said in done.err


def test_a_check_names_file_and_place_of_all_that_is_wrong(home: Board) -> None:
    home.home.mkdir(mode=0o700)
    write(
        home.home / "notifications.json", {"channels": {"ops": {"type": "desktop"}}, "rules": [rule("a", "*"), 5]}
    )
    write(
        home.home / "config.toml",
        '[[notifications.rules]]\nid = "b"\nevents = ["*"]\nchannels = ["opps"]\n\n'
        '[[notifications.rules]]\nid = "c"\nevents = ["*"]\nchannels = ["ops"]\ncondition = { or = 5 }\n',
    )

    done = run_here("--home", str(home.home), "rules", "check")
    told = run_here("--home", str(home.home), "rules", "check", "--json")

    assert done.code == told.code == 1
    found = done.out.splitlines()
    assert [line for line in found if line.startswith("config.toml:10: ") and "condition.or" in line]
    assert [line for line in found if line.startswith("notifications.json: rules[1]: ")]
    assert [line for line in found if "opps" in line]
    assert [f"{one['place']}: {one['sentence']}" for one in json.loads(told.out)["problems"]] == found[:3]


def test_a_check_of_a_file_needs_no_home(tmp_path: Path) -> None:
    good = write(
        tmp_path / "good.json", {"settings": {"notifications": {"channels": ["ops"], "rules": [rule("a", "*")]}}}
    )
    noted = write(tmp_path / "noted.json", {"channels": ["ops"], "rules": [rule("a", "*", actions=[])]})

    assert run_here("rules", "check", good).out == "Nothing is wrong: 1 rules, 0 channels.\n"
    assert run_here("rules", "check", noted).code == 0
    assert "rules[0].actions" in run_here("rules", "check", noted).out
    assert run_here("rules", "check", RULES).code == 1


def test_a_rule_is_added_shown_changed_and_removed(office: NearBoard) -> None:
    added = office.json(
        "rules", "add", "task:*", "sla:**", "--to", "ops", "--id", "mine", "--when", "to == failed", "--when",
        "task.retries >= 3", "--cooldown", "5m", "--severity", "warning", "--title", "T", "--name", "Mine",
    )  # fmt: skip
    office.json("rules", "edit", "mine", "--off", "--when", "note exists", "--default-text", "--to", "ops")
    shown = office.json("rules", "show", "mine")
    listed = office.run("rules", "list").out.splitlines()

    assert added["condition"] == {
        "and": [
            {"field": "to", "op": "==", "value": "failed"},
            {"field": "task.retries", "op": ">=", "value": 3},
        ]
    }
    assert (added["cooldownMs"], added["severity"], added["title"]) == (300_000, "warning", "T")
    assert (shown["enabled"], shown["condition"]) == (False, {"field": "note", "op": "exists"})
    assert shown["title"] is None
    assert listed[1].split() == ["mine", "task:*,", "sla:**", "ops", "off", "api", "-", "0", "-"]
    assert "Condition" in office.run("rules", "show", "mine").out
    assert office.run("rules", "remove", "mine", "-y").out == "It is removed.\n"
    assert office.run("rules", "show", "mine").code == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("*", "--to", "opps"), 2, "channels[0]: There is no channel 'opps': did you mean ops?"),
        (("*", "--to", "ops", "--when", "to = x"), 2, "no comparison"),
        (("*", "--to", "ops", "--when", "to exists x"), 2, "Nothing follows exists"),
        (("*", "--to", "ops", "--condition", "{"), 2, "not JSON"),
        (("*", "--to", "ops", "--condition", '{"and": [{}]}'), 2, "condition.and[0].field"),
        (("*", "--to", "ops", "--condition", "{}", "--when", "a == b"), 2, "either"),
    ],
)
def test_a_rule_that_cannot_be_says_why(
    office: NearBoard, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = office.run("rules", "add", *arguments)

    assert done.code == code
    assert said in done.err


def test_an_event_is_explained_and_what_is_recorded_is_replayed(office: NearBoard, tmp_path: Path) -> None:
    office.run("rules", "add", "order:*", "--to", "ops", "--id", "orders", "--when", "total > 100")
    recorded = office.json("emit", "order:made", "-d", "total:=120")["id"]
    office.run("emit", "order:made", "-d", "total:=10")
    rules = write(tmp_path / "r.json", {"rules": [rule("replayed", "order:*")]})

    as_it_might_be = office.run("rules", "explain", "order:made", "-d", "total:=7")
    as_it_was = office.json("rules", "explain", recorded)
    replayed = office.run("rules", "replay", "--rules", rules, "--since", "1h", "--json", "--no-cooldown")
    by_its_own = office.run("rules", "replay", "--since", "1h", "--json")

    assert "- orders: Its condition does not hold: total > 100, and here it is 7." in as_it_might_be.out
    assert [verdict["why"] for verdict in as_it_was["verdicts"]] == ["fires"]
    assert "- orders: It does not listen to x:y" in office.run("rules", "explain", "x:y").out
    assert "orders" not in office.run("rules", "explain", "x:y", "--listening").out
    assert office.run("rules", "explain", recorded, "-d", "a=b").code == 2
    assert [line["index"] for line in lines(replayed.out)] == [0, 1]
    assert lines(by_its_own.out) == [{"index": 0, "rule": "orders", "channel": "ops"}]
    office.run("rules", "remove", "orders", "-y")


def test_rules_are_imported_and_what_cannot_be_is_said_where_it_stands(office: NearBoard, tmp_path: Path) -> None:
    given = {"rules": [5, rule("one", "a"), rule("two", "b", channels=["gone"])]}
    file = write(tmp_path / "rules.json", {"settings": {"notifications": given}})

    dry = office.run("rules", "import", file, "--dry-run")
    done = office.run("rules", "import", file)
    again = office.run("rules", "import", file)
    replaced = office.run("rules", "import", file, "--replace", "--json")

    place = f"callboard: {file}: settings.notifications.rules"
    assert dry.out == "would be added: one\nwould be added: two\n"
    assert (done.code, done.out) == (1, "added: one\nadded: two\n")
    assert [line.partition(": There")[0] for line in done.err.splitlines()][1:] == [f"{place}[2].channels[0]"]
    assert done.err.startswith(f"{place}[0]: ")
    assert (again.out, len(again.err.splitlines())) == ("", 4)
    assert json.loads(replaced.out)["replaced"] == ["one", "two"]
    assert [one["id"] for one in office.json("rules", "list", "-f", "event:a,b")] == ["one", "two"]


def test_the_files_are_read_again(office: NearBoard) -> None:
    write(
        office.home / "notifications.json",
        {"channels": {"ops": {"type": "desktop"}}, "rules": [rule("of-a-file", "a"), rule("bad", "a", evnts=1)]},
    )

    done = office.run("rules", "reload")

    assert done.code == 1
    assert "notifications.json: rules[1].evnts: " in done.err
    assert "of-a-file" in office.run("rules", "list", "-f", "source:file").out
    write(office.home / "notifications.json", {"channels": {"ops": {"type": "desktop"}}})
    assert office.run("rules", "reload").code == 0

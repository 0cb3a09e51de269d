"""`callboard automations` and `executions` on a real server, with real sessions of the provider `shell`."""

import time
from collections.abc import Callable
from typing import Any

from tests.tui.cli.board import PATIENCE, Board
from tests.tui.cli.test_frame import assert_refused

CRONTAB = """\
CRON_TZ=America/New_York
# Nightly backup
30 2 * * 1-5 echo "{{date}}" > backup
@reboot start-it
61 * * * * never
@daily true
"""


def until(ask: Callable[[], Any]) -> Any:
    """What is answered, once it is something."""
    limit = time.monotonic() + PATIENCE
    while not (answer := ask()):
        assert time.monotonic() < limit
        time.sleep(0.05)
    return answer


def create(board: Board, name: str, *options: str) -> Any:
    return board.json("automations", "create", "--name", name, "--provider", "shell", *options)


def test_an_automation_is_made_run_and_its_history_read(board: Board) -> None:
    made = create(board, "Greeting", "--kind", "chat", "--prompt", "echo {{whom}}", "-p", "whom=you")

    run = board.json("automations", "run", "Greeting", "-p", "whom=everybody")
    ended = until(
        lambda: [each for each in board.json("automations", "history", str(made["id"])) if each["outcome"]]
    )

    assert [each["id"] for each in ended] == [run["id"]]
    assert (ended[0]["outcome"], ended[0]["trigger"], ended[0]["actor"]) == ("succeeded", "run-now", board.me)
    assert board.json("executions", "show", str(run["id"])) == ended[0]
    listed = board.json("automations", "history", str(made["id"]))
    names = "id automation trigger actor fingerprint scheduled_for started_at finished_at outcome reason session"
    assert set(names.split()) <= set(listed[0])
    assert "Greeting" in board.run("executions", "list").out


def test_a_one_time_automation_runs_when_its_time_has_come(board: Board) -> None:
    made = create(board, "Soon", "--type", "one-time", "--at", "1s", "--kind", "chat", "--prompt", "true")

    (run,) = until(lambda: board.json("executions", "list", "-f", f"automation:{made['id']} outcome:succeeded"))

    assert run["trigger"] == "schedule"
    assert not board.json("automations", "show", "Soon")["enabled"]


def test_a_schedule_is_shown_in_words_and_changed(board: Board) -> None:
    create(board, "Audit", "--type", "recurring", "--cron", "0 2 * * *", "--tz", "Asia/Tokyo", "--prompt", "true")

    changed = board.json("automations", "edit", "Audit", "--cron", "30 2 * * 1-5", "--run-missed")

    assert changed["schedule"] == "At 02:30, Monday to Friday"
    assert (changed["tz"], changed["run_missed"], changed["revision"]) == ("Asia/Tokyo", True, 2)
    assert "At 02:30, Monday to Friday" in board.run("automations", "list").out
    assert "Asia/Tokyo" in board.run("automations", "show", "Audit").out


def test_what_is_wrong_is_said_with_its_field(board: Board) -> None:
    options = ["--name", "X", "--type", "recurring", "--prompt", "true"]

    refused = board.run("automations", "create", *options, "--cron", "5/10 * * * *")
    unknown = board.run("automations", "edit", "Nobody", "--cron", "* * * * *")

    assert_refused(refused, 2)
    assert refused.err.startswith("callboard: cron: minute: ")
    assert_refused(unknown, 2)


def test_automations_are_switched_by_name_and_by_filter(board: Board) -> None:
    for name in ("Left", "Right"):
        create(board, name, "--kind", "chat", "--prompt", "true", "--ticket", "T-switch")
    hook = create(board, "Hook", "--type", "http", "--kind", "chat", "--prompt", "true")

    off = board.json("automations", "disable", "Left", "Right", str(hook["id"]))
    on = board.json("automations", "enable", "-f", "state:disabled name:Left")

    assert (len(off["changed"]), off["passed_over"]) == (2, [hook["id"]])
    assert len(on["changed"]) == 1
    shown = board.json("automations", "show", "Right")
    assert shown["disabled_reason"] == f"Switched off by {board.me}."


def test_a_token_is_shown_once_and_rotated(board: Board) -> None:
    made = create(board, "Deploy", "--type", "http", "--kind", "chat", "--prompt", "true")
    rotated = board.json("automations", "rotate-token", "Deploy")

    shown = board.json("automations", "show", "Deploy")
    everything = board.run("automations", "show", "Deploy").out + str(shown) + str(board.json("audit"))
    assert len(made["token"]) == 43
    assert made["url"] == f"{shown['url']}/{made['token']}"
    assert rotated["token"] not in (None, made["token"])
    assert shown["fingerprint"] == rotated["fingerprint"] != made["fingerprint"]
    assert made["token"] not in everything
    assert rotated["token"] not in everything


def test_a_deleted_automation_keeps_its_history(board: Board) -> None:
    made = create(board, "Gone", "--kind", "chat", "--prompt", "true")
    board.json("automations", "run", "Gone")

    board.json("automations", "delete", "Gone")

    assert_refused(board.run("automations", "show", "Gone"), 2)
    assert len(board.json("executions", "list", "-f", f"automation:{made['id']}")) == 1


def test_a_crontab_becomes_automations(board: Board) -> None:
    answer = board.run("automations", "import-crontab", "-", "--tz", "UTC", "--disabled", "--json", stdin=CRONTAB)
    taken = answer.json()

    assert [(each["name"], each["cron"], each["tz"]) for each in taken["made"]] == [
        ("Nightly backup", "30 2 * * 1-5", "America/New_York"),
        ("true", "0 0 * * *", "America/New_York"),
    ]
    assert [refusal["line"] for refusal in taken["refused"]] == [4, 5]
    backup = board.json("automations", "show", str(taken["made"][0]["id"]))
    assert (backup["type"], backup["kind"], backup["provider"]) == ("recurring", "chat", "shell")
    assert "{{{{date}}" in backup["prompt"]
    assert not backup["enabled"]


def test_a_crontab_of_which_nothing_can_be_taken_is_a_failure(board: Board) -> None:
    answer = board.run("automations", "import-crontab", "-", stdin="@reboot start-it\n")

    assert answer.code == 1
    assert answer.out.startswith("line 1: @reboot is no time")


def test_a_dry_run_makes_nothing(board: Board) -> None:
    before = board.json("automations", "list")

    answer = board.run("automations", "import-crontab", "-", "--dry-run", stdin=CRONTAB)

    assert "2 of 4 entries would become automations" in answer.out
    assert board.json("automations", "list") == before

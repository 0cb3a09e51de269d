"""`callboard people`, `workspaces`, `keys`, `me` and `audit` on a real server."""

import pytest

from tests.tui.cli.board import Board
from tests.tui.cli.test_frame import assert_refused


def test_people_are_added_granted_and_let_go(board: Board) -> None:
    added = board.json("people", "add", "ann", "--display-name", "Ann Keller", "-p", "keys.manage")
    granted = board.json("people", "grant", "ann", "channels.manage")
    revoked = board.json("people", "revoke", "ann", "keys.manage")
    renamed = board.json("people", "rename", "ann", "Ann K.")
    gone = board.json("people", "leave", "ann")

    assert (added["name"], added["display_name"], added["permissions"]) == ("ann", "Ann Keller", ["keys.manage"])
    assert granted["permissions"] == ["channels.manage", "keys.manage"]
    assert revoked["permissions"] == ["channels.manage"]
    assert renamed["display_name"] == "Ann K."
    assert gone["left"]
    assert not board.json("people", "leave", "ann", "--back")["left"]
    assert board.json("people", "show", "ann")["display_name"] == "Ann K."
    assert "ann" in [person["name"] for person in board.json("people", "list")]


def test_an_admin_is_made_and_unmade(board: Board) -> None:
    board.json("people", "add", "ben")

    assert board.json("people", "admin", "ben")["admin"]
    assert not board.json("people", "admin", "ben", "--off")["admin"]


def test_workspaces_have_members(board: Board) -> None:
    board.json("people", "add", "chau", "--display-name", "Trần Minh Châu")

    created = board.json("workspaces", "create", "shop", "--name", "Storefront", "-m", "chau")
    removed = board.json("workspaces", "remove-member", "shop", "chau")
    added = board.json("workspaces", "add-member", "shop", "chau")

    assert created["name"] == "Storefront"
    assert set(created["members"]) == {board.me, "chau"}
    assert removed["members"] == [board.me]
    assert added == board.json("workspaces", "show", "shop")
    assert "shop" in board.run("workspaces", "list").out


def test_a_key_is_shown_once_and_can_be_rotated_and_revoked(board: Board) -> None:
    made = board.json("keys", "create", "ci", "--permission", "keys.manage", "--expires", "90d")
    rotated = board.json("keys", "rotate", made["id"], "--grace", "1h")
    board.json("keys", "revoke", rotated["id"])

    listed = {key["id"]: key for key in board.json("keys", "list")}
    assert made["key"].startswith(made["prefix"])
    assert made["permissions"] == ["keys.manage"]
    assert rotated["key"] != made["key"]
    assert listed[made["id"]]["state"] == "rotated"
    assert listed[rotated["id"]]["state"] == "revoked"
    assert made["key"] not in board.run("keys", "list").out


def test_one_changes_ones_own_profile(board: Board) -> None:
    board.json("me", "set", "--display-name", "The Owner", "--time-zone", "Asia/Ho_Chi_Minh")
    changed = board.json(
        "me", "set", "--desktop-alerts", "away", "--alert-words", "count", "--quiet", "22:00-7:00"
    )

    assert (changed["display_name"], changed["time_zone"]) == ("The Owner", "Asia/Ho_Chi_Minh")
    assert (changed["desktop_alerts"], changed["alert_words"]) == ("away", "count")
    assert (changed["quiet_from"], changed["quiet_to"]) == ("22:00", "07:00")
    assert board.json("me", "set", "--quiet", "off")["quiet_from"] is None
    assert "The Owner" in board.run("me", "show").out


def test_the_record_says_who_did_what(board: Board) -> None:
    board.json("people", "add", "dmitri")

    record = board.json("audit", "--limit", "1")

    assert [(entry["actor"], entry["action"], entry["target"]) for entry in record] == [
        (board.me, "person.create", "dmitri")
    ]
    assert "person.create" in board.run("audit").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["people", "show", "nobody"], 1),
        (["people", "add", "Not A Name"], 2),
        (["people", "grant", "eva", "keys.mange"], 1),
        (["people", "revoke", "eva", "keys.mange"], 2),
        (["workspaces", "show", "nowhere"], 1),
        (["workspaces", "create", "default"], 1),
        (["workspaces", "create", "No Slug"], 2),
        (["keys", "create", "ci", "-p", "everything"], 2),
        (["keys", "create", "ci", "--expires", "2001-01-01"], 2),
        (["keys", "revoke", "key_0"], 1),
        (["me", "set", "--time-zone", "Mars/Base"], 2),
        (["audit", "--filter", "actor:"], 2),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(board: Board, arguments: list[str], code: int) -> None:
    assert_refused(board.run(*arguments), code)

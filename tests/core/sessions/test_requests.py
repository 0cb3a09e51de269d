"""What is known of sessions' pull requests: looked at, told of, and never closed for not knowing."""

import json
from functools import partial
from pathlib import Path

import pytest

from core.api.automations import AutomationCreation
from core.automations.closed_requests import tell_closed
from core.automations.service import Automations
from core.caller import Permission
from core.clock import HOUR, MINUTE
from core.errors import ConflictError, InvalidError, NotFoundError
from core.sessions.git.pull_requests import PullRequest, State
from core.sessions.requests import Requests, bind_named
from storage.database import Connection
from storage.ids import WorkspaceId
from storage.sessions import SessionRow
from tests.core.sessions.forge import Forge
from tests.core.sessions.git.repositories import git
from tests.core.sessions.git.test_pull_requests import URL, Gh
from tests.core.sessions.studio import Studio

MERGED_AT = "2026-03-02T12:00:00Z"
ON_SQLITE = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
async def bound(forge: Forge, gh: Gh) -> SessionRow:
    """A session that waits, with an open pull request."""
    gh.views("OPEN", None)
    return await forge.bind((await forge.begun()).id, URL)


async def look_again(forge: Forge, after: int = 2 * HOUR) -> None:
    forge.studio.road.clock.advance(after)
    await forge.requests.look_at_due()


async def test_a_pull_request_is_bound_as_it_is(forge: Forge, bound: SessionRow) -> None:
    assert (bound.pr_url, bound.pr_state, bound.pr_head) == (URL, "open", "abc")


async def test_one_that_is_merged_makes_a_waiting_session_done(forge: Forge, gh: Gh, bound: SessionRow) -> None:
    gh.views("MERGED", MERGED_AT)

    await look_again(forge)

    row = await forge.row(bound.id)
    assert (row.pr_state, row.state, row.detail) == ("merged", "done", "Its pull request was merged.")
    late, now = PullRequest(URL, 7, State.CLOSED), forge.studio.road.clock.now()
    await forge.studio.road.database.write(
        lambda connection: forge.requests.note_request(connection, bound.workspace_id, late, now)
    )
    assert (await forge.row(bound.id)).pr_state == "merged"
    assert forge.closed == []


async def test_one_that_is_closed_is_told_and_may_be_reopened(forge: Forge, gh: Gh, bound: SessionRow) -> None:
    gh.views("CLOSED", None)
    await look_again(forge)
    await look_again(forge)

    closed = await forge.row(bound.id)
    assert (closed.pr_state, closed.state, forge.closed) == ("closed", "waiting", [URL])
    assert closed.detail == "Its pull request was closed without merging."

    gh.views("OPEN", None)
    await look_again(forge)
    reopened = await forge.row(bound.id)
    assert (reopened.pr_state, reopened.detail) == ("open", "")


async def test_what_is_not_known_is_said_once_for_each_time_that_it_lasts(
    forge: Forge, gh: Gh, bound: SessionRow
) -> None:
    async def notices() -> list[str]:
        return [json.loads(event.payload)["body"] for event in await forge.studio.events("system:notice")]

    for _ in range(2):
        gh.says("", "error connecting to api.github.com", 1)
        for looks in range(1, 6):
            await look_again(forge)
            assert (await forge.row(bound.id)).pr_state == ("open" if looks < 3 else "unknown")
        gh.views("OPEN", None)
        await look_again(forge)
        assert (await forge.row(bound.id)).pr_state == "open"

    assert len(await notices()) == 2
    assert "error connecting" in (await notices())[0]
    assert forge.closed == []
    await forge.studio.road.dispatcher.catch_up()
    assert [item.link for item in await forge.studio.road.items("ann")] == [f"callboard:session/{bound.id}"] * 2


async def test_one_that_was_never_seen_is_unknown(forge: Forge, gh: Gh) -> None:
    gh.says("", "please run: gh auth login", 4)

    row = await forge.bind((await forge.begun()).id, URL)

    assert row.pr_state == "unknown"
    assert forge.closed == []


async def test_one_is_looked_at_each_minute_and_less_often_when_that_tells_nothing(
    forge: Forge, gh: Gh, bound: SessionRow
) -> None:
    gh.does(f'echo x >> {gh.folder}/looks; printf \'{{"state": "OPEN", "mergedAt": null}}\'')
    for _ in range(4):
        await look_again(forge, 2 * MINUTE)
        await look_again(forge, MINUTE // 2)
    assert (gh.folder / "looks").read_text().count("x") == 4

    gh.does(f"echo y >> {gh.folder}/looks; exit 1")
    for _ in range(16):
        await look_again(forge, 2 * MINUTE)
    assert (gh.folder / "looks").read_text().count("y") < 8


async def test_the_longest_overdue_is_looked_at_by_one_server(forge: Forge, gh: Gh, bound: SessionRow) -> None:
    gh.does(f'echo x >> {gh.folder}/looks; printf \'{{"state": "OPEN", "mergedAt": null}}\'')
    other = Requests(forge.studio.shop)
    forge.studio.road.clock.advance(HOUR)

    await forge.requests.look_at_due()
    await other.look_at_due()

    assert (gh.folder / "looks").read_text() == "x\n"


async def test_news_from_github_reach_the_sessions_of_its_workspace(forge: Forge, bound: SessionRow) -> None:
    seen = PullRequest(URL.replace("acme", "Acme"), 7, State.CLOSED, head="def")
    now = forge.studio.road.clock.now()

    def tell(connection: Connection) -> tuple[int, int]:
        elsewhere = forge.requests.note_request(connection, WorkspaceId(bound.workspace_id + 1), seen, now)
        return elsewhere, forge.requests.note_request(connection, bound.workspace_id, seen, now)

    assert await forge.studio.road.database.write(tell) == (0, 1)
    row = await forge.row(bound.id)
    assert (row.pr_state, row.pr_head, forge.closed) == ("closed", "def", [URL])


async def test_a_loop_tells_of_each_closed_request_once(studio: Studio, forge: Forge, gh: Gh) -> None:
    road = studio.road
    forge.requests = Requests(studio.shop, partial(tell_closed, entropy=road.entropy))
    automations = Automations(road.database, road.clock, road.entropy, studio.providers, lambda: "")
    creation = AutomationCreation(name="Tidy", workspace="shop", type="loop", kind="develop", prompt="Tidy up.")
    loop = await automations.create(studio.holding("ann", Permission.AUTOMATIONS_MANAGE), creation)
    for number in (7, 8):
        url = URL.replace("7", str(number))
        gh.views("CLOSED", None, number)
        session = (await forge.begun(loop.id)).id
        await forge.bind(session, url)
        gh.views("OPEN", None, number)
        await look_again(forge)
        gh.views("CLOSED", None, number)
        await look_again(forge)
    gh.views("CLOSED", None)
    await forge.bind((await forge.begun()).id, URL)

    told = [json.loads(event.payload)["url"] for event in await studio.events("pr:closed")]

    assert told == [URL, URL.replace("7", "8")]


@ON_SQLITE
@pytest.mark.parametrize("url", ["https://github.com/acme/shop", "--repo=evil", "http://github.com/a/b/pull/1"])
async def test_what_is_no_address_is_not_bound(forge: Forge, url: str) -> None:
    with pytest.raises(InvalidError):
        await forge.bind((await forge.begun()).id, url)


@ON_SQLITE
async def test_only_who_may_manage_a_session_binds_it(forge: Forge, gh: Gh) -> None:
    gh.views("OPEN", None)
    session = await forge.begun()
    forge.studio.road.callers["ann"] = forge.studio.road.callers["ben"]

    with pytest.raises(NotFoundError):
        await forge.bind(session.id, URL)


@ON_SQLITE
async def test_a_chat_has_no_pull_request(forge: Forge) -> None:
    chat = await forge.studio.create("true")

    with pytest.raises(ConflictError):
        await forge.bind(chat.id, URL)


@ON_SQLITE
async def test_one_is_opened_for_what_a_session_made(forge: Forge, gh: Gh, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "remote")
    git(forge.project, "remote", "add", "origin", str(tmp_path / "remote"))
    session = await forge.worked("echo new > new.txt; echo Made it new.", title="Renew")
    gh.does(f'printf "%s\\n" "$@" > {gh.folder}/asked; cat "${{5#--body-file=}}" > {gh.folder}/body; echo {URL}')

    row = await forge.bind(session.id)

    assert (row.pr_url, row.pr_state) == (URL, "open")
    asked = (gh.folder / "asked").read_text().splitlines()
    assert asked[:4] == ["pr", "create", f"--head={session.branch}", "--base=main"]
    assert git(tmp_path / "remote", "show", f"{session.branch}:new.txt") == "new"
    with pytest.raises(ConflictError, match="has a pull request already"):
        await forge.bind(session.id)


@ON_SQLITE
async def test_without_gh_none_is_opened(forge: Forge, gh: Gh, tmp_path: Path) -> None:
    session = await forge.worked()
    gh.says("", "please run: gh auth login", 4)

    with pytest.raises(ConflictError):
        await forge.bind(session.id)

    assert (await forge.row(session.id)).pr_url is None


@ON_SQLITE
@pytest.mark.parametrize(
    "origin",
    ["https://github.com/Acme/shop.git", "git@github.com:acme/shop.git", "ssh://git@github.com/acme/shop"],
)
async def test_the_last_request_that_an_agent_names_is_bound(forge: Forge, origin: str) -> None:
    git(forge.project, "remote", "add", "origin", origin)
    said = f"See https://github.com/acme/shop/pull/6. Opened ({URL}), like https://github.com/evil/shop/pull/9"

    session = await forge.worked(f"echo '{said}'")

    assert (session.pull_request, session.pull_request_state) == (URL, "unknown")


@ON_SQLITE
@pytest.mark.parametrize("said", ["https://github.com/evil/shop/pull/9", f"{URL}x", "nothing"])
async def test_what_is_no_request_of_the_repository_is_not_bound(forge: Forge, said: str) -> None:
    git(forge.project, "remote", "add", "origin", "git@github.com:acme/shop.git")

    session = await forge.worked(f"echo '{said}'")

    assert session.pull_request is None


@ON_SQLITE
async def test_what_a_person_bound_is_not_replaced_by_what_an_agent_says(forge: Forge, bound: SessionRow) -> None:
    git(forge.project, "remote", "add", "origin", "git@github.com:acme/shop.git")

    await bind_named(forge.studio.shop, bound, forge.project, "https://github.com/acme/shop/pull/8")

    assert (await forge.row(bound.id)).pr_url == URL

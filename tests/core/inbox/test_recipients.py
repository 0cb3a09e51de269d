"""The table of who is told."""

from tests.road import Road

DEVELOPER = "you are the assigned developer"
OWNER = "you own the session"


async def test_an_event_comes_to_the_inbox_of_the_one_who_must_act(road: Road) -> None:
    await road.tell("task:review", data={"taskId": "t1", "taskTitle": "Sign-in page", "developer": "ben"})

    (item,) = await road.items("ben")
    assert (item.title, item.reason, item.event) == (
        "Ticket Sign-in page is ready for your review",
        DEVELOPER,
        "task:review",
    )
    assert (item.link, item.link_label, item.workspace) == ("callboard:ticket/t1", "Open Ticket", "shop")
    assert await road.told() == {"ben": DEVELOPER}

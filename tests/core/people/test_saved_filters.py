"""Saved filters: the whole list in its order, and nothing in it that cannot be used."""

import pytest

from core.api.filters import SavedFilter, Saving
from core.errors import ConflictError, InvalidError
from core.people.saved_filters import Saved
from storage import changes
from storage.ids import ChangeSeq
from tests.road import Road

URGENT = SavedFilter("urgent", "is:unread sev:critical since:7d")
MINE = SavedFilter("mine", "state:failed owner:ben", "sessions")


@pytest.fixture
def saved(road: Road) -> Saved:
    return Saved(road.database, road.clock)


async def test_filters_are_kept_in_their_order_for_each_person(road: Road, saved: Saved) -> None:
    ann, ben = road.callers["ann"], road.callers["ben"]

    answered = await saved.set(ben, Saving([URGENT, MINE]))
    await saved.set(ann, Saving([SavedFilter("urgent", "is:starred")]))

    assert (await saved.show(ben)).filters == answered.filters == [URGENT, MINE]
    assert (await saved.set(ben, Saving([MINE, URGENT]))).filters == [MINE, URGENT]
    assert (await saved.set(ben, Saving([]))).filters == []
    assert len((await saved.show(ann)).filters) == 1


async def test_names_are_of_one_list_and_cleaned(road: Road, saved: Saved) -> None:
    same = [SavedFilter("urgent", "deploy"), SavedFilter("urgent", "state:failed", "sessions")]
    assert len((await saved.set(road.callers["ben"], Saving(same))).filters) == 2

    (kept,) = (await saved.set(road.callers["ben"], Saving([SavedFilter(" a\x1b[2J\nb ", " x ")]))).filters
    assert kept.name.isprintable()
    assert kept.filter == "x"


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ([URGENT, MINE, SavedFilter("a", "is:unread nope:1")], r"filters\[2\]\.filter, characters? 11.*nope"),
        ([SavedFilter("a", "is:unread", "sessions")], r"filters\[0\]\.filter, .*unread"),
        ([SavedFilter("a", 'x "\x1b[2J"')], r"filters\[0\]\.filter, character 4: .*control"),
        ([SavedFilter("a", '"open')], r"filters\[0\]\.filter, character"),
        ([SavedFilter("a", " ")], r"filters\[0\]\.filter: A filter that matches everything"),
        ([SavedFilter("a", "x" * 1001)], r"filters\[0\]\.filter, .*1000"),
        ([SavedFilter(" ", "x")], r"filters\[0\]\.name: "),
        ([SavedFilter("n" * 65, "x")], r"filters\[0\]\.name: .*64"),
        ([URGENT, SavedFilter("urgent ", "x")], r"filters\[1\]\.name: There are two"),
    ],
)
async def test_a_mistake_says_which_filter_and_where_in_it(
    road: Road, saved: Saved, filters: list[SavedFilter], sentence: str
) -> None:
    await saved.set(road.callers["ben"], Saving([MINE]))

    with pytest.raises(InvalidError, match=sentence):
        await saved.set(road.callers["ben"], Saving(filters))
    assert (await saved.show(road.callers["ben"])).filters == [MINE]


async def test_fifty_can_be_saved_and_no_more(road: Road, saved: Saved) -> None:
    many = [SavedFilter(f"n{number}", "x") for number in range(51)]

    assert len((await saved.set(road.callers["ben"], Saving(many[:50]))).filters) == 50
    with pytest.raises(ConflictError, match="remove one first"):
        await saved.set(road.callers["ben"], Saving(many))


async def test_only_their_owner_hears_that_they_changed_and_only_when_they_did(road: Road, saved: Saved) -> None:
    await saved.set(road.callers["ben"], Saving([URGENT]))
    await saved.set(road.callers["ben"], Saving([URGENT]))

    rows = await road.database.read(lambda c: changes.after(c, ChangeSeq(0), 100))
    assert [(row.topic, row.person_id) for row in rows] == [("filters", road.callers["ben"].person)]

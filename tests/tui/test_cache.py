import stat
from pathlib import Path

from core.api.inbox import InboxCounts
from tests.tui.making import items
from tui.cache import ROWS, Cache, LastSeen, folder_of


def test_what_was_shown_last_is_there_at_the_next_start(tmp_path: Path) -> None:
    seen = LastSeen(items(5), 0, InboxCounts(5, 0, 5), "Dana", "Europe/Berlin", "nord")
    Cache(tmp_path).keep(seen)
    assert Cache(tmp_path).load() == seen


def test_the_file_is_private_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    Cache(tmp_path / "cache").keep(LastSeen(items(3)))
    (kept,) = (tmp_path / "cache").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_only_the_first_rows_are_kept(tmp_path: Path) -> None:
    Cache(tmp_path).keep(LastSeen(items(500)))
    assert len(Cache(tmp_path).load().items) == ROWS


def test_a_file_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.keep(LastSeen(items(3)))
    (kept,) = tmp_path.iterdir()
    for content in (b"", b"{", b"[]", b'{"version": 99}', b"\xff\xfe", b'{"items": [{"id": "x"}]}'):
        kept.write_bytes(content)
        assert cache.load() == LastSeen()


def test_a_folder_that_cannot_be_made_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    Cache(tmp_path / "file" / "cache").keep(LastSeen(items(1)))
    assert Cache(tmp_path / "file" / "cache").load() == LastSeen()


def test_the_owner_keeps_it_in_the_home_and_others_elsewhere(tmp_path: Path) -> None:
    assert folder_of(tmp_path, tmp_path / "s") == tmp_path / "cache"
    elsewhere = folder_of(tmp_path / "not-there", Path("/run/a.sock"))
    assert elsewhere != folder_of(tmp_path / "not-there", Path("/run/b.sock"))

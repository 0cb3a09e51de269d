"""Which file system a path lies on, from the kernel's table."""

from pathlib import Path

import pytest

from storage.errors import NetworkFilesystemError
from storage.filesystem import filesystem_of, mounts, refuse_network

TABLE = "\n".join(
    [
        "21 1 0:20 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
        "22 21 0:30 / /home rw - nfs4 server:/home rw",
        "23 22 0:31 / /home/ada/local rw - btrfs /dev/sdb rw",
        "24 21 0:32 / /mnt/with\\040space rw - fuse.sshfs ada@server: rw",
        "25 21 0:33 / /mnt/disk rw - fuse.ntfs-3g /dev/sdc rw",
        "26 21 0:34 / /covered rw - nfs server:/x rw",
        "27 21 0:35 / /covered rw - xfs /dev/sdd rw",
        "a line that is none",
    ]
)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/callboard", "ext4"),
        ("/home/ada/callboard", "nfs4"),
        ("/home/ada/local/callboard", "btrfs"),
        ("/home/ada/locally", "nfs4"),
        ("/homely", "ext4"),
        ("/mnt/with space/x", "fuse.sshfs"),
        ("/covered/x", "xfs"),
    ],
)
def test_the_deepest_and_latest_mount_counts(path: str, kind: str) -> None:
    assert filesystem_of(Path(path), TABLE) == kind


@pytest.mark.parametrize("path", ["/home/ada/callboard.db", "/mnt/with space/callboard.db"])
def test_a_network_file_system_is_refused_with_what_to_do(path: str) -> None:
    with pytest.raises(NetworkFilesystemError, match="choose a folder on a local disk"):
        refuse_network(Path(path), TABLE)


@pytest.mark.parametrize("path", ["/home/ada/local/callboard.db", "/mnt/disk/callboard.db", "/callboard.db"])
def test_a_local_disk_is_welcome(path: str) -> None:
    refuse_network(Path(path), TABLE)


def test_where_there_is_no_table_nothing_is_refused(tmp_path: Path) -> None:
    refuse_network(tmp_path / "callboard.db", "")
    refuse_network(tmp_path / "callboard.db", mounts())

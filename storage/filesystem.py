"""Where a database file may lie: SQLite's locks and shared memory do not work across a network."""

from pathlib import Path

from storage.errors import NetworkFilesystemError

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset(
    {"9p", "afs", "beegfs", "ceph", "cifs", "coda", "gfs2", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2"}
    | {"orangefs", "prl_fs", "pvfs2", "smb2", "smb3", "smbfs", "vboxsf", "vmhgfs", "wekafs"}
)
_NETWORK_FUSE = frozenset(
    {"blobfuse", "blobfuse2", "ceph", "davfs2", "gcsfuse", "glusterfs", "goofys", "juicefs", "mfs", "nfs"}
    | {"onedriver", "rclone", "s3fs", "seaweedfs", "sshfs", "vmhgfs-fuse"}
)


def mounts() -> str:
    """The kernel's table of mounts; empty on systems that have none."""
    try:
        return _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""


def filesystem_of(path: Path, table: str) -> str:
    """The type of the file system that holds `path`: that of the deepest mount above it, the last one made."""
    deepest, found = -1, ""
    for line in table.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        mount = Path(_unescaped(fields[4]))
        if (path == mount or mount in path.parents) and len(mount.parts) >= deepest:
            deepest, found = len(mount.parts), after.split(" ")[0]
    return found


def refuse_network(path: Path, table: str) -> None:
    """Raise where the file would lie on a network file system."""
    kind = filesystem_of(path.resolve(), table)
    main, _, helper = kind.partition(".")
    if main in _NETWORK or (main in {"fuse", "fuseblk"} and helper in _NETWORK_FUSE):
        raise NetworkFilesystemError(
            f"{path.parent} lies on a network file system ({kind}), where SQLite can lose data: choose a folder "
            "on a local disk with CALLBOARD_HOME, or set [database] url to a PostgreSQL database."
        )


def _unescaped(field: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(code, character)
    return field

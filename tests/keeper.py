"""Keeps the PostgreSQL of one test run, in a process of its own, and leaves nothing behind.

The run holds a lock for as long as it lives. The keeper waits for that lock, and so notices the end of the run
however it ended, SIGKILL included: then it stops PostgreSQL and removes the folder of the run."""

import fcntl
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "1GB",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "deadlock_timeout": "50ms",
    "logging_collector": "off",
}


def main(folder: Path, binaries: Path, user: str) -> None:
    with (folder / "alive.lock").open("w") as alive, (folder / "postgresql.log").open("ab") as log:
        server: subprocess.Popen[bytes] | None = None
        try:
            server = _start(folder, binaries, user, log)
            print(json.dumps({"host": str(folder / "pg")}), flush=True)  # noqa: T201
            sys.stdout.close()
            fcntl.flock(alive, fcntl.LOCK_EX)
        finally:
            if server is not None:
                _stop(server)
            shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, binaries: Path, user: str, log: IO[bytes]) -> "subprocess.Popen[bytes]":
    home = folder / "pg"
    home.mkdir(mode=0o700)
    how: dict[str, Any] = {"cwd": home, "stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
    how["env"] = {"LC_ALL": "C", "PATH": os.defpath, "HOME": str(home), "TZ": "UTC"}
    if user:
        account = pwd.getpwnam(user)
        os.chown(home, account.pw_uid, account.pw_gid)
        how |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data = home / "data"
    create: list[str | Path] = [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        "callboard",
        "--auth=trust",
        "--no-sync",
        "-E",
        "UTF8",
    ]
    subprocess.run([*create, "--locale=C"], check=True, **how)
    settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    server = subprocess.Popen([binaries / "postgres", "-D", data, "-k", home, *settings], **how)
    _wait_for(home / ".s.PGSQL.5432", server)
    return server


def _wait_for(path: Path, server: "subprocess.Popen[bytes]") -> None:
    """Until the server listens; whoever connects early is told that it is starting, and tries again."""
    for _ in range(3000):
        if server.poll() is not None:
            break
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError("PostgreSQL does not listen")


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.send_signal(3)  # SIGQUIT: at once, nobody needs the data
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])

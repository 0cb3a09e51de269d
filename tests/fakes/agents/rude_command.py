"""A program that is run once for each prompt, and misbehaves as its first argument says."""

import os
import subprocess
import sys
import time


def say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


def told() -> None:
    """What it was given, for the test to compare."""
    sys.stdout.write(repr({"argv": sys.argv[2:], "stdin": sys.stdin.read(), "env": dict(os.environ)}))


def nothing() -> None:
    """Exit code 0, having done nothing at all."""


def floods_errors() -> None:
    sys.stderr.write("e" * 299_999 + "\n")
    say("done\n")


def long_line() -> None:
    say("x" * 5_000_000 + "\n")


def dies() -> None:
    say("half a line")
    os.kill(os.getpid(), 9)


def leaves_children() -> None:
    subprocess.Popen(["setsid", "sleep", "600"], stdin=subprocess.DEVNULL)
    subprocess.Popen(["nohup", "sleep", "600"], stdin=subprocess.DEVNULL)
    say("gone\n")


def never_ends() -> None:
    say("begun\n")
    time.sleep(600)


def garbage() -> None:
    sys.stdout.buffer.write(b"\x1b[2J\xff\xfe\x00\x9b31m{}\n" * 10 + b"\xf0\x9f")


if __name__ == "__main__":
    globals()[sys.argv[1]]()

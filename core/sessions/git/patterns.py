"""Patterns of files that an agent leaves behind and that are no change, as git's pathspecs.

A pattern with a slash is from the top of the tree, one without is for a name anywhere; a folder that is named
goes with all that is in it."""


def naming(ignore: tuple[str, ...]) -> tuple[str, ...]:
    """What the patterns name."""
    return tuple(f":(top,glob){path}" for path in _paths(ignore))


def excluding(ignore: tuple[str, ...]) -> tuple[str, ...]:
    """Everything else."""
    return (":/", *(f":(top,exclude,glob){path}" for path in _paths(ignore)))


def _paths(ignore: tuple[str, ...]) -> list[str]:
    names = [pattern.strip("/") for pattern in ignore]
    anywhere = [name if "/" in name else f"**/{name}" for name in names if name]
    return [f"{name}{inside}" for name in anywhere for inside in ("", "/**")]

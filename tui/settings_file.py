"""Writes single settings into `app.toml`. Everything else in it stays as somebody wrote it, comments included."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from core.errors import InvalidError

_TABLE = re.compile(r"^\s*\[")
_VALUE = r"""(?:"[^"\\\n]*"|'[^'\n]*')"""


def keep(path: Path, settings: Mapping[str, str]) -> None:
    """Set these, each a text, in the file; make the file if there is none."""
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        _replace(path, written(text, settings))
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InvalidError(f"The settings cannot be kept: {said}.", str(path)) from None
    except ValueError:
        told = ", ".join(f'{name} = "{value}"' for name, value in settings.items())
        raise InvalidError(f"This file cannot be changed by the app: write {told} there.", str(path)) from None


def written(text: str, settings: Mapping[str, str]) -> str:
    """The file's text with these settings. Raises `ValueError` where that would change anything else."""
    expected = {**tomllib.loads(text), **settings}
    lines = text.splitlines(keepends=True)
    head = next((at for at, line in enumerate(lines) if _TABLE.match(line)), len(lines))
    for name, value in settings.items():
        setting = re.compile(rf"^(\s*{name}\s*=\s*){_VALUE}")
        at = next((at for at in range(head) if setting.match(lines[at])), None)
        if at is None:
            lines.insert(0, f'{name} = "{value}"\n')
            head += 1
        else:
            lines[at] = setting.sub(rf'\g<1>"{value}"', lines[at])
    made = "".join(lines)
    if tomllib.loads(made) != expected:
        raise ValueError(made)
    return made


def _replace(path: Path, text: str) -> None:
    """At once or not at all, and where a link leads to, not the link."""
    import shutil
    import tempfile

    target = path.resolve()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        if target.exists():
            shutil.copymode(target, name)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise

"""Values from outside in a script. The text of a value never becomes a part of it: where the template has a
place, the script gets a reference to a variable, which a shell expands and does not read again.

The quotes around the place decide how the reference is written, so that a value stays one word and is expanded
inside single quotes too. Where a script is too odd for this to be told, its words may come out wrong; what a
value says is not executed even then."""

import re
from collections.abc import Mapping

from core.sessions.placeholders import NAME, Filled, written

_PIECE = re.compile(
    rf"""(?P<opening>\{{\{{\{{\{{)
    | \{{\{{\s*+(?P<name>{NAME.pattern})\s*+\}}\}}
    | (?P<escaped>\\.)
    | (?P<comment>(?:(?<=\s)|\A)\#[^\n]*+)
    | (?P<quote>['"])""",
    re.ASCII | re.DOTALL | re.VERBOSE,
)


def refer(script: str, variables: Mapping[str, str], values: Mapping[str, object]) -> Filled:
    """The script with a reference to its variable for each of these names, and with the text of those values that
    are ours and not from outside. A name of neither kind stays as it is."""
    made: list[str] = []
    unresolved: dict[str, None] = {}
    quote, at = "", 0
    while piece := _PIECE.search(script, at):
        made.append(script[at : piece.start()])
        at = piece.end()
        kind = piece.lastgroup
        if kind == "name":
            made.append(_put(piece, quote, variables, values, unresolved))
        elif kind == "opening":
            made.append("{{")
        else:
            if kind == "quote":
                quote = {"": piece[0], piece[0]: ""}.get(quote, quote)
            elif (kind == "comment" and quote) or (kind == "escaped" and quote == "'"):
                at = piece.start() + 1  # neither means anything here
            made.append(script[piece.start() : at])
    made.append(script[at:])
    return Filled("".join(made), list(unresolved))


def _put(
    piece: re.Match[str],
    quote: str,
    variables: Mapping[str, str],
    values: Mapping[str, object],
    unresolved: dict[str, None],
) -> str:
    name = piece["name"]
    if name in variables:
        reference = f"${{{variables[name]}}}"
        return {"": f'"{reference}"', "'": f"'\"{reference}\"'"}.get(quote, reference)
    if name in values:
        return written(values[name])
    unresolved[name] = None
    return piece[0]

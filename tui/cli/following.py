"""Waits until the run of a session is over, and follows what it prints, turn after turn."""

import time

from core.api import sessions as api
from core.api.sessions import Output, SessionDetail
from tui.cli.invocation import Invocation
from tui.cli.output import print_text

IN_FLIGHT = frozenset({"queued", "running", "asking"})

_PAUSE = 0.2
_PIECE = 65_536


def follow(invocation: Invocation, number: int, turn: int | None = None) -> SessionDetail:
    """Print what its turns print, from this one on and in the order in which they begin, and answer the session
    as it is when its run is over."""
    over: set[int] = set()
    at = 0
    while True:
        session = invocation.send(api.session(number))
        following = _following(session, over, turn or 0)
        if following is not None:
            at, ended = _print_from(invocation, number, following, at)
            if ended or session.state not in IN_FLIGHT:
                over.add(following)
                at = 0
                continue
        elif session.state not in IN_FLIGHT:
            return session
        time.sleep(_PAUSE)


def ended_quietly(invocation: Invocation, number: int) -> SessionDetail:
    """The session as it is when its run is over; nothing is printed meanwhile."""
    while (session := invocation.send(api.session(number))).state in IN_FLIGHT:
        time.sleep(_PAUSE)
    return session


def _following(session: SessionDetail, over: set[int], first: int) -> int | None:
    """The turn to be printed next."""
    begun = [
        (turn.started_at, turn.number)
        for turn in session.turns
        if turn.started_at is not None and turn.number >= first and turn.number not in over
    ]
    return min(begun)[1] if begun else None


def print_output(invocation: Invocation, number: int, turn: int | None) -> None:
    """Print all that is kept of a turn."""
    piece = invocation.send(api.output(number, turn=turn, at=0, size=_PIECE))
    while piece.text:
        _print(piece)
        piece = invocation.send(api.output(number, turn=piece.turn, at=piece.next, size=_PIECE))


def _print_from(invocation: Invocation, number: int, turn: int, at: int) -> tuple[int, bool]:
    """Print what there is from this place on; where it ends, and whether there will be no more."""
    while True:
        piece = invocation.send(api.output(number, turn=turn, at=at, size=_PIECE))
        if not piece.text:
            return piece.next, not piece.running
        _print(piece)
        at = piece.next


def _print(piece: Output) -> None:
    if piece.gap_from is not None and piece.gap_to is not None:
        print_text(f"\n… {piece.gap_to - piece.gap_from} bytes were not kept …\n")
    print_text(piece.text)

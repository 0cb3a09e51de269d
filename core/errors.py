"""The errors of the core: each carries one sentence for a person, with what to do next.

`http` maps them to a status, the command line to an exit code and the app to a line on the screen, each in one
place."""


class CallboardError(Exception):
    """An error that a person can act on."""

    code = "failed"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFoundError(CallboardError):
    """There is no such thing, or none that the asker may see."""

    code = "not_found"


class NotAllowedError(CallboardError):
    """The asker may see the thing, and not do this to it."""

    code = "not_allowed"


class NotAuthenticatedError(CallboardError):
    """It is not known who is asking."""

    code = "not_authenticated"


class ConflictError(CallboardError):
    """The thing is in a state in which this cannot be done."""

    code = "conflict"


class InvalidError(CallboardError):
    """What was sent is wrong, at `place`."""

    code = "invalid"

    def __init__(self, sentence: str, place: str = "") -> None:
        super().__init__(f"{place}: {sentence}" if place else sentence)
        self.place = place


class TooLargeError(CallboardError):
    """More was sent than is taken."""

    code = "too_large"


class SlowDownError(CallboardError):
    """Too many attempts: come back after `retry_after` seconds."""

    code = "slow_down"

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class UnavailableError(CallboardError):
    """Something that is needed cannot be reached now."""

    code = "unavailable"


class UnreachableError(UnavailableError):
    """No server could be reached."""

    code = "unreachable"


class HomeError(CallboardError):
    """The home cannot be used as it is: its folder, configuration, database or lock."""

    code = "home"

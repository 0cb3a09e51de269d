"""The change stream on the wire: what changed, never how. Whoever shows the thing asks for it again."""

from msgspec import Struct


class Hello(Struct, frozen=True):
    """The first word of a stream: it tells everything after `seq`."""

    seq: int


class Change(Struct, frozen=True):
    """The thing `id` of this topic is not what it was. Without an id, so many are not that the whole list must be
    asked for again: `Change("inbox", None)` is what a bulk action says, once."""

    topic: str
    id: str | None
    seq: int


class Reset(Struct, frozen=True):
    """Something was missed: look at everything again. What comes next is after `seq`."""

    seq: int


Frame = Hello | Change | Reset

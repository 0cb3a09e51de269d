"""What happens in the sample month, as data: scenes are drawn, dealt out over the days and put into their order.

The same seed and the same work give the same story."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from core.api.inbox import InboxAction
from core.clock import DAY, HOUR, MINUTE, from_datetime, to_datetime
from core.demo.alerting import LOST
from core.demo.scenes import SCENES, Scene, could_not_be_sent
from core.demo.stage import Happening, Stage
from core.demo.work import Work
from storage.ids import Instant

DAYS = 28
_OTHERS_PER_ITEM = 0.6
_FRESH = (2, 6, 11, 19, 34, 52, 75, 110)  # minutes before the end: there is always something that just came


@dataclass(frozen=True, slots=True)
class Fate:
    """What the person does with a notification, and how long after it came."""

    actions: tuple[InboxAction, ...] = ()
    after: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    at: Instant
    happening: Happening
    fate: Fate = field(default_factory=Fate)


def month(work: Work, items: int, seed: int) -> list[Moment]:
    """A month up to the end of the work, of which `items` events concern whoever looks on, in the order in which
    they happen."""
    end = work.end
    random = Random(seed)  # noqa: S311 - sample data
    undelivered = LOST[:items]
    yours = list(_draw(random, work, items, about_you=True))[: items - len(undelivered)]
    others = list(_draw(random, work, int(items * _OTHERS_PER_ITEM), about_you=False))
    fresh = [Instant(end - minutes * MINUTE) for minutes in _FRESH][: min(len(_FRESH), len(yours))]
    moments = [Moment(at, happening) for at, happening in zip(fresh, yours, strict=False)]
    for happening in yours[len(fresh) :]:
        at = _some_time(random, end)
        moments.append(Moment(at, happening, _fate(random, end - at)))
    moments.extend(Moment(_some_time(random, end), happening) for happening in others)
    stage = Stage.about_you(random, work)
    moments.extend(Moment(Instant(end - lost.ago), could_not_be_sent(stage, lost)) for lost in undelivered)
    return sorted(moments, key=lambda moment: moment.at)


def _draw(random: Random, work: Work, count: int, *, about_you: bool) -> Iterator[Happening]:
    """So many happenings of which the person is told, or is not; no kind twice in a row."""
    unfit = "nobody" if about_you else "everybody"
    scenes = [scene for scene in SCENES if scene.tells != unfit]
    last: Scene | None = None
    for _ in range(count):
        left = [scene for scene in scenes if scene is not last]
        last = random.choices(left, [scene.weight for scene in left])[0]
        yield last.play(Stage.about_you(random, work) if about_you else Stage.about_another(random, work))


def _some_time(random: Random, end: Instant) -> Instant:
    """In the working hours of one of the days, more often a late one, seldom at a weekend."""
    while True:
        days_ago = int(min(random.random(), random.random()) * DAYS)
        midnight = to_datetime(Instant(end - days_ago * DAY)).replace(hour=0, minute=0, second=0, microsecond=0)
        at = Instant(from_datetime(midnight) + int(random.gauss(13, 3) * HOUR))
        if midnight.weekday() >= 5 and random.random() < 0.8:
            continue
        if end - DAYS * DAY < at < end - 2 * HOUR:
            return at


def _fate(random: Random, age: int) -> Fate:
    """Old ones were mostly read and put away; of yesterday's some still wait."""
    after = int(random.uniform(5 * MINUTE, 9 * HOUR))
    if after >= age:
        return Fate()
    chance = random.random()
    if chance < 0.01:
        return Fate(("read", "star"), after)
    if chance < (0.88 if age > 3 * DAY else 0.5):
        return Fate(("read", "dismiss") if random.random() < 0.55 else ("read",), after)
    return Fate()

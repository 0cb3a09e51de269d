"""The talks with agents and bots in the sample weeks, and what is to run while the demo is open."""

from core.clock import DAY, HOUR, MINUTE, SECOND
from core.demo import scripts
from core.demo.parts import YOU, Part, SampleSession, Used
from core.sessions.placeholders import fill

HUNTING = "Flaky test hunt"
ITERATION = 199
"""Of the loop, the one that runs when the demo is opened."""
VERSION = "4.18.3"

_SLOW = """\
The slow page asks the database once for every row: 200 times for a full list.

1. `orders.html` calls `order.customer.name`, which is not loaded with the list.
2. The total is computed in Python from lines that were loaded one by one.

Both go away with one join and one sum. I have changed nothing."""
_SOONER = """\
It came in with release 4.16, on the ninth of last month: before that the list had no names of customers.

The graphs agree: the median of the page went from 90 ms to 1.9 s on that day."""
_NOTES = """\
# Storefront 4.18

- An expired coupon does not empty the basket any more (SF-118).
- The search finds “café”, however it is typed (SF-121).
- Giờ của đơn hàng được hiển thị đúng sau nửa đêm (SF-124).

Nothing has to be migrated."""
_OPINION = """\
I would not merge this yet. The migration drops `tax_code` while the previous release still reads it, so the
minute of the deployment loses invoices. Split it: stop reading first, drop a release later."""
_CAPITALS = (
    "Both spellings are in use: 31 files have “Checkout”, 12 have “check-out”. The style guide says “checkout”."
)

TALKS: tuple[SampleSession, ...] = (
    SampleSession(
        "storefront",
        "Why is the list of orders slow since last month?",
        YOU,
        5 * HOUR,
        "waiting",
        "Why is the list of orders slow since last month? Change nothing, only look.",
        kind="chat",
        provider="claude",
        model="sonnet",
        outcome="succeeded",
        parts=(
            Part(text=_SLOW, minutes=1.2, used=Used(87_400, (41_220, 1_310))),
            Part(text=_SOONER, minutes=0.6, used=Used(31_050, (52_871, 402)), message="Since when exactly?"),
        ),
    ),
    SampleSession(
        "storefront",
        "Release notes of 4.18",
        YOU,
        26 * HOUR + 8 * MINUTE,
        "done",
        "Write the release notes of 4.18 from the tickets that were merged since 4.17.",
        kind="bot",
        bot="scribe",
        provider="codex",
        model="gpt-5.2-codex",
        outcome="succeeded",
        parts=(Part(text=_NOTES, minutes=1.8, used=Used(64_900, (28_411, 980))),),
    ),
    SampleSession(
        "billing",
        "Second opinion on retiring the tax table",
        "mei",
        2 * DAY + 3 * HOUR,
        "waiting",
        "Read the branch retire-tax-table and tell me whether you would merge it.",
        kind="bot",
        bot="reviewer",
        provider="claude",
        model="opus",
        outcome="succeeded",
        parts=(Part(text=_OPINION, minutes=3.1, used=Used(241_700, (96_004, 1_877))),),
    ),
    SampleSession(
        "storefront",
        "checkout or check-out?",
        "somchai",
        6 * DAY,
        "done",
        "How do we write “checkout”, and where not?",
        kind="chat",
        provider="llm",
        outcome="succeeded",
        parts=(Part(text=_CAPITALS, minutes=0.3, used=Used(None)),),
    ),
    SampleSession(
        "platform",
        "Draft the runbook for a full queue",
        YOU,
        7 * DAY + 2 * HOUR,
        "failed",
        "Draft a runbook for the night when the queue is full.",
        kind="chat",
        provider="gemini",
        model="gemini-3-pro",
        outcome="timed_out",
        detail="It printed nothing for 900 seconds, and was ended.",
        parts=(
            Part(
                "failed",
                "",
                "It printed nothing for 900 seconds, and was ended.",
                15,
                exit_code=None,
                used=Used(None),
            ),
        ),
    ),
)

LIVE: tuple[SampleSession, ...] = (
    SampleSession(
        "storefront",
        f"Release storefront {VERSION}",
        YOU,
        40 * SECOND,
        "queued",
        workflow="release",
        parameters={"version": VERSION},
    ),
    SampleSession(
        "platform", "Move the queue workers, one at a time", YOU, 35 * SECOND, "queued", scripts.ROLLOUT
    ),
    SampleSession(
        "storefront", "Warm the image cache of staging", "somchai", 30 * SECOND, "queued", scripts.IMAGES
    ),
    SampleSession(
        "platform",
        HUNTING,
        YOU,
        25 * SECOND,
        "queued",
        fill(scripts.HUNT, {"iteration": ITERATION}).text,
        auto_complete=True,
        automation=HUNTING,
    ),
    SampleSession(
        "storefront", "Rebuild the search index of staging", "ann", 20 * SECOND, "queued", scripts.INDEX
    ),
)
"""The server of the demo really runs these: one that asks, two that go on, a loop, and one that waits."""

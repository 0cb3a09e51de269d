"""The automations of the sample weeks, their workflow and their bots."""

from core.demo import scripts
from core.demo.parts import YOU, SampleAutomation
from core.demo.talks import HUNTING, VERSION

AUDIT = "Nightly accessibility audit"
RELEASE = "Weekly release"
TRIAGE = "Triage of new bug reports"
PAYOUTS = "Reconcile payouts"
UPDATES = "Weekly dependency update"
SMOKE = "Smoke test after a deployment"
TAXES = "Rehearse the new tax table"
NOTES = "Draft release notes"

FAILED_THREE_TIMES = (
    "It failed 3 times in a row, the last time so: It ended with exit code 22.\n"
    "The tracker answered 401: its token has expired."
)

AUTOMATIONS: tuple[SampleAutomation, ...] = (
    SampleAutomation(
        AUDIT,
        "storefront",
        YOU,
        "recurring",
        scripts.AUDIT,
        cron="30 2 * * *",
        zone="Europe/Berlin",
        run_missed=True,
        lasts=14,
        printed=(
            "46 pages, no new findings. Two old ones are left: A11Y-12 and A11Y-19.\n",
            "46 pages, one new finding: the price of a wish list entry has a contrast of 3.1 to 1.\n",
        ),
    ),
    SampleAutomation(
        RELEASE,
        "storefront",
        "chau",
        "recurring",
        workflow="release",
        parameters={"version": VERSION},
        cron="0 15 * * 4",
        zone="Asia/Ho_Chi_Minh",
        auto_complete=False,
        lasts=38,
    ),
    SampleAutomation(
        HUNTING,
        "platform",
        YOU,
        "loop",
        scripts.HUNT,
        lasts=95,
        printed=(
            "412 tests, twelve parts: no test was flaky.\n",
            "test_search_suggests_while_typing failed 2 times of 40: it is quarantined, see #412.\n",
            "412 tests, twelve parts: no test was flaky.\n",
        ),
    ),
    SampleAutomation(
        TRIAGE,
        "storefront",
        YOU,
        "recurring",
        scripts.TRIAGE,
        cron="0 8-18/2 * * 1-5",
        zone="Europe/Berlin",
        lasts=2,
        disabled=FAILED_THREE_TIMES,
        printed=("7 new reports: 4 labelled, 2 are doubles, 1 waits for its reporter.\n",),
    ),
    SampleAutomation(
        PAYOUTS,
        "billing",
        "mei",
        "recurring",
        scripts.PAYOUTS,
        cron="15 9,13,17 * * *",
        zone="Europe/Paris",
        lasts=8,
        printed=("318 bookings, 318 lines of the bank: all of them agree to the cent.\n",),
    ),
    SampleAutomation(
        UPDATES,
        "platform",
        "ben",
        "recurring",
        scripts.UPDATES,
        cron="0 6 * * 1",
        zone="UTC",
        lasts=25,
        printed=("61 dependencies, 5 of them updated, 412 tests pass.\n",),
    ),
    SampleAutomation(
        SMOKE,
        "platform",
        "dmitri",
        "http",
        "{{environment}} has version {{version}} now. Try the five pages that sell, and say what is wrong.",
        provider="claude",
        parameters={"environment": "staging", "version": "unknown"},
        lasts=5,
        printed=(
            "All five pages answer in less than 300 ms. Nothing is wrong.\n",
            "The basket answers in 1.4 s, twice as long as yesterday; the others are as they were.\n",
        ),
    ),
    SampleAutomation(
        TAXES,
        "billing",
        YOU,
        "one-time",
        scripts.MIGRATION,
        zone="Europe/Berlin",
        wall_time="09:30",
    ),
    SampleAutomation(
        NOTES,
        "storefront",
        "ann",
        "manual",
        "Write the release notes of {{version}} from the tickets that were merged since the one before.",
        kind="bot",
        provider=None,
        bot="scribe",
        parameters={"version": VERSION},
        lasts=3,
        printed=("Three notes in English and one in Vietnamese; nothing has to be migrated.\n",),
    ),
)

BOTS: tuple[tuple[str, str, str, str, str, str], ...] = (
    (
        "storefront",
        "scribe",
        "codex",
        "gpt-5.2-codex",
        "You write for people who run a shop: short, without jargon, in the language of the ticket.",
        "ann",
    ),
    (
        "billing",
        "reviewer",
        "claude",
        "opus",
        "You review changes of money and of tables. You are strict, you name the line, and you change nothing.",
        YOU,
    ),
)
"""Workspace, name, provider, model, instructions, and who made it."""

PINNED = (("automation", AUDIT), ("automation", NOTES), ("bot", "reviewer"), ("bot", "scribe"))

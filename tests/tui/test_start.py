"""What a start costs is decided by what it loads."""

import subprocess
import sys

HEAVY = (
    *("sqlalchemy", "aiohttp", "alembic", "aiosqlite", "click", "textual.widgets._markdown"),
    *("core.api.sessions", "tui.screens.session", "tui.screens.automations", "tui.widgets.output_view"),
    *("desktop_notifier", "dbus_fast", "tui.alerts.alerts", "tui.screens.profile"),
    *("tui.screens.work", "tui.widgets.work_text", "tui.widgets.work_list"),
    *("core.api.channels", "core.api.deliveries", "tui.screens.channels", "tui.screens.deliveries"),
    *("core.api.rules", "core.api.events", "core.routing.reading", "tui.screens.rules", "tui.screens.events"),
)


def test_the_app_loads_nothing_heavy_before_its_first_frame() -> None:
    program = (
        "import sys, tui.cli.main, tui.cli.opening, tui.app, core.live_client\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

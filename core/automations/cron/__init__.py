"""Cron expressions: read strictly, timed as Debian's cron does in a zone, said in words."""

from core.automations.cron.clock_changes import Note, check_year, notes, resolve_wall_time
from core.automations.cron.errors import CronError
from core.automations.cron.expression import Expression, parse
from core.automations.cron.schedule import next_run, runs
from core.automations.cron.words import in_words
from core.automations.cron.zones import zone, zone_data_version

__all__ = [
    "CronError",
    "Expression",
    "Note",
    "check_year",
    "in_words",
    "next_run",
    "notes",
    "parse",
    "resolve_wall_time",
    "runs",
    "zone",
    "zone_data_version",
]

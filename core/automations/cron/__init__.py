"""Cron expressions: read strictly, timed as Debian's cron does in a zone, said in words."""

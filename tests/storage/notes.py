"""Rows for tests that need some table: a note has a name that is unique and a text."""

from sqlalchemy import ColumnElement, Insert, insert

from storage.claims import jobs

_QUEUE = "notes"
NAME, TEXT = jobs.c.key, jobs.c.payload
IS_NOTE: ColumnElement[bool] = jobs.c.queue == _QUEUE


def note(name: str, text: str = "") -> Insert:
    return insert(jobs).values(queue=_QUEUE, key=name, payload=text, run_at=0, created_at=0)

"""Rows for tests that need some table: a note has a name that is unique and a text."""

from sqlalchemy import ColumnElement, Insert, insert

from storage.channels import channels

_TYPE = "note"
NAME, TEXT = channels.c.name, channels.c.settings
IS_NOTE: ColumnElement[bool] = channels.c.type == _TYPE


def note(name: str, text: str = "") -> Insert:
    return insert(channels).values(type=_TYPE, name=name, settings=text, source="api", created_at=0, updated_at=0)

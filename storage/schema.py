"""The whole schema: the metadata, once every area has put its tables into it."""

from storage import audit, changes, claims, events, inbox, keys, people
from storage.metadata import metadata as metadata

AREAS = (audit, changes, claims, events, inbox, keys, people)

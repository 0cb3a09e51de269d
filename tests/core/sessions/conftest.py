"""What the tests of sessions share: the same founded home as the tests of people."""

from tests.core.people.conftest import accounts, home

__all__ = ["accounts", "home"]

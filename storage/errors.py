"""What can be wrong with a database, each in one sentence for the person who has to mend it."""


class StorageError(Exception):
    """The database cannot be used, and why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NewerDatabaseError(StorageError):
    """The database was written by a newer version of the program."""


class NetworkFilesystemError(StorageError):
    """The database file lies on a file system that SQLite cannot lock safely."""


class DamagedDatabaseError(StorageError):
    """What is there is not a database of ours, or no longer a whole one."""


class UnavailableDatabaseError(StorageError):
    """The database cannot be reached now: not running, not accepting, disk full, or closed."""

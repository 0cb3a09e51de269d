"""My Work: all that a person may have to act on, of every type, as one list."""

"""The core: everything Callboard does, without a user interface."""

__version__ = "0.1.0"

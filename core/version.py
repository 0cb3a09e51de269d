"""The version of the program: a constant, because reading it from the installed package takes longer than
the rest of `--version`."""

VERSION = "0.1.0"

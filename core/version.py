"""The version of the program: a constant, because reading it from the installed package costs more than printing it."""

VERSION = "0.1.0"

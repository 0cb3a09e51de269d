"""The one migration tree of both engines."""

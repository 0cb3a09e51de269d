"""The phases of a Develop session: what its modes add before and after the work."""

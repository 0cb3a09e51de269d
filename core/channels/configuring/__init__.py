"""Channels as they are configured: what each type can be told, where that stands, and what of it is shown."""

"""Automations: what runs by itself, when, and an account of each time that it did or did not."""

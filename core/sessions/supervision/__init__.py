"""Processes that are started, watched, kept from running for ever, and never lost sight of."""

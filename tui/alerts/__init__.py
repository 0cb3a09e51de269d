"""Alerts, done: what came in is heard of, and told on the person's desktop or by their terminal."""

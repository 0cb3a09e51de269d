"""Alerts on a person's desktop: when there is one, what it says, which way it takes. All of it is pure."""

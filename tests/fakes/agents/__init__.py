"""Agent programs for tests: one that keeps to the protocol, and some that keep to nothing."""

"""The stages that a session goes through: its prompt, its modes as phases, the steps of a workflow."""

"""The steps of a workflow, one kind in each module."""

"""What asks a person for something: the footer says how to answer, for keys are text there."""


class Asking:
    """A widget that takes keys for itself."""

    HINT: str = ""

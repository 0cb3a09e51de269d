"""What asks a person for something: the footer says how to answer, for keys are text there."""

from typing import ClassVar


class Asking:
    """A widget that takes keys for itself."""

    HINT: ClassVar[str] = ""

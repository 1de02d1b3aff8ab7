"""What a user is told instead of a traceback."""


class WorkError(Exception):
    """Something outside the program broke a run: one line that says what."""


class PolicyError(WorkError):
    """A host policy from outside the package raised, or returned what cannot be done."""


class SettingsError(Exception):
    """Settings that cannot be run: one line for each thing that is wrong."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(dict.fromkeys(lines))

"""What can go wrong in understanding.

UnderstandingError
├── TrainingDataRefused   the files cannot be used; names every file and reason
├── TrainingFailed        the training process ended without a model
├── HeldOutRefused        a file of texts kept apart cannot be used
└── CorrectionsRefused    a line of corrections cannot be read
"""


class UnderstandingError(Exception):
    """Base of this package's errors."""


class TrainingDataRefused(UnderstandingError):
    """The training files cannot be used; `problems` names every file and reason."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class TrainingFailed(UnderstandingError):
    """The training process ended without a model."""


class HeldOutRefused(UnderstandingError):
    """A file of texts kept apart cannot be used; the message names it."""


class CorrectionsRefused(UnderstandingError):
    """A line of operators' corrections cannot be read; the message names its number, never its words."""

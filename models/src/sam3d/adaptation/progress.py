"""What a job says while it runs, and how it is told to stop."""

from typing import NamedTuple, Protocol


class JobCancelled(Exception):
    pass


class Progress(NamedTuple):
    phase: str
    step: int
    steps: int
    loss: float | None = None
    dice: float | None = None
    line: str | None = None  # for the log


class Listener(Protocol):
    def progress(self, progress: Progress) -> None:
        """Raises JobCancelled where the job is to stop."""

    def checkpoint(self, data: bytes) -> None:
        """To go on from after a crash"""

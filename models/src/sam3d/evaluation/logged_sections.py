"""Sections of RESULTS.md that are made of a log of their own."""

from collections.abc import Callable
from typing import NamedTuple

from .ablation_table import TITLE as ABLATION_TITLE
from .ablation_table import ablation_section
from .disagreement_table import TITLE as DISAGREEMENT_TITLE
from .disagreement_table import disagreement_section
from .exemplars_table import TITLE as EXEMPLARS_TITLE
from .exemplars_table import exemplars_section
from .online_table import TITLE as ONLINE_TITLE
from .online_table import online_section
from .precision_table import TITLE as PRECISION_TITLE
from .precision_table import precision_section
from .robustness_table import TITLE as ROBUSTNESS_TITLE
from .robustness_table import robustness_section
from .tables import Record
from .task_table import TITLE as TASKS_TITLE
from .task_table import task_section
from .trained_ablation_table import TITLE as TRAINED_ABLATION_TITLE
from .trained_ablation_table import trained_ablation_section


class LoggedSection(NamedTuple):
    title: str
    log: str  # name of the file
    text: Callable[[list[Record]], str]
    split: str = "dev"  # that it is of

    def shows(self, records: list[Record]) -> bool:
        """Others are to choose methods by, or of patients that nobody has looked at."""
        usual = {"split": self.split, "passedOver": 0}
        return all(record.get(key, value) == value for record in records for key, value in usual.items())


LOGGED_SECTIONS = (
    LoggedSection(ROBUSTNESS_TITLE, "robustness.jsonl", robustness_section),
    LoggedSection(PRECISION_TITLE, "precisions.jsonl", precision_section),
    LoggedSection(ABLATION_TITLE, "ablation.jsonl", ablation_section, split="train"),
    LoggedSection(TRAINED_ABLATION_TITLE, "trained_ablation.jsonl", trained_ablation_section),
    LoggedSection(TASKS_TITLE, "tasks.jsonl", task_section),
    LoggedSection(ONLINE_TITLE, "online.jsonl", online_section),
    LoggedSection(EXEMPLARS_TITLE, "exemplars.jsonl", exemplars_section),
    LoggedSection(DISAGREEMENT_TITLE, "disagreement.jsonl", disagreement_section),
)

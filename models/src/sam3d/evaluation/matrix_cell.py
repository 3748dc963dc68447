"""A cell of finetune-SAM's matrix: what is fine-tuned, on what, and what its records say."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch

from sam3d.adaptation.finetuned.config import FinetunedConfig
from sam3d.adaptation.methods import plain
from sam3d.adaptation.pretraining import Pretraining

from .evaluated_base import EvaluatedBase
from .pretrained_base import pretrained_base
from .promptable_task import evaluate_base_click, evaluate_promptable
from .tables import Record
from .task_table import ONE_CLICK
from .tasks import TASKS, evaluate_task

AUTOMATIC, PROMPT_BASED, PRE_TRAINED, FEW_SHOT = "automatic", "prompt-based", "pre-trained", "few-shot"
SETTINGS = (AUTOMATIC, PROMPT_BASED, PRE_TRAINED, FEW_SHOT)
PRETRAINED = Path("runs/pretrained")  # checkpoints of encoders


class Cell(NamedTuple):
    size: str  # of the base
    setting: str  # of SETTINGS
    parts: str
    change: str

    def __str__(self) -> str:
        return ", ".join(self)


@dataclass(frozen=True)
class CellRun:
    cell: Cell
    base: EvaluatedBase
    task: str  # of TASKS
    settings: FinetunedConfig  # of the cell, with its seed
    exemplars: int
    evaluated: int
    log: Path
    pretraining: Pretraining | None = None
    split: str = "dev"  # that is measured on

    def __str__(self) -> str:
        return f"{self.cell}, seed {self.settings.seed}"

    def also(self) -> dict[str, Any]:
        """What its records say besides"""
        before = {} if self.pretraining is None else {"pretraining": asdict(self.pretraining)}
        return {"setting": self.cell.setting, "size": self.cell.size, "split": self.split} | before

    def holds(self, record: Record) -> bool:
        """Whether it is one of its records"""
        return (
            record["method"] != ONE_CLICK
            and record["model"] == self.base.name
            and record["task"] == TASKS[self.task].title
            and record["config"] == plain(self.settings)
            and len(record["exemplars"]) == self.exemplars
            and ("pretraining" in record) == (self.pretraining is not None)
            and all(record.get(name) == value for name, value in self.also().items())
        )

    def are_all(self, records: Sequence[Record]) -> bool:
        """Whether these are of as many cases as are to be measured, or of as many as there are"""
        asked = [record.get("asked", 0) for record in records]
        return max(len({record["case"] for record in records}), *asked, 0) >= self.evaluated

    def is_done(self, records: Sequence[Record]) -> bool:
        return self.are_all([record for record in records if self.holds(record)])

    def clicks_are_known(self, records: Sequence[Record]) -> bool:
        """Whether the log holds what the base makes of a click without having learned"""
        wanted = ONE_CLICK, self.base.name, TASKS[self.task].title, self.split
        keys = "method", "model", "task", "split"
        own = [record for record in records if tuple(record[key] for key in keys) == wanted]
        return self.are_all(own)

    def said(self) -> dict[str, Any]:
        """What is written with each case: a log holds all cases of a run or none"""
        return self.also() | {"asked": self.evaluated}


def run_cell(run: CellRun) -> None:
    """Appends a record a case to the log."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    common = run.log, run.said(), run.split
    if run.cell.setting == PROMPT_BASED:
        evaluate_promptable(run.task, run.settings, run.exemplars, run.evaluated, run.base, *common)
        return
    base = run.base
    if run.pretraining is not None:
        base = pretrained_base(
            *(base, run.cell.size, run.task, run.exemplars, run.evaluated, run.pretraining),
            *(PRETRAINED, run.split),
        )
    evaluate_task(run.task, "finetuned", run.settings, run.exemplars, run.evaluated, base, *common)


def run_base_click(run: CellRun) -> None:
    """The same of the base as it is"""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    evaluate_base_click(run.task, run.evaluated, run.base, run.log, run.said(), run.split)

"""How well the promptable model, fine-tuned on a few patients, answers one click into each structure of
others."""

import resource
import time
from pathlib import Path
from typing import Any

import torch

from sam3d.adaptation.cases import TaskCase
from sam3d.adaptation.finetuned.config import FinetunedConfig
from sam3d.adaptation.finetuned.promptable import finetuned_promptable
from sam3d.adaptation.fit import Step
from sam3d.adaptation.methods import plain
from sam3d.adaptation.promptable_fit import fit_promptable
from sam3d.data.volume_store import StoredVolume, data_folder, load, read_entries
from sam3d.model.sam3d import Sam3d

from .evaluated_base import EvaluatedBase
from .one_click import clicked_scores
from .task_table import ONE_CLICK
from .tasks import PRINT_EVERY_STEPS, TASKS, append_records, cases_of
from .torch_engine import TorchEngine


def stored_volumes(cases: list[TaskCase]) -> list[StoredVolume]:
    folder, ids = data_folder(), {case.case_id for case in cases}
    return [load(entry, folder) for entry in read_entries(folder) if entry["id"] in ids]


def print_step(number: int, step: Step) -> None:
    if number % PRINT_EVERY_STEPS == 0:
        print(f"step {number}: loss {step.loss:.3f}, Dice {step.dice:.3f}", flush=True)


def append_clicked(
    log: Path, model: Sam3d, cases: list[TaskCase], labels: tuple[str, ...], origin: dict[str, Any]
) -> None:
    """Appends a record a case to the log."""
    engine, records = TorchEngine(model), []
    for case in cases:
        scores = clicked_scores(engine, case, labels)
        records.append(origin | {"case": case.case_id, "patient": case.patient_key, "dice": scores})
        print(case.case_id, scores, flush=True)
    append_records(log, records)


def evaluate_base_click(
    name: str, evaluated: int, base: EvaluatedBase, log: Path, also: dict[str, Any], split: str = "dev"
) -> None:
    """What the base makes of one click, in the same arithmetic as what is fine-tuned"""
    task = TASKS[name]
    _, held_out = cases_of(name, 0, evaluated, split)
    origin = {"model": base.name, "task": task.title, "method": ONE_CLICK, "seed": 0, "exemplars": []}
    also = also | origin | {"config": {}, "learnedParameters": 0}
    append_clicked(log, base.model(), held_out, task.labels, also)


def evaluate_promptable(
    name: str,
    settings: FinetunedConfig,
    exemplars: int,
    evaluated: int,
    base: EvaluatedBase,
    log: Path,
    also: dict[str, Any],
    split: str = "dev",
) -> None:
    """also: what the records are to say besides; split: as of cases_of"""
    task = TASKS[name]
    training, held_out = cases_of(name, exemplars, evaluated, split)
    torch.manual_seed(settings.seed)
    model = finetuned_promptable(base.model(), settings)
    learned = sum(value.numel() for value in model.parameters() if value.requires_grad)
    started = time.process_time()
    fit_promptable(model, stored_volumes(training), settings, print_step)
    origin = {
        "model": base.name,
        "task": task.title,
        "method": "finetuned",
        "seed": settings.seed,
        "exemplars": [case.case_id for case in training],
        "config": plain(settings),
        "learnedParameters": learned,
        "seconds": round(time.process_time() - started, 1),
        "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    append_clicked(log, model, held_out, task.labels, also | origin)

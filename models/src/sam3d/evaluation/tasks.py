"""How well a task is learned from a few patients:
python -m sam3d.evaluation.tasks --config configs/adaptation/samed.yaml --exemplars 5 --seed 0

A fit to patients of the training split, measured on others, of the development split. Appends a record a case
to the log, which RESULTS.md is made from by `python -m sam3d.evaluation.results`. All of its rows are run by
`python -m sam3d.evaluation.task_rows`.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from sam3d.adaptation.adapter_file import write_learned
from sam3d.adaptation.cases import CaseFiles, TaskCase, read_cases
from sam3d.adaptation.fit import Fit
from sam3d.adaptation.level_case import level_case
from sam3d.adaptation.methods import METHODS, plain, read_method_config
from sam3d.adaptation.plan import plan_of
from sam3d.adaptation.score import case_scores
from sam3d.adaptation.settings import TaskSettings
from sam3d.adaptation.task_model import TaskModel
from sam3d.data.volume_store import data_folder, read_entries, training_entries

from .evaluated_base import EvaluatedBase, base_of_zoo

LOG = Path("records/tasks.jsonl")
ZOO = Path(__file__).resolve().parents[3] / "zoo" / "sam3d-tiny"
PRINT_EVERY_STEPS = 10


@dataclass(frozen=True)
class EvaluatedTask:
    title: str
    source: str  # of the manifest's entries
    modality: str
    labels: tuple[str, ...]  # by value, from 1


TASKS = {
    "hippocampus": EvaluatedTask(
        "hippocampus MR", "hippocampus", "MR", ("hippocampus anterior", "hippocampus posterior")
    ),
    "prostate-mr": EvaluatedTask("prostate MR", "deepreg", "MR", ("structure 1 (prostate gland)",)),
}


def files_of(entries: list[dict[str, Any]], task: EvaluatedTask, folder: Path, count: int) -> list[CaseFiles]:
    """One case a patient, of the first patients; entries of other labels are passed over"""
    found: dict[str, CaseFiles] = {}
    labels = {str(value): label for value, label in enumerate(task.labels, 1)}
    for entry in entries:
        is_of_task = entry["source"] == task.source and entry["modality"].startswith(task.modality)
        if is_of_task and entry["labels"] == labels:
            files = CaseFiles(entry["id"], entry["patient"], folder / entry["image"], folder / entry["label"])
            found.setdefault(entry["patient"], files)
    return list(found.values())[:count]


def fitted(
    training: list[TaskCase], classes: int, method: str, settings: TaskSettings, base: EvaluatedBase
) -> tuple[Fit, float]:
    """→ the fit at its end, and the seconds of processors that it took"""
    torch.manual_seed(settings.seed)
    model = METHODS[method].model(base.model(), classes, settings)
    plan = plan_of(training)
    levels = [level_case(case, plan) for case in training]
    fit = Fit(model, levels, settings, 0, plan.cube_voxels)
    model.train()
    started = time.process_time()
    while not fit.ended:
        step = fit.step()
        if fit.step_number % PRINT_EVERY_STEPS == 0:
            print(f"step {fit.step_number}: loss {step.loss:.3f}, Dice {step.dice:.3f}", flush=True)
    return fit, time.process_time() - started


def cases_of(
    name: str, exemplars: int, evaluated: int, split: str = "dev"
) -> tuple[list[TaskCase], list[TaskCase]]:
    """→ what is learned from, and what is measured on; split: of the latter. Settings are chosen by `train`:
    the training patients that follow."""
    task, folder = TASKS[name], data_folder()
    entries = read_entries(folder)
    followed = files_of(training_entries(entries), task, folder, exemplars + evaluated)
    development = [entry for entry in entries if entry["split"] == "dev"]
    measured = followed[exemplars:] if split == "train" else files_of(development, task, folder, evaluated)
    training, held_out = (
        read_cases(files, task.labels) if files else [] for files in (followed[:exemplars], measured)
    )
    if {case.patient_key for case in training} & {case.patient_key for case in held_out}:
        raise ValueError("a patient would be learned from and measured on")
    return training, held_out


def learned_bytes(model: TaskModel) -> int:
    """Of a file of what has learned, in float32"""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "learned.safetensors"
        write_learned(path, model)
        return path.stat().st_size


def append_records(log: Path, records: Iterable[dict[str, Any]]) -> None:
    """At once: a log holds all of a run or nothing."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as lines:
        lines.write("".join(f"{json.dumps(record)}\n" for record in records))


def evaluate_task(
    name: str,
    method: str,
    settings: TaskSettings,
    exemplars: int,
    evaluated: int,
    base: EvaluatedBase,
    log: Path,
    also: dict[str, Any] | None = None,
    split: str = "dev",
) -> None:
    """also: what the records are to say besides; split: as of cases_of"""
    task = TASKS[name]
    training, held_out = cases_of(name, exemplars, evaluated, split)
    fit, seconds = fitted(training, len(task.labels), method, settings, base)
    plan = plan_of(training)
    origin = {
        "model": base.name,
        "task": task.title,
        "method": method,
        "seed": settings.seed,
        "exemplars": [case.case_id for case in training],
        "config": plain(settings),
        "spacingMm": plan.spacing_mm,
        "learnedParameters": sum(value.numel() for value in fit.parameters.values()),
        "seconds": round(seconds, 1),
        "learnedBytes": learned_bytes(fit.model),
        "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    records = []
    for case in held_out:
        found = case_scores(fit.model, case, plan, len(task.labels))
        scores = {
            label: None if value is None else round(value, 4)
            for label, value in zip(task.labels, found.dice, strict=True)
        }
        records.append({"case": case.case_id, "patient": case.patient_key, "dice": scores})
        print(case.case_id, scores, flush=True)
    append_records(log, ((also or {}) | origin | record for record in records))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--task", choices=TASKS, default="hippocampus")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--exemplars", type=int, default=5, help="patients that are learned from")
    parser.add_argument("--evaluated", type=int, default=10, help="patients that are measured on")
    parser.add_argument("--seed", type=int, help="instead of the configuration's")
    parser.add_argument("--steps", type=int, help="instead of the configuration's")
    parser.add_argument("--synthesis-share", type=float, help="instead of the configuration's")
    parser.add_argument("--zoo", type=Path, default=ZOO)
    parser.add_argument("--log", type=Path, default=LOG)
    arguments = parser.parse_args()
    method, settings = read_method_config(arguments.config)
    changed = {"steps": arguments.steps, "synthesis_share": arguments.synthesis_share, "seed": arguments.seed}
    settings = replace(settings, **{name: value for name, value in changed.items() if value is not None})
    torch.set_flush_denormal(True)
    evaluate_task(
        arguments.task,
        method,
        settings,
        arguments.exemplars,
        arguments.evaluated,
        base_of_zoo(arguments.zoo),
        arguments.log,
    )


if __name__ == "__main__":
    main()

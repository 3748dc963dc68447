"""What the base as shipped makes of one click into each structure, for comparison with learned tasks, which
are told nothing."""

import time
from collections.abc import Sequence
from pathlib import Path

from sam3d.adaptation.cases import TaskCase
from sam3d.in_context.segment_like import ExemplarCase

from .engine import Engine, OnnxEngine
from .exemplars import clicked
from .metrics import dice
from .model_name import model_name
from .task_table import ONE_CLICK
from .tasks import TASKS, append_records, cases_of


def clicked_scores(engine: Engine, case: TaskCase, labels: Sequence[str]) -> dict[str, float | None]:
    """Dice of one click into the middle of each structure; None where the case does not show it"""
    masks = {label: case.labels == value for value, label in enumerate(labels, 1)}
    shown = ExemplarCase(case.volume, {label: mask for label, mask in masks.items() if mask.any()})
    scores = {
        label: round(dice(clicked(engine, shown, label), mask), 4) for label, mask in shown.masks.items()
    }
    return dict.fromkeys(labels) | scores


def evaluate_one_click(name: str, evaluated: int, zoo: Path, log: Path) -> None:
    """Appends a record a case to the log of tasks."""
    task, engine = TASKS[name], OnnxEngine(zoo)
    _, held_out = cases_of(name, 0, evaluated)
    records = []
    for case in held_out:
        started = time.process_time()
        scores = clicked_scores(engine, case, task.labels)
        records.append(
            {
                "model": model_name(zoo),
                "task": task.title,
                "method": ONE_CLICK,
                "seed": 0,
                "exemplars": [],
                "config": {},
                "learnedParameters": 0,
                "case": case.case_id,
                "patient": case.patient_key,
                "seconds": round(time.process_time() - started, 1),
                "dice": scores,
            }
        )
    append_records(log, records)

"""Whether series on which parts of an exemplar set disagree are those that the set segments badly:
python -m sam3d.evaluation.exemplar_disagreement --task hippocampus

Exemplars are drawn of the training split, queries are patients of the development split. Each query is
segmented like all exemplars, and like them without one each, as the server does. Appends a record a case and
draw to the log of `disagreement`.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sam3d.data.volume_store import data_folder, read_entries, training_entries
from sam3d.in_context.segment_like import ExemplarCase, InContext

from .agreement import class_agreements
from .disagreement import LOG
from .engine import OnnxEngine
from .exemplars import IN_CONTEXT, TASKS, ZOO, Case, drawn, read_cases, scores_of
from .model_name import model_name

MOST_PARTS = 4  # of a set; they take turns in leaving out its cases


def parts_of(cases: Sequence[ExemplarCase]) -> list[list[ExemplarCase]]:
    count = min(len(cases), MOST_PARTS)
    return [[case for place, case in enumerate(cases) if place % count != part] for part in range(count)]


def part_agreements(
    method: InContext, query: ExemplarCase, cases: Sequence[ExemplarCase], labels: Sequence[str]
) -> dict[str, float | None]:
    answers = []
    for part in parts_of(cases):
        found = method.segment(query.volume, part, labels)
        labelmap = np.zeros(query.volume.voxels.shape, np.uint8)
        for value, label in enumerate(labels, 1):
            labelmap[found[label]] = value
        answers.append(labelmap)
    agreements = class_agreements(answers, len(labels))
    rounded = [None if value is None else round(value, 4) for value in agreements]
    return dict(zip(labels, rounded, strict=True))


def evaluate_parts(name: str, zoo: Path, count: int, draws: int, evaluated: int, log: Path) -> None:
    task, folder = TASKS[name], data_folder()
    entries = read_entries(folder)
    pool = read_cases(training_entries(entries), task, folder)
    queries = read_cases([entry for entry in entries if entry["split"] == "dev"], task, folder)[:evaluated]
    if {case.patient for case in pool} & {query.patient for query in queries}:
        raise ValueError("a patient would be an exemplar and measured on")
    method = InContext(OnnxEngine(zoo))
    origin = {
        "model": model_name(zoo),
        "task": task.title,
        "method": IN_CONTEXT,
        "split": "dev",
        "config": {},
        "answers": min(count, MOST_PARTS),
    }
    log.parent.mkdir(parents=True, exist_ok=True)
    for draw in range(draws):
        for query, exemplars in drawn(task, pool, queries, count, draw):
            record = origin | measured(method, query, exemplars, task.structures) | {"seed": draw}
            with log.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(record) + "\n")
            print(draw, query.case_id, record["dice"], record["parts"], flush=True)


def measured(
    method: InContext, query: Case, exemplars: Sequence[Case], labels: Sequence[str]
) -> dict[str, Any]:
    cases = [one.exemplar for one in exemplars]
    return {
        "exemplars": [one.case_id for one in exemplars],
        "case": query.case_id,
        "patient": query.patient,
        "dice": scores_of(method.segment(query.exemplar.volume, cases, labels), query.exemplar),
        "parts": part_agreements(method, query.exemplar, cases, labels),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    trained = [name for name, task in TASKS.items() if not task.evaluation_only]
    parser.add_argument("--task", choices=trained, default="hippocampus")
    parser.add_argument("--count", type=int, default=4, help="exemplars")
    parser.add_argument("--draws", type=int, default=2, help="of exemplars")
    parser.add_argument("--evaluated", type=int, default=30, help="patients that are measured on")
    parser.add_argument("--zoo", type=Path, default=ZOO)
    parser.add_argument("--log", type=Path, default=LOG)
    arguments = parser.parse_args()
    evaluate_parts(
        arguments.task,
        arguments.zoo,
        arguments.count,
        arguments.draws,
        arguments.evaluated,
        arguments.log,
    )


if __name__ == "__main__":
    main()

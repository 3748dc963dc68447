"""How well volumes are segmented like a few others, without training:
python -m sam3d.evaluation.exemplars --zoo zoo/sam3d-tiny

Exemplars are drawn of the training split and measured on patients of the development split; of sets that are
for evaluation alone both are patients of the set. Appends a record a case to the log, which RESULTS.md is
made from by `python -m sam3d.evaluation.results`.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sam3d.data.normalisation import value_range_of
from sam3d.data.region_image import Volume
from sam3d.data.volume_store import data_folder, load, read_entries, training_entries
from sam3d.in_context.cells import cell_masks, cell_places_mm
from sam3d.in_context.exemplar import bounds_of
from sam3d.in_context.place import usual_place_mm
from sam3d.in_context.propagate import propagated
from sam3d.in_context.segment_like import ExemplarCase, Found, InContext, on_voxels, put_on_grid
from sam3d.model.corrected_mask import deepest_voxel

from .click_session import ClickSession
from .engine import OnnxEngine
from .metrics import dice
from .model_name import model_name
from .simulated_reader import GridClick
from .zoom import ZoomPolicy

LOG = Path("records/exemplars.jsonl")
ZOO = Path(__file__).resolve().parents[3] / "zoo" / "sam3d-tiny"
IN_CONTEXT, COPIED, CLICKED = "in context", "copied", "one click"


@dataclass(frozen=True)
class ExemplarTask:
    title: str
    source: str  # of the manifest's entries
    modality: str
    structures: tuple[str, ...]  # of the manifest's labels
    counts: tuple[int, ...] = (1, 2, 3, 5)
    evaluated: int = 4  # patients
    evaluation_only: bool = False


TASKS = {
    "hippocampus": ExemplarTask(
        "hippocampus MR", "hippocampus", "MR", ("hippocampus anterior", "hippocampus posterior")
    ),
    "prostate-mr": ExemplarTask("prostate MR", "deepreg", "MR", ("structure 1 (prostate gland)",)),
    "prostate-us": ExemplarTask("prostate US", "deepreg", "US", ("structure 1 (prostate gland)",)),
    "sarcoma": ExemplarTask("sarcoma MR", "sts", "MR", ("GTV_Mass (soft-tissue sarcoma)",), (3,)),
    "atrium": ExemplarTask(
        "left atrium MR †", "la2018", "MR", ("left atrium cavity",), (1, 2, 3), 5, evaluation_only=True
    ),
    "heart": ExemplarTask(
        "heart MR †",
        "acdc",
        "MR",
        ("right ventricle cavity", "left ventricle myocardium", "left ventricle cavity"),
        (1, 3, 5),
        3,
        evaluation_only=True,
    ),
    "brain": ExemplarTask(
        "brain MR †",
        "malf-oasis-neuromorphometrics",
        "MR",
        ("Right Thalamus Proper", "Right Putamen", "Right Hippocampus", "Brain Stem"),
        (1, 2),
        3,
        evaluation_only=True,
    ),
}


class Case(NamedTuple):
    case_id: str
    patient: str
    exemplar: ExemplarCase


def read_cases(entries: Sequence[dict[str, Any]], task: ExemplarTask, folder: Path) -> list[Case]:
    """One case a patient"""
    found: dict[str, Case] = {}
    for entry in entries:
        values = {structure: int(value) for value, structure in (entry["labels"] or {}).items()}
        is_of_task = entry["source"] == task.source and entry["modality"].startswith(task.modality)
        if not is_of_task or entry["patient"] in found or not set(task.structures) <= set(values):
            continue
        stored = load(entry, folder)
        masks = {name: np.asarray(stored.label == values[name]) for name in task.structures}
        volume = Volume(
            np.asarray(stored.image), stored.spacing_mm, value_range_of(stored.modality), stored.modality
        )
        found[entry["patient"]] = Case(entry["id"], entry["patient"], ExemplarCase(volume, masks))
    return list(found.values())


def copied(method: InContext, query: Volume, cases: Sequence[ExemplarCase], labels: Sequence[str]) -> Any:
    """The mean of the exemplars' masks at the same relative place: what needs no image"""
    best = np.full(query.voxels.shape, 0.5, np.float32)
    owner = np.zeros(query.voxels.shape, np.int16)
    for number, label in enumerate(labels, 1):
        likeness = method.likeness_of(cases, label)
        if likeness is None:
            continue
        centre_mm = usual_place_mm(query, likeness.known)
        region = method.region_about(centre_mm, likeness)
        places_mm = cell_places_mm(region) - centre_mm[:, None, None, None]
        mean = propagated(likeness.exemplars, places_mm, likeness.spacing_mm)
        inside = cell_masks(np.ones(query.voxels.shape, bool), query, region).inside
        put_on_grid(Found(region, on_voxels(mean * inside)), query, number, best, owner)
    return {label: owner == number for number, label in enumerate(labels, 1)}


def clicked(engine: OnnxEngine, case: ExemplarCase, label: str) -> np.ndarray:
    """One click into the middle of the true mask, as served"""
    mask = case.masks[label]
    box = bounds_of(mask, case.volume)
    low = np.rint(box.low_mm / case.volume.spacing_mm).astype(int)
    high = np.rint(box.high_mm / case.volume.spacing_mm).astype(int)
    within = mask[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
    deepest = deepest_voxel(within)
    assert deepest is not None
    return ClickSession(engine, case.volume, ZoomPolicy()).click(GridClick(deepest[::-1] + low, True))


def scores_of(found: dict[str, np.ndarray], truth: ExemplarCase) -> dict[str, float]:
    return {label: round(dice(mask, truth.masks[label]), 4) for label, mask in found.items()}


def drawn(
    task: ExemplarTask, pool: Sequence[Case], queries: Sequence[Case], count: int, draw: int
) -> list[tuple[Case, list[Case]]]:
    """Exemplars for each query, of other patients: the same for all queries but where they are themselves"""
    order = np.random.default_rng(draw).permutation(len(pool))
    shuffled = [pool[place] for place in order]
    return [(query, [one for one in shuffled if one.patient != query.patient][:count]) for query in queries]


def evaluate(name: str, zoo: Path, split: str, draws: int, counts: Sequence[int], log: Path) -> None:
    task, folder = TASKS[name], data_folder()
    entries = read_entries(folder)
    if task.evaluation_only:
        pool = read_cases(entries, task, folder)
        queries = pool[: task.evaluated]
    else:
        pool = read_cases(training_entries(entries), task, folder)
        development = [entry for entry in entries if entry["split"] == "dev"]
        queries = read_cases(development, task, folder) if split == "dev" else pool[-task.evaluated :]
        queries = queries[: task.evaluated]
        pool = [case for case in pool if case.patient not in {query.patient for query in queries}]
    engine = OnnxEngine(zoo)
    method = InContext(engine)
    origin = {"model": model_name(zoo), "task": task.title, "split": split}
    log.parent.mkdir(parents=True, exist_ok=True)

    def write(record: dict[str, Any]) -> None:
        with log.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(origin | record) + "\n")
        print(record, flush=True)

    for query in queries:
        scores = scores_of(
            {label: clicked(engine, query.exemplar, label) for label in task.structures}, query.exemplar
        )
        write(
            {"method": CLICKED, "case": query.case_id, "patient": query.patient, "count": 0, "dice": scores}
        )
    for count in counts or task.counts:
        for draw in range(draws):
            for query, exemplars in drawn(task, pool, queries, count, draw):
                cases = [one.exemplar for one in exemplars]
                record = {
                    "case": query.case_id,
                    "patient": query.patient,
                    "count": count,
                    "draw": draw,
                    "exemplars": [one.case_id for one in exemplars],
                }
                of_copy = copied(method, query.exemplar.volume, cases, task.structures)
                write({"method": COPIED} | record | {"dice": scores_of(of_copy, query.exemplar)})
                started = time.process_time()
                found = method.segment(query.exemplar.volume, cases, task.structures)
                seconds = round(time.process_time() - started, 2)
                scores = scores_of(found, query.exemplar)
                write({"method": IN_CONTEXT} | record | {"dice": scores, "seconds": seconds})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--task", choices=TASKS, action="append", help="all of them without it")
    parser.add_argument(
        "--split", choices=("dev", "train"), default="dev", help="train: to choose methods by"
    )
    parser.add_argument("--draws", type=int, default=2, help="of exemplars, for each number of them")
    parser.add_argument("--count", type=int, action="append", help="exemplars, instead of the task's numbers")
    parser.add_argument("--zoo", type=Path, default=ZOO)
    parser.add_argument("--log", type=Path, default=LOG)
    arguments = parser.parse_args()
    for name in arguments.task or TASKS:
        evaluate(name, arguments.zoo, arguments.split, arguments.draws, arguments.count or (), arguments.log)


if __name__ == "__main__":
    main()

"""What small changes do to the answer: python -m sam3d.evaluation.robustness --model zoo/sam3d-tiny

Writes every case's scores to a JSON lines file, and prints their means.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import argparse
import json
import zlib
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from sam3d.data.volume_store import data_folder, read_entries

from .cases import Case, load_case, select_cases
from .click_session import ClickSession
from .engine import OnnxEngine
from .evaluate import engine_of
from .metrics import dice
from .perturbations import Perturbation, Scene, perturbations
from .protocols import opening_click
from .simulated_reader import GridClick, next_click
from .zoom import ZoomPolicy

CLICKS = 3
REPORTED_CLICKS = (1, 3)
UNCHANGED = "unchanged"


def play(engine: OnnxEngine, scene: Scene) -> tuple[list[float], np.ndarray]:
    """→ Dice after 1, 2, … clicks, and the first click's mask (K, J, I)"""
    volume, truth, voxel = scene
    session = ClickSession(engine, volume, ZoomPolicy())
    masks: list[np.ndarray] = []
    click: GridClick | None = GridClick(voxel, True)
    for _ in range(CLICKS):
        masks.append(masks[-1] if click is None else session.click(click))
        click = next_click(masks[-1], truth, np.ones_like(truth), volume.spacing_mm)
    return [dice(mask, truth) for mask in masks], masks[0]


def robustness_of(case: Case, spacing_known: bool, model: Path) -> list[dict[str, Any]]:
    """One record a perturbation, the first of none. consistency: Dice of the first click's mask, brought back
    onto the original grid, with the mask of the unchanged case."""
    volume, truth = load_case(case, data_folder())
    scene = Scene(volume, truth, opening_click(volume, truth, case.case_id).voxel)
    scores, usual_mask = play(engine_of(model), scene)
    records = [record_of(case, UNCHANGED, scores, None)]
    for perturbation in perturbations():
        if perturbation.needs_millimetres and not spacing_known:
            continue
        scores, mask = play(engine_of(model), applied(perturbation, scene, case.case_id))
        restore = perturbation.restore
        consistency = None if restore is None else dice(restore(mask), usual_mask)
        records.append(record_of(case, perturbation.name, scores, consistency))
    return records


def applied(perturbation: Perturbation, scene: Scene, case_id: str) -> Scene:
    """The same in every run."""
    return perturbation.apply(
        scene, np.random.default_rng(zlib.crc32(f"{case_id} {perturbation.name}".encode()))
    )


def record_of(case: Case, name: str, scores: list[float], consistency: float | None) -> dict[str, Any]:
    return {
        "set": case.set_name,
        "case": case.case_id,
        "perturbation": name,
        "dice": [round(score, 4) for score in scores],
        "consistency": None if consistency is None else round(consistency, 4),
    }


def robustness_table(records: list[dict[str, Any]]) -> str:
    """Means over cases; each change is against the same cases unchanged."""
    usual = {record["case"]: record["dice"] for record in records if record["perturbation"] == UNCHANGED}
    heads = [f"Dice after {click} | change" for click in REPORTED_CLICKS]
    lines = [f"| perturbation | n | {' | '.join(heads)} | consistency |", "|---|---|---|---|---|---|---|"]
    for name in dict.fromkeys(record["perturbation"] for record in records):
        chosen = [record for record in records if record["perturbation"] == name]
        scores = np.mean([record["dice"] for record in chosen], 0)
        changes = scores - np.mean([usual[record["case"]] for record in chosen], 0)
        cells = [f"{scores[click - 1]:.3f} | {changes[click - 1]:+.3f}" for click in REPORTED_CLICKS]
        agreements = [record["consistency"] for record in chosen if record["consistency"] is not None]
        agreement = f"{np.mean(agreements):.3f}" if agreements else ""
        lines.append(f"| {name} | {len(chosen)} | {' | '.join(cells)} | {agreement} |")
    return "\n".join(lines) + "\n"


def chosen_cases(cases: list[Case], cases_per_set: int, sets: list[str]) -> list[Case]:
    """sets: how their names begin; none for all"""
    by_set: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if not sets or case.set_name.startswith(tuple(sets)):
            by_set[case.set_name].append(case)
    return [case for found in by_set.values() for case in found[:cases_per_set]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--log", type=Path, default=Path("runs/robustness.jsonl"))
    parser.add_argument("--split", choices=("dev", "train"), default="dev")
    parser.add_argument("--cases-per-set", type=int, default=2)
    parser.add_argument("--sets", nargs="*", default=[], help="how their names begin; all by default")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    arguments.log.parent.mkdir(parents=True, exist_ok=True)
    entries = read_entries(data_folder())
    known = {entry["id"]: entry["spacingKnown"] for entry in entries}
    cases = chosen_cases(select_cases(entries, arguments.split), arguments.cases_per_set, arguments.sets)
    work = partial(robustness_of, model=arguments.model)
    pool = ProcessPoolExecutor(arguments.processes, mp_context=get_context("spawn"))
    records: list[dict[str, Any]] = []
    with arguments.log.open("w", encoding="utf-8") as lines, pool:
        for found in pool.map(work, cases, [known[case.entry_id] for case in cases]):
            records += found
            lines.writelines(json.dumps(record) + "\n" for record in found)
            lines.flush()
    print(robustness_table(records))


if __name__ == "__main__":
    main()

"""What small changes do to the answer: python -m sam3d.evaluation.robustness --model zoo/sam3d-tiny

Writes every case's scores to a log; those of the development split become a section of RESULTS.md.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import argparse
import zlib
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from sam3d.data.volume_store import data_folder, read_entries

from .cases import Case, load_case, select_cases
from .click_session import ClickSession
from .engine import OnnxEngine
from .evaluate import engine_of
from .logged_plays import log_of, logged_plays
from .metrics import dice
from .model_name import model_name
from .perturbations import Perturbation, Scene, perturbations
from .protocols import opening_click
from .result_sections import write_section
from .robustness_table import REPORTED_CLICKS, UNCHANGED, robustness_section
from .simulated_reader import GridClick, next_click
from .tables import Record
from .zoom import ZoomPolicy

CLICKS = max(REPORTED_CLICKS)
CASES_PER_SET = 2


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


def robustness_of(case: Case, model: Path) -> list[Record]:
    """One record a perturbation, the first of none. consistency: Dice of the first click's mask, brought back
    onto the original grid, with the mask of the unchanged case."""
    volume, truth = load_case(case, data_folder())
    scene = Scene(volume, truth, opening_click(volume, truth, case.case_id).voxel)
    scores, usual_mask = play(engine_of(model), scene)
    records = [record_of(case, UNCHANGED, scores, None)]
    for perturbation in perturbations():
        if perturbation.needs_millimetres and not case.spacing_known:
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


def record_of(case: Case, name: str, scores: list[float], consistency: float | None) -> Record:
    return {
        "set": case.set_name,
        "case": case.case_id,
        "patient": case.patient,
        "method": name,
        "dice": [round(score, 4) for score in scores],
        "consistency": None if consistency is None else round(consistency, 4),
    }


def chosen_cases(cases: list[Case], cases_per_set: int, sets: list[str]) -> list[Case]:
    """sets: how their names begin; none for all"""
    by_set: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if not sets or case.set_name.startswith(tuple(sets)):
            by_set[case.set_name].append(case)
    return [case for found in by_set.values() for case in found[:cases_per_set]]


def is_result(arguments: argparse.Namespace) -> bool:
    """Of all cases that RESULTS.md shows"""
    return arguments.split == "dev" and not arguments.sets and arguments.cases_per_set == CASES_PER_SET


def read_arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """words: of the command line; None: those that it was started with"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument(
        "--log", type=Path, help="default: in records/ of what RESULTS.md shows, else in runs/"
    )
    parser.add_argument("--results", type=Path, default=Path("RESULTS.md"))
    parser.add_argument("--split", choices=("dev", "train"), default="dev")
    parser.add_argument("--cases-per-set", type=int, default=CASES_PER_SET)
    parser.add_argument("--sets", nargs="*", default=[], help="how their names begin; all by default")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args(words)
    arguments.log = arguments.log or log_of("robustness", is_result(arguments))
    return arguments


def main() -> None:
    arguments = read_arguments()
    selected = select_cases(read_entries(data_folder()), arguments.split)
    cases = chosen_cases(selected, arguments.cases_per_set, arguments.sets)
    origin = {"model": model_name(arguments.model), "split": arguments.split}
    play_all = partial(robustness_of, model=arguments.model)
    records = logged_plays(play_all, cases, origin, arguments.log, arguments.processes)
    section = robustness_section(records)
    if is_result(arguments):
        write_section(arguments.results, section)
    else:
        print(section)


if __name__ == "__main__":
    main()

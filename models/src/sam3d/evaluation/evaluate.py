"""Evaluates a zoo folder: python -m sam3d.evaluation.evaluate --model zoo/sam3d-tiny

Writes every case's scores to a JSON lines file, and RESULTS.md from it.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import argparse
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

import numpy as np

from sam3d.data.region_image import Volume
from sam3d.data.volume_store import data_folder, read_entries

from .cases import Case, load_case, select_cases
from .engine import OnnxEngine
from .geodesic import Geodesic
from .logged_plays import log_of, logged_plays
from .methods import (
    BOX,
    CLICK_IN_BOX,
    END_TO_END,
    GEODESIC,
    LASSOS,
    RANDOM_WALKER,
    RANDOM_WALKER_WITH_PRIOR,
    REGION_GROWING,
    SCRIBBLES,
    SLICE_BOX,
    TRUE_ZOOM,
)
from .model_name import model_name
from .protocols import (
    Play,
    play_box,
    play_click_in_box,
    play_clicks,
    play_in_cube,
    play_lassos,
    play_scribbles,
    play_slice_box,
    play_walker_with_prior,
)
from .random_walker import RandomWalker
from .records import baseline_records, read_log_if_any, record_of
from .region_growing import RegionGrowing
from .results import SERVED_LOG, publish
from .tables import Record
from .zoom import ZoomPolicy

# policy, volume, truth (K, J, I) bool, case_id → scores
Player = Callable[[ZoomPolicy, Volume, np.ndarray, str], Play]


@cache
def engine_of(model: Path) -> OnnxEngine:
    """One a process"""
    return OnnxEngine(model)


def players(engine: OnnxEngine) -> dict[str, Player]:
    """By method"""
    return {
        END_TO_END: partial(play_clicks, engine, true_zoom=False),
        BOX: partial(play_box, engine),
        TRUE_ZOOM: partial(play_clicks, engine, true_zoom=True),
        REGION_GROWING: partial(play_in_cube, RegionGrowing),
        RANDOM_WALKER: partial(play_in_cube, RandomWalker),
        RANDOM_WALKER_WITH_PRIOR: partial(play_walker_with_prior, engine),
        GEODESIC: partial(play_in_cube, Geodesic),
        SCRIBBLES: partial(play_scribbles, engine),
        LASSOS: partial(play_lassos, engine),
        SLICE_BOX: partial(play_slice_box, engine),
        CLICK_IN_BOX: partial(play_click_in_box, engine),
    }


def evaluate_case(case: Case, model: Path, policy: ZoomPolicy) -> list[Record]:
    """One record a method"""
    volume, truth = load_case(case, data_folder())
    return [
        record_of(case, method, player(policy, volume, truth, case.case_id))
        for method, player in players(engine_of(model)).items()
    ]


def evaluate(model: Path, log: Path, processes: int, split: str, passed_over: int) -> list[Record]:
    """What was played here goes to the log; baselines that were played apart join it in what is returned."""
    cases = select_cases(read_entries(data_folder()), split, passed_over)
    origin = {"split": split, "passedOver": passed_over, "model": model_name(model)}
    work = partial(evaluate_case, model=model, policy=ZoomPolicy())
    records = logged_plays(work, cases, origin, log, processes)
    return records + baseline_records(records)


def read_arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """words: of the command line; None: those that it was started with"""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument(
        "--log", type=Path, help="default: in records/ of what RESULTS.md shows, else in runs/"
    )
    parser.add_argument("--served-log", type=Path, default=SERVED_LOG, help="of `served`; may be absent")
    parser.add_argument("--results", type=Path, default=Path("RESULTS.md"))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--split",
        choices=("dev", "train"),
        default="dev",
        help="train: to choose methods by; prints the tables",
    )
    parser.add_argument(
        "--passed-over",
        type=int,
        default=0,
        help="patients a set: for the next ones, which nobody has looked at; prints the tables",
    )
    arguments = parser.parse_args(words)
    is_result = arguments.split == "dev" and arguments.passed_over == 0
    arguments.log = arguments.log or log_of("evaluation", is_result)
    return arguments


def main() -> None:
    arguments = read_arguments()
    records = evaluate(
        arguments.model, arguments.log, arguments.processes, arguments.split, arguments.passed_over
    )
    publish(arguments.results, records, read_log_if_any(arguments.served_log))


if __name__ == "__main__":
    main()

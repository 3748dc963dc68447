"""Evaluates a zoo folder: python -m sam3d.evaluation.evaluate --model zoo/sam3d-tiny

Writes every case's scores to a JSON lines file, and the table of RESULTS.md from it.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sam3d.data.volume_store import data_folder, read_entries

from .cases import Case, load_case, select_cases
from .engine import OnnxEngine
from .protocols import play_model, play_region_growing
from .results import results_table, write_results
from .zoom import ZoomPolicy

END_TO_END = "end to end"
TRUE_ZOOM = "zoom from truth"
REGION_GROWING = "region growing"
METHODS = (END_TO_END, TRUE_ZOOM, REGION_GROWING)


@cache
def engine_of(model: Path) -> OnnxEngine:
    """One a process"""
    return OnnxEngine(model)


def evaluate_case(case: Case, model: Path, policy: ZoomPolicy) -> list[dict[str, Any]]:
    """One record a method"""
    volume, truth = load_case(case, data_folder())
    scores = {
        END_TO_END: play_model(engine_of(model), policy, volume, truth, case.case_id, true_zoom=False),
        TRUE_ZOOM: play_model(engine_of(model), policy, volume, truth, case.case_id, true_zoom=True),
        REGION_GROWING: play_region_growing(policy, volume, truth, case.case_id),
    }
    return [
        {
            "set": case.set_name,
            "case": case.case_id,
            "trainedSource": case.trained_source,
            "method": method,
            "dice": [round(score, 4) for score in scores[method]],
        }
        for method in METHODS
    ]


def evaluate(model: Path, log: Path, processes: int, split: str, passed_over: int) -> list[dict[str, Any]]:
    cases = select_cases(read_entries(data_folder()), split, passed_over)
    records: list[dict[str, Any]] = []
    work = partial(evaluate_case, model=model, policy=ZoomPolicy())
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    with log.open("w", encoding="utf-8") as lines, pool:
        for found in pool.map(work, cases):
            records += found
            lines.writelines(json.dumps(record) + "\n" for record in found)
            lines.flush()
    return records


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--log", type=Path, default=Path("runs/evaluation.jsonl"))
    parser.add_argument("--results", type=Path, default=Path("RESULTS.md"))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--split",
        choices=("dev", "train"),
        default="dev",
        help="train: to choose methods by; prints the table",
    )
    parser.add_argument(
        "--passed-over",
        type=int,
        default=0,
        help="patients a set: for the next ones, which nobody has looked at; prints the table",
    )
    arguments = parser.parse_args()
    arguments.log.parent.mkdir(parents=True, exist_ok=True)
    records = evaluate(
        arguments.model, arguments.log, arguments.processes, arguments.split, arguments.passed_over
    )
    if arguments.split == "dev" and not arguments.passed_over:
        write_results(arguments.results, records)
    else:
        print(results_table(records))


if __name__ == "__main__":
    main()

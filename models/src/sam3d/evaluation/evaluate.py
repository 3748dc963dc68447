"""Evaluates a zoo folder: python -m sam3d.evaluation.evaluate --model zoo/sam3d-tiny

Writes every case's scores to a JSON lines file, and the table of RESULTS.md from it.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import argparse
import json
from pathlib import Path
from typing import Any

from sam3d.data.volume_store import data_folder, read_entries

from .cases import load_case, select_cases
from .engine import OnnxEngine
from .protocols import play_model, play_region_growing
from .results import write_results
from .zoom import ZoomPolicy


def evaluate(
    model: Path, log: Path, policy: ZoomPolicy, split: str, methods: list[str]
) -> list[dict[str, Any]]:
    folder = data_folder()
    engine = OnnxEngine(model)
    records = []
    with log.open("w", encoding="utf-8") as lines:
        for case in select_cases(read_entries(folder), split):
            volume, truth = load_case(case, folder)
            case_id = f"{case.entry_id}/{case.value}"
            for method in methods:
                if method == "region growing":
                    scores = play_region_growing(policy, volume, truth, case_id)
                else:
                    true_zoom = method == "zoom from truth"
                    scores = play_model(engine, policy, volume, truth, case_id, true_zoom)
                record = {
                    "set": case.set_name,
                    "case": case_id,
                    "trainedSource": case.trained_source,
                    "method": method,
                    "dice": [round(score, 4) for score in scores],
                }
                records.append(record)
                lines.write(json.dumps(record) + "\n")
                lines.flush()
    return records


METHODS = ["end to end", "zoom from truth", "region growing"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--log", type=Path, default=Path("runs/evaluation.jsonl"))
    parser.add_argument("--results", type=Path, default=Path("RESULTS.md"))
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS)
    arguments = parser.parse_args()
    arguments.log.parent.mkdir(parents=True, exist_ok=True)
    records = evaluate(arguments.model, arguments.log, ZoomPolicy(), "dev", arguments.methods)
    write_results(arguments.results, records)


if __name__ == "__main__":
    main()

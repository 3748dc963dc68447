"""What smaller numbers cost: python -m sam3d.evaluation.precisions --model zoo/sam3d-tiny

Exports the weights of a zoo folder in every precision and plays the same cases end to end with each.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import argparse
import tempfile
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from sam3d.data.region import CUBE
from sam3d.data.volume_store import data_folder, read_entries
from sam3d.export.export import WEIGHTS, Precision, write_graphs
from sam3d.export.onnx_graphs import GRAPH_FILES, export_graphs
from sam3d.training.restored import restored

from .cases import Case, load_case, select_cases
from .evaluate import engine_of
from .protocols import play_clicks
from .tables import REPORTED_PROMPTS
from .zoom import ZoomPolicy

PRECISIONS: tuple[Precision, ...] = ("fp32", "fp16", "int8")  # the first is what the others lose against
GRAPHS = tuple(key for key in GRAPH_FILES if key != "maskRefiner")  # the shipped model has none


class Exported(NamedTuple):
    precision: Precision
    megabytes: float
    folder: Path


def export_precisions(weights: Path, target: Path) -> list[Exported]:
    """weights: a zoo folder's; target gets a folder a precision"""
    model = restored(torch.load(weights, map_location="cpu", weights_only=True))
    exported = []
    with tempfile.TemporaryDirectory() as whole:
        export_graphs(model, CUBE, Path(whole))
        (Path(whole) / GRAPH_FILES["maskRefiner"]).unlink()
        for precision in PRECISIONS:
            folder = target / precision
            folder.mkdir()
            write_graphs(Path(whole), folder, precision, GRAPHS)
            megabytes = sum(graph.stat().st_size for graph in folder.glob("*.onnx")) / 1e6
            exported.append(Exported(precision, megabytes, folder))
    return exported


def play_case(case: Case, folders: list[Path]) -> np.ndarray:
    """→ (folders, reported prompts): Dice after each"""
    volume, truth = load_case(case, data_folder())
    plays = [
        play_clicks(engine_of(folder), ZoomPolicy(), volume, truth, case.case_id, true_zoom=False)
        for folder in folders
    ]
    return np.array([[play.dice[prompt - 1] for prompt in REPORTED_PROMPTS] for play in plays])


def precision_table(exported: list[Exported], scores: np.ndarray) -> str:
    """scores (exported, reported prompts), means over sets; losses are against the first"""
    columns = " / ".join(map(str, REPORTED_PROMPTS))
    lines = [f"| precision | graphs, MB | Dice after {columns} | difference |", "|---|---|---|---|"]
    for (precision, megabytes, _), dice in zip(exported, scores, strict=True):
        cells = " / ".join(f"{d:.3f}" for d in dice), " / ".join(f"{d:+.3f}" for d in dice - scores[0])
        lines.append(f"| {precision} | {megabytes:.1f} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--split", choices=("dev", "train"), default="dev")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    cases = select_cases(read_entries(data_folder()), arguments.split)
    by_set: dict[str, list[np.ndarray]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as target:
        exported = export_precisions(arguments.model / WEIGHTS, Path(target))
        work = partial(play_case, folders=[found.folder for found in exported])
        with ProcessPoolExecutor(arguments.processes, mp_context=get_context("spawn")) as pool:
            for case, scores in zip(cases, pool.map(work, cases), strict=True):
                by_set[case.set_name].append(scores)
        print(precision_table(exported, np.mean([np.mean(plays, 0) for plays in by_set.values()], 0)))


if __name__ == "__main__":
    main()

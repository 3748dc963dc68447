"""What smaller numbers cost: python -m sam3d.evaluation.precisions --model zoo/sam3d-tiny

Exports the weights of a zoo folder in every precision and plays the same cases end to end with each. Those of
the development split become a section of RESULTS.md.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import argparse
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import torch

from sam3d.data.region import CUBE
from sam3d.data.volume_store import data_folder, read_entries
from sam3d.export.export import WEIGHTS, Precision, write_graphs
from sam3d.export.onnx_graphs import GRAPH_FILES, export_graphs
from sam3d.training.restored import restored

from .cases import Case, load_case, select_cases
from .evaluate import engine_of
from .logged_plays import log_of, logged_plays
from .model_name import model_name
from .precision_table import precision_section
from .protocols import play_clicks
from .records import record_of
from .result_sections import write_section
from .tables import Record
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


def play_case(case: Case, exported: list[Exported]) -> list[Record]:
    """A record a precision"""
    volume, truth = load_case(case, data_folder())
    records = []
    for precision, megabytes, folder in exported:
        play = play_clicks(engine_of(folder), ZoomPolicy(), volume, truth, case.case_id, true_zoom=False)
        records.append(record_of(case, precision, play) | {"megabytes": round(megabytes, 1)})
    return records


def read_arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """words: of the command line; None: those that it was started with"""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument(
        "--log", type=Path, help="default: in records/ of what RESULTS.md shows, else in runs/"
    )
    parser.add_argument("--results", type=Path, default=Path("RESULTS.md"))
    parser.add_argument("--split", choices=("dev", "train"), default="dev")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args(words)
    arguments.log = arguments.log or log_of("precisions", arguments.split == "dev")
    return arguments


def main() -> None:
    arguments = read_arguments()
    cases = select_cases(read_entries(data_folder()), arguments.split)
    origin = {"model": model_name(arguments.model), "split": arguments.split}
    with tempfile.TemporaryDirectory() as target:
        exported = export_precisions(arguments.model / WEIGHTS, Path(target))
        play = partial(play_case, exported=exported)
        records = logged_plays(play, cases, origin, arguments.log, arguments.processes)
    section = precision_section(records)
    if arguments.split == "dev":
        write_section(arguments.results, section)
    else:
        print(section)


if __name__ == "__main__":
    main()

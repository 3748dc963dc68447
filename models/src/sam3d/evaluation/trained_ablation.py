"""What each part of the training and of the model is worth, by training without it:
python -m sam3d.evaluation.trained_ablation --config configs/ablations/short_runs.yaml

Short runs from scratch that differ in one part, each measured on the development split in PyTorch. A variant
that the log holds is not run again, and one that was stopped goes on at its last checkpoint.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import argparse
import json
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
import yaml

from sam3d.data.volume_store import data_folder, read_entries
from sam3d.training.checkpoint import LATEST
from sam3d.training.config import read_config

from .cases import Case, load_case, select_cases
from .methods import END_TO_END, TRUE_ZOOM
from .protocols import play_clicks
from .records import read_log_if_any, record_of
from .result_sections import write_section
from .tables import Record
from .torch_engine import TorchEngine, model_of
from .trained_ablation_table import trained_ablation_section
from .zoom import ZoomPolicy

LOG = Path("records/trained_ablation.jsonl")
RUNS = Path("runs/ablations")
RESULTS = Path("RESULTS.md")


@dataclass(frozen=True)
class Variant:
    name: str
    without: tuple[str, ...] = ()  # sources of samples
    changes: dict[str, Any] = field(default_factory=dict)  # of the common settings
    pretraining_steps: int = 0  # of reconstruction, before

    def settings(self, common: dict[str, Any]) -> dict[str, Any]:
        """Raises KeyError where a source is left out that there is none of"""
        shares = dict(common["shares"])
        for source in self.without:
            del shares[source]
        return {**common, "shares": shares, **self.changes}


def read_variants(path: Path) -> tuple[dict[str, Any], list[Variant]]:
    """→ settings that all have in common, and the variants"""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    variants = [Variant(**{**one, "without": tuple(one.get("without", ()))}) for one in raw["variants"]]
    return raw["common"], variants


def folder_of(variant: Variant) -> Path:
    return RUNS / variant.name.replace(" ", "_")


def trained(settings: dict[str, Any], run: Path, initial: Path | None = None) -> Path:
    """→ its checkpoint; raises subprocess.CalledProcessError"""
    run.mkdir(parents=True, exist_ok=True)
    config = run / "config.yaml"
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    read_config(config)  # before anything is started
    command = [sys.executable, "-m", "sam3d.training.train", "--config", str(config), "--run", str(run)]
    if initial is not None:
        command += ["--initial", str(initial)]
    subprocess.run(command, check=True)
    return run / LATEST


def trained_variant(variant: Variant, common: dict[str, Any]) -> Path:
    settings, run = variant.settings(common), folder_of(variant)
    if not variant.pretraining_steps:
        return trained(settings, run)
    stages = [{**common["stages"][0], "steps": variant.pretraining_steps}]
    before = {**settings, "episodes": "reconstructing", "stages": stages}
    return trained(settings, run, trained(before, run.with_name(f"{run.name}_before")))


@cache
def engine_of(checkpoint: Path) -> TorchEngine:
    """One a process"""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    return TorchEngine(model_of(checkpoint))


def play_case(case: Case, checkpoint: Path) -> list[Record]:
    volume, truth = load_case(case, data_folder())
    engine = engine_of(checkpoint)
    return [
        record_of(case, method, play_clicks(engine, ZoomPolicy(), volume, truth, case.case_id, true_zoom))
        for method, true_zoom in ((TRUE_ZOOM, True), (END_TO_END, False))
    ]


def samples_of(settings: dict[str, Any]) -> int:
    steps: int = sum(stage["steps"] for stage in settings["stages"])
    return steps * settings["processes"] * settings["samples_per_step"]


def measured(variant: Variant, settings: dict[str, Any], checkpoint: Path, processes: int) -> list[Record]:
    cases = select_cases(read_entries(data_folder()))
    origin = {"variant": variant.name, "samples": samples_of(settings), "seed": settings["seed"]}
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
    with pool:
        plays = pool.map(partial(play_case, checkpoint=checkpoint), cases)
        return [record | origin for records in plays for record in records]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", type=Path, default=Path("configs/ablations/short_runs.yaml"))
    parser.add_argument("--only", nargs="*", help="names of variants, default all")
    parser.add_argument("--processes", type=int, default=2, help="of the measurement")
    parser.add_argument("--log", type=Path, default=LOG)
    parser.add_argument("--results", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    common, variants = read_variants(arguments.config)
    arguments.log.parent.mkdir(parents=True, exist_ok=True)
    logged = read_log_if_any(arguments.log)
    asked = samples_of(common), common["seed"]
    others = {(record["samples"], record["seed"]) for record in logged} - {asked}
    if others:
        held = ", ".join(f"{samples} samples, seed {seed}" for samples, seed in sorted(others))
        parser.error(f"{arguments.log} holds runs of other settings ({held}): choose another --log")
    done = {record["variant"] for record in logged}
    for variant in variants:
        if variant.name in done or (arguments.only and variant.name not in arguments.only):
            continue
        print(variant.name, flush=True)
        checkpoint = trained_variant(variant, common)
        records = measured(variant, variant.settings(common), checkpoint, arguments.processes)
        with arguments.log.open("a", encoding="utf-8") as log:
            log.writelines(json.dumps(record) + "\n" for record in records)
        write_section(arguments.results, trained_ablation_section(read_log_if_any(arguments.log)))


if __name__ == "__main__":
    main()

"""Every way to fine-tune on one task, in one table:
python -m sam3d.evaluation.matrix --task hippocampus --steps 150

For each base that is there {encoder+decoder, decoder} × {vanilla, adapter, LoRA}. A cell that the log holds
is not run again, so that the same command goes on after a stop. What is not run is said, with the reason.
"""

import argparse
import os
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import torch

from sam3d.adaptation.finetuned.config import FinetunedConfig
from sam3d.model.encoders import encoder_of
from sam3d.model.size import SIZES

from .matrix_table import CHANGES, PARTS, matrix_section, of_cell
from .own_process import in_own_process
from .records import read_log_if_any
from .result_sections import with_section
from .tables import Record
from .tasks import TASKS, evaluate_task

LOG = Path("runs/matrix.jsonl")
RESULTS = Path("RESULTS.md")
ZOO = Path(__file__).resolve().parents[3] / "zoo"
BASE_SIZES = ("tiny", "base", "vit_b")
BYTES_A_PARAMETER = 16  # weight, gradient, two moments
ROOM_BYTES = 4 * 2**30  # for what layers keep until the gradients are known


class Cell(NamedTuple):
    size: str
    parts: str
    change: str

    def __str__(self) -> str:
        return f"{self.size}, {self.parts}, {self.change}"


def memory_needed(size: str) -> int:
    with torch.device("meta"):
        encoder = encoder_of(SIZES[size])
    return BYTES_A_PARAMETER * sum(value.numel() for value in encoder.parameters()) + ROOM_BYTES


def memory_available() -> int:
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def reason_against(size: str, zoo: Path) -> str | None:
    """Why a base cannot be fine-tuned here"""
    folder = zoo / f"sam3d-{size}"
    if not (folder / "weights.pt").exists():
        return f"no checkpoint: {folder.name}/weights.pt"
    needed, available = memory_needed(size), memory_available()
    if needed > available:
        return f"it needs {needed / 2**30:.1f} GiB of memory, {available / 2**30:.1f} GiB are there"
    return None


def run_cell(
    cell: Cell, task: str, settings: FinetunedConfig, exemplars: int, evaluated: int, log: Path
) -> None:
    """Appends a record a case to the log."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    folder = ZOO / f"sam3d-{cell.size}"
    evaluate_task(task, "finetuned", settings, exemplars, evaluated, folder, log, {"size": cell.size})


def is_done(records: list[Record], cell: Cell, settings: FinetunedConfig, evaluated: int) -> bool:
    own = [record for record in of_cell(records, *cell) if record["seed"] == settings.seed]
    return len({record["case"] for record in own}) >= evaluated


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--task", choices=TASKS, default="hippocampus")
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--samples-per-step", type=int, default=2)
    parser.add_argument("--exemplars", type=int, default=5, help="patients that are learned from")
    parser.add_argument("--evaluated", type=int, default=10, help="patients that are measured on")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--log", type=Path, default=LOG)
    parser.add_argument("--results", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    common = FinetunedConfig(
        steps=arguments.steps,
        samples_per_step=arguments.samples_per_step,
        seed=arguments.seed,
        warm_up_steps=min(FinetunedConfig.warm_up_steps, max(1, arguments.steps // 5)),
    )
    if any(
        (record["config"]["steps"], record["config"]["samples_per_step"])
        != (common.steps, common.samples_per_step)
        for record in read_log_if_any(arguments.log)
    ):
        parser.error(f"{arguments.log} holds cells of other settings: choose another --log")
    not_run: list[str] = []
    for size in BASE_SIZES:
        reason = reason_against(size, ZOO)
        if reason is not None:
            not_run.append(f"{size}: {reason}")
            continue
        for parts in PARTS:
            for change in CHANGES:
                cell, settings = Cell(size, parts, change), replace(common, parts=parts, change=change)
                if is_done(read_log_if_any(arguments.log), cell, settings, arguments.evaluated):
                    continue
                print(cell, flush=True)
                given = (
                    cell,
                    arguments.task,
                    settings,
                    arguments.exemplars,
                    arguments.evaluated,
                    arguments.log,
                )
                code = in_own_process(run_cell, given)
                if code:
                    not_run.append(f"{cell}: it ended with code {code}")
    for line in not_run:
        print(f"not run: {line}")
    records = read_log_if_any(arguments.log)
    if records:
        text = arguments.results.read_text(encoding="utf-8")
        arguments.results.write_text(with_section(text, matrix_section(records, not_run)), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Learns a task from a folder of labelled volumes:
python -m sam3d.adaptation.train --cases DIR --config configs/adaptation/samed.yaml --output DIR

DIR holds cases.json (title, modalities, classes as coded terms, cases: caseId, patientKey, image, labelmap)
and the NIfTI files it names. A run that is started again with the same output goes on at its last checkpoint;
Ctrl-C stops it.
"""

import argparse
import json
import uuid
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from .base import Base, base_of
from .cases import TaskCase, read_cases, read_index
from .job import Job
from .methods import METHODS, read_method_config, refuse_unpackaged
from .package import Learned, write_package
from .progress import Progress
from .settings import TaskSettings
from .task import Task, task_of
from .task_model import TaskModel

CHECKPOINT = "checkpoint.pt"
LOG = "log.jsonl"
ZOO = Path(__file__).resolve().parents[3] / "zoo" / "sam3d-tiny"
PRINT_EVERY_STEPS = 10


class FolderListener:
    """Keeps log and checkpoint in a folder"""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def progress(self, progress: Progress) -> None:
        if progress.loss is None and progress.line is None:
            return  # a cube of a held-back volume, of which there are thousands: nothing to keep
        with (self.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(progress._asdict()) + "\n")
        if progress.line is not None:
            print(f"{progress.phase}: {progress.line}", flush=True)
        elif progress.step % PRINT_EVERY_STEPS == 0:
            print(
                f"{progress.phase}: step {progress.step} of {progress.steps}, "
                f"loss {progress.loss:.3f}, Dice {progress.dice:.3f}",
                flush=True,
            )

    def checkpoint(self, data: bytes) -> None:
        part = self.folder / f"{CHECKPOINT}.part"
        part.write_bytes(data)
        part.replace(self.folder / CHECKPOINT)


def new_model(base: Base, classes: int, method: str, settings: TaskSettings) -> TaskModel:
    return METHODS[method].model(base.model(), classes, settings)


def learn(
    task_id: str,
    task: Task,
    cases: list[TaskCase],
    method: str,
    settings: TaskSettings,
    base: Base,
    output: Path,
) -> None:
    refuse_unpackaged(method)
    output.mkdir(parents=True, exist_ok=True)
    path = output / CHECKPOINT
    job = Job(
        cases,
        [one.label for one in task.classes],
        settings,
        partial(new_model, base, len(task.classes), method, settings),
        FolderListener(output),
        path.read_bytes() if path.exists() else None,
        base,
    )
    result = job.run()
    write_package(output, Learned(task_id, task, method, base, settings, cases, result))
    path.unlink(missing_ok=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=Path, required=True, help="folder with cases.json")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True, help="folder for the task package")
    parser.add_argument("--zoo", type=Path, default=ZOO, help="folder of the base model")
    parser.add_argument("--steps", type=int, help="of each fit, instead of the configuration's")
    arguments = parser.parse_args()
    method, settings = read_method_config(arguments.config)
    if arguments.steps is not None:
        settings = replace(settings, steps=arguments.steps)
    raw, files = read_index(arguments.cases)
    task = task_of(raw)
    cases = read_cases(files, [one.label for one in task.classes])
    torch.set_flush_denormal(True)
    try:
        learn(str(uuid.uuid4()), task, cases, method, settings, base_of(arguments.zoo), arguments.output)
    except KeyboardInterrupt:
        print("stopped; the same command goes on from the last checkpoint")


if __name__ == "__main__":
    main()

"""The folder that a finished job hands over: what a server needs to run the task, and what is known of it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from sam3d.export.manifest import sha256_of
from sam3d.export.task_decoder import export_task_decoder
from sam3d.export.task_model import export_task_model
from sam3d.training.provenance import git_commit

from .adapter_file import write_adapter, write_learned
from .base import Base
from .card import card_of
from .cases import TaskCase
from .job import JobResult
from .methods import METHODS, plain, refuse_unpackaged
from .score import class_quality, mistakes
from .settings import TaskSettings
from .split import patients_of
from .task import Task

DESCRIPTION = "task.json"
ADAPTER = "adapter.safetensors"
DECODER = "task_decoder.onnx"
MODEL = "task_model.onnx"  # instead of the decoder, of methods whose encoder is no base with an adapter
CARD = "CARD.md"


@dataclass(frozen=True)
class Learned:
    """A finished job and what it was made of"""

    task_id: str
    task: Task
    method: str
    base: Base
    settings: TaskSettings
    cases: Sequence[TaskCase]
    result: JobResult


def package_files(method: str) -> tuple[str, ...]:
    return DESCRIPTION, ADAPTER, MODEL if METHODS[method].package == "graph" else DECODER, CARD


def code_version() -> str:
    try:
        installed = version("sam3d")
    except PackageNotFoundError:
        installed = "unknown"
    return f"{installed} ({git_commit()})"


def write_package(folder: Path, learned: Learned) -> None:
    """Raises ValueError where the method is for comparisons alone."""
    refuse_unpackaged(learned.method)
    folder.mkdir(parents=True, exist_ok=True)
    files = write_models(folder, learned)
    description = description_of(learned, folder, files)
    text = json.dumps(description, indent=2, ensure_ascii=False)
    (folder / DESCRIPTION).write_text(text + "\n", encoding="utf-8")
    (folder / CARD).write_text(card_of(description), encoding="utf-8")


def write_models(folder: Path, learned: Learned) -> dict[str, str]:
    """→ the files' names by what they are for"""
    model, cube = learned.result.model, learned.result.plan.cube_voxels
    if METHODS[learned.method].package == "graph":
        write_learned(folder / ADAPTER, model)
        export_task_model(model, cube, folder / MODEL, learned.base.folder)
        return {"learnedWeights": ADAPTER, "taskModel": MODEL}
    write_adapter(folder / ADAPTER, model.image_encoder)
    export_task_decoder(model.task_decoder, cube, folder / DECODER)
    return {"encoderAdapter": ADAPTER, "taskDecoder": DECODER}


def description_of(learned: Learned, folder: Path, files: dict[str, str]) -> dict[str, Any]:
    task, base, result, cases = learned.task, learned.base, learned.result, learned.cases
    return {
        "taskVersion": 1,
        "id": learned.task_id,
        "title": task.title,
        "method": learned.method,
        "base": {"model": base.model_id, "version": base.version, "encoderSha256": base.encoder_sha256},
        "modalities": list(task.modalities),
        "classes": [asdict(one) for one in task.classes],
        "plan": {
            "spacingMm": result.plan.spacing_mm,
            "cubeVoxels": result.plan.cube_voxels,
            "overlap": result.plan.overlap,
        },
        "files": {use: {"file": name, "sha256": sha256_of(folder / name)} for use, name in files.items()},
        "quality": quality_of(learned),
        "provenance": {
            "config": plain(learned.settings),
            "seed": learned.settings.seed,
            "codeVersion": code_version(),
            "cases": [{"caseId": case.case_id, "sha256": case.sha256} for case in cases],
            # Dice says nothing of a structure that is found where there is none.
            "mistaken": {
                one.label: mistakes(result.scores, place)._asdict() for place, one in enumerate(task.classes)
            },
            "trainedSeconds": round(result.trained_seconds, 1),
            "trainableParameters": sum(value.numel() for value in result.model.learning().values()),
        },
    }


def quality_of(learned: Learned) -> dict[str, Any]:
    per_class = [
        (one.label, class_quality(learned.result.scores, place))
        for place, one in enumerate(learned.task.classes)
    ]
    return {
        "kind": "cross-validation",
        "folds": learned.result.folds,
        "cases": len(learned.cases),
        "patients": len(patients_of(learned.cases)),
        "perClass": [
            {
                "label": label,
                "dice": round(found.dice, 4),
                "ci95": [round(found.low, 4), round(found.high, 4)],
            }
            for label, found in per_class
        ],
        "meanDice": round(float(np.mean([found.dice for _, found in per_class])), 4),
    }

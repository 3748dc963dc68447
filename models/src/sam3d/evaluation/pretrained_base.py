"""A base whose image encoder went on learning from unlabelled images of a task's kind."""

import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import numpy as np
import torch

from sam3d.adaptation.cases import TaskCase
from sam3d.adaptation.level_case import LevelCase, level_case
from sam3d.adaptation.plan import plan_of
from sam3d.adaptation.pretraining import Pretraining, pretrain
from sam3d.data.nifti import read_canonical
from sam3d.data.region_image import Volume
from sam3d.data.sliding_window import Plan
from sam3d.data.volume_store import data_folder, read_entries, training_entries

from .evaluated_base import EvaluatedBase
from .tasks import PRINT_EVERY_STEPS, TASKS, cases_of


def unlabelled_images(name: str, plan: Plan, excluded: set[str]) -> list[LevelCase]:
    """Of the training split, one a patient, without those of the excluded. No label is read."""
    task, folder = TASKS[name], data_folder()
    found: dict[str, LevelCase] = {}
    for entry in training_entries(read_entries(folder)):
        is_of_task = entry["source"] == task.source and entry["modality"].startswith(task.modality)
        patient = entry["patient"]
        if not is_of_task or not entry["image"] or patient in excluded or patient in found:
            continue
        image = read_canonical(folder / entry["image"])
        volume = Volume(image.voxels, np.asarray(image.spacing_mm))
        nothing = np.zeros(volume.voxels.shape, np.uint8)
        found[patient] = level_case(TaskCase(entry["id"], patient, "", volume, nothing), plan)
    return list(found.values())


def print_loss(number: int, loss: float) -> None:
    if number % PRINT_EVERY_STEPS == 0:
        print(f"pre-training step {number}: loss {loss:.4f}", flush=True)


def pretrained_base(
    base: EvaluatedBase,
    size: str,
    task: str,
    exemplars: int,
    evaluated: int,
    settings: Pretraining,
    folder: Path,
    split: str = "dev",
) -> EvaluatedBase:
    """Of the name of the base. What was pre-trained is kept in the folder and not made twice."""
    asked = [base.name, task, exemplars, evaluated, split, asdict(settings)]
    kept = folder / f"{size}-{sha256(json.dumps(asked).encode()).hexdigest()[:12]}.pt"
    if not kept.exists():
        learned_from, measured = cases_of(task, exemplars, evaluated, split)
        plan = plan_of(learned_from)
        images = unlabelled_images(task, plan, {case.patient_key for case in (*learned_from, *measured)})
        if not images:
            raise ValueError(f"{task}: no volume is left to pre-train on")
        print(f"pre-training on {len(images)} images", flush=True)
        model = base.model()
        pretrain(model, images, settings, plan.cube_voxels, print_loss)
        folder.mkdir(parents=True, exist_ok=True)
        temporary = kept.with_suffix(".part")
        torch.save({"step": settings.steps, "size": size, "average": model.state_dict()}, temporary)
        temporary.replace(kept)
    return EvaluatedBase(base.name, kept)

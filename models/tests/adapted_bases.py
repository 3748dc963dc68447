"""Bases that have learned something in every layer: ours, and a small transformer as SAM's."""

from pathlib import Path

import torch
from torch import Tensor

from sam3d.adaptation.base import Base
from sam3d.adaptation.job import JobResult
from sam3d.adaptation.methods import METHODS
from sam3d.adaptation.package import Learned
from sam3d.adaptation.score import CaseScores
from sam3d.adaptation.settings import TaskSettings
from sam3d.adaptation.task import task_of
from sam3d.adaptation.task_model import TaskModel
from sam3d.data.sliding_window import Plan
from sam3d.export.adaptable_encoder import export_adaptable_encoder
from sam3d.model.idle import remove_idle_layers
from sam3d.model.sam3d import Sam3d
from sam3d.model.size import TINY
from sam_2d import TINY_VIT
from task_cases import CLASSES, LABELS, task_case

CUBE = 32
BASES = {"tiny": TINY, "vit": TINY_VIT}


def base_of_size(name: str) -> Sam3d:
    torch.manual_seed(21)
    base = Sam3d(BASES[name]).eval()
    with torch.no_grad():
        for parameter in base.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    return base


def task_model(method: str, base: str, settings: TaskSettings, disturbed: bool = False) -> TaskModel:
    """disturbed: as after learning"""
    model = METHODS[method].model(base_of_size(base), len(LABELS), settings).eval()
    if disturbed:
        with torch.no_grad():
            for parameter in model.learning().values():
                parameter.add_(0.05 * torch.randn_like(parameter))
    return model


def image() -> Tensor:
    return torch.rand(1, 2, CUBE, CUBE, CUBE, generator=torch.Generator().manual_seed(22)) * 2 - 1


def write_base(name: str, folder: Path) -> None:
    """What a zoo holds of the base's encoder"""
    encoder = base_of_size(name).image_encoder
    remove_idle_layers(encoder)
    export_adaptable_encoder(encoder, CUBE, folder)


def learned_task(method: str, settings: TaskSettings, model: TaskModel, base_folder: Path) -> Learned:
    cases = [task_case(seed) for seed in (1, 2)]
    scores = [CaseScores(case.case_id, case.patient_key, [0.5, 0.5], [False, False]) for case in cases]
    task = task_of({"title": "Two balls", "modalities": ["CT"], "classes": CLASSES})
    base = Base("sam3d-tiny", "0.5.0", "0" * 64, base_folder)
    result = JobResult(model, Plan(2.0, CUBE), 2, scores, 1.0)
    return Learned("task", task, method, base, settings, cases, result)

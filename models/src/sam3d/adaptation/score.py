"""How well cases that were held back are segmented."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch

from sam3d.data.region import Region
from sam3d.data.region_image import Volume, region_image
from sam3d.data.sliding_window import Plan, segment, softmax
from sam3d.evaluation.bootstrap import SetScores, interval_of_mean
from sam3d.evaluation.metrics import dice

from .cases import TaskCase
from .task_model import TaskModel


class CaseScores(NamedTuple):
    case_id: str
    patient_key: str
    dice: list[float | None]  # of each class; None where the case does not show it
    mistaken: list[bool]  # of each class: found, though the case does not show it


class Mistakes(NamedTuple):
    cases: int  # in which the class was found without being there
    of: int  # that do not show it


class ClassQuality(NamedTuple):
    dice: float  # mean of the patients
    low: float  # 95 % interval of that
    high: float


def segmented(
    model: TaskModel, volume: Volume, plan: Plan, on_cube: Callable[[], None] = lambda: None
) -> np.ndarray:
    """→ (K, J, I) uint8. on_cube is told before each cube, and may raise to end it."""
    model.eval()

    def predict(region: Region) -> np.ndarray:
        on_cube()
        # Asked twice at once: on one thread PyTorch's convolutions of one sample take twice the time of two.
        image = torch.from_numpy(region_image(volume, region)).expand(2, -1, -1, -1, -1)
        with torch.no_grad():
            logits = model(image)
        return softmax(logits[0].numpy())

    return segment(volume, plan, predict)


def class_scores(labelmap: np.ndarray, truth: np.ndarray, classes: int) -> list[float | None]:
    return [
        dice(labelmap == value, truth == value) if (truth == value).any() else None
        for value in range(1, classes + 1)
    ]


def case_scores(
    model: TaskModel, case: TaskCase, plan: Plan, classes: int, on_cube: Callable[[], None] = lambda: None
) -> CaseScores:
    labelmap = segmented(model, case.volume, plan, on_cube)
    if case.unseen is not None:  # a server claims nothing there
        labelmap = np.where(case.unseen, 0, labelmap)
    dices = class_scores(labelmap, case.labels, classes)
    mistaken = [found is None and bool((labelmap == i).any()) for i, found in enumerate(dices, 1)]
    return CaseScores(case.case_id, case.patient_key, dices, mistaken)


def mistakes(scores: Sequence[CaseScores], of_class: int) -> Mistakes:
    """of_class: index from 0"""
    without = [one for one in scores if one.dice[of_class] is None]
    return Mistakes(sum(one.mistaken[of_class] for one in without), len(without))


def class_quality(scores: Sequence[CaseScores], of_class: int) -> ClassQuality:
    """of_class: index from 0, which at least one of the cases shows"""
    of_patient: dict[str, list[float]] = defaultdict(list)
    for one in scores:
        found = one.dice[of_class]
        if found is not None:
            of_patient[one.patient_key].append(found)
    means = np.array([[np.mean(found)] for found in of_patient.values()])
    low, high = interval_of_mean([SetScores(tuple(of_patient), means)])[:, 0]
    return ClassQuality(float(means.mean()), float(low), float(high))

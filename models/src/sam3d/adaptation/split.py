"""Folds of a cross-validation that no patient is on two sides of."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .cases import TaskCase, shown_classes


class Fold(NamedTuple):
    training: list[TaskCase]
    held_out: list[TaskCase]


def patients_of(cases: Sequence[TaskCase]) -> list[str]:
    return sorted({case.patient_key for case in cases})


def patient_folds(cases: Sequence[TaskCase], folds: int, seed: int) -> list[Fold]:
    """As the cases name them, else drawn: as many as there are patients where these are fewer.

    Raises ValueError for a single patient, for a patient in two folds, and where two patients have the same
    image: an estimate would know its answers.
    """
    patients = patients_of(cases)
    if len(patients) < 2:
        raise ValueError(f"cases of at least 2 patients are needed, not of {len(patients)}")
    refuse_shared_images(cases)
    fold_of = named_folds(cases) or drawn_folds(patients, folds, seed)
    return [
        Fold(
            [case for case in cases if fold_of[case.patient_key] != fold],
            [case for case in cases if fold_of[case.patient_key] == fold],
        )
        for fold in sorted(set(fold_of.values()))
    ]


def drawn_folds(patients: Sequence[str], folds: int, seed: int) -> dict[str, int]:
    order = np.random.default_rng(seed).permutation(len(patients))
    return {patients[patient]: place % folds for place, patient in enumerate(order)}


def named_folds(cases: Sequence[TaskCase]) -> dict[str, int] | None:
    """By patient; None where not every case names one"""
    found: dict[str, int] = {}
    for case in cases:
        if case.fold is None:
            return None
        if found.setdefault(case.patient_key, case.fold) != case.fold:
            raise ValueError(f"case {case.case_id}: another one of its patient is held back in another fold")
    if len(set(found.values())) < 2:
        raise ValueError("all cases are in one fold: nothing would be learned from")
    return found


def refuse_shared_images(cases: Sequence[TaskCase]) -> None:
    owners: dict[str, TaskCase] = {}
    for case in cases:
        other = owners.setdefault(hashlib.sha256(case.volume.voxels.tobytes()).hexdigest(), case)
        if other.patient_key != case.patient_key:
            raise ValueError(f"cases {other.case_id} and {case.case_id} of different patients have one image")


def split_warnings(cases: Sequence[TaskCase]) -> list[str]:
    """What a reader of the estimate should know"""
    patients = patients_of(cases)
    if len(patients) == len(cases):
        return []
    return [f"{len(cases)} cases of {len(patients)} patients: those of one patient are held back together"]


def unlearned_warnings(folds: Sequence[Fold], class_labels: Sequence[str]) -> list[str]:
    """Of classes that only held-back cases of a fold show: the model judged by them has not seen one."""
    shown = {case.case_id: shown_classes(case) for fold in folds for case in fold.held_out}

    def classes_of(cases: Sequence[TaskCase]) -> set[int]:
        return {value for case in cases for value in shown[case.case_id]}

    return [
        f"fold {number} of {len(folds)}: all cases with {class_labels[value - 1]} are held back together; "
        "the estimate of it is of a model that has not learned it"
        for number, fold in enumerate(folds, 1)
        for value in sorted(classes_of(fold.held_out) - classes_of(fold.training))
    ]

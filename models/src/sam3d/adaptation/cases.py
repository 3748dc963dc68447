"""Labelled volumes that a task is learned from."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import numpy as np

from sam3d.data.nifti import corners_mm, read_canonical
from sam3d.data.region_image import Volume

from .kept_on_disk import kept_on_disk

INDEX = "cases.json"
UNSEEN = 255  # in a labelmap: nothing is known of the voxel, as in slices that a series lacks
LARGEST_SHIFT = 0.5  # of a voxel: headers are rounded


class CaseFiles(NamedTuple):
    case_id: str
    patient_key: str
    image: Path
    labelmap: Path
    fold: int | None = None  # from 1, that it is held back in; None: whichever


@dataclass(frozen=True)
class TaskCase:
    case_id: str
    patient_key: str  # says which cases are of one patient, not who that is
    sha256: str  # of the image's file, then the labelmap's
    volume: Volume
    labels: np.ndarray  # (K, J, I) uint8, 1-based classes
    fold: int | None = None
    unseen: np.ndarray | None = None  # (K, J, I) bool: nothing is known there; None: all is known


def read_index(folder: Path) -> tuple[dict[str, Any], list[CaseFiles]]:
    """cases.json: title, modalities, classes and cases: caseId, patientKey, image and labelmap, files in that
    folder → all of it, and the cases. Raises ValueError of what is none of these."""
    raw = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    try:
        cases = [
            CaseFiles(
                one["caseId"],
                one["patientKey"],
                file_in(folder, one["image"]),
                file_in(folder, one["labelmap"]),
            )
            for one in raw["cases"]
        ]
    except KeyError as error:
        raise ValueError(f"{INDEX} lacks {error.args[0]}") from error
    except TypeError as error:
        raise ValueError(f"{INDEX}: {error}") from error
    return raw, cases


def file_in(folder: Path, name: str) -> Path:
    """Raises ValueError where the name leads out of the folder: lists of cases are passed on."""
    path = PurePath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{name} is no file in {folder}")
    return folder / path


def refuse_unnamed(files: Sequence[CaseFiles]) -> None:
    """Raises ValueError where a case or its patient cannot be told from another: 1 and "1" would be two."""
    for one in files:
        for what, name in (("caseId", one.case_id), ("patientKey", one.patient_key)):
            if not isinstance(name, str) or name != name.strip() or not name:
                raise ValueError(f"{what} {name!r} is no text, or has blanks around it")
    twice = [name for name, count in Counter(one.case_id for one in files).items() if count > 1]
    if twice:
        raise ValueError(f"several cases are named {', '.join(twice)}")


def labels_of(files: CaseFiles, voxels: np.ndarray, classes: int) -> np.ndarray:
    """→ uint8; raises ValueError of what names no class: cast, −1 would become another one"""
    highest = np.max(voxels, initial=0)
    if highest > classes:
        raise ValueError(
            f"case {files.case_id}: the labelmap holds {highest:g}, the task has {classes} classes"
        )
    labels = np.where(voxels >= 0, voxels, 0).astype(np.uint8)
    wrong = voxels[labels != voxels]
    if wrong.size:
        raise ValueError(f"case {files.case_id}: the labelmap holds {wrong[0]:g}, which names no class")
    return labels


def read_case(files: CaseFiles, classes: int) -> TaskCase:
    """Raises ValueError where image and labelmap do not belong together or to the task."""
    digest = hashlib.sha256()
    for path in (files.image, files.labelmap):
        digest.update(path.read_bytes())
    image, labelmap = read_canonical(files.image), read_canonical(files.labelmap)
    if image.voxels.shape != labelmap.voxels.shape:
        raise ValueError(
            f"case {files.case_id}: image {image.voxels.shape}, labelmap {labelmap.voxels.shape} (k, j, i)"
        )
    if not np.allclose(image.spacing_mm, labelmap.spacing_mm, rtol=1e-3):
        raise ValueError(
            f"case {files.case_id}: image {image.spacing_mm} mm, labelmap {labelmap.spacing_mm} mm (k, j, i)"
        )
    apart_mm = np.linalg.norm(corners_mm(files.image) - corners_mm(files.labelmap), axis=1).max()
    if apart_mm > LARGEST_SHIFT * min(image.spacing_mm):
        raise ValueError(
            f"case {files.case_id}: image and labelmap lie up to {apart_mm:.1f} mm apart, by their headers"
        )
    unseen = labelmap.voxels == UNSEEN
    labels = labels_of(files, np.where(unseen, 0, labelmap.voxels), classes)
    if not np.isfinite(image.voxels).all():
        raise ValueError(f"case {files.case_id}: voxels of the image are no numbers")
    return TaskCase(
        files.case_id,
        files.patient_key,
        digest.hexdigest(),
        Volume(kept_on_disk(image.voxels), np.asarray(image.spacing_mm)),
        kept_on_disk(labels),
        files.fold,
        kept_on_disk(unseen) if unseen.any() else None,
    )


def shown_classes(case: TaskCase) -> set[int]:
    """Slice by slice: of a large volume sorting all would take seconds."""
    counts = (np.bincount(one.reshape(-1), minlength=UNSEEN) for one in case.labels)
    return {int(value) for value in np.flatnonzero(sum(counts)) if value > 0}


def read_cases(files: Sequence[CaseFiles], class_labels: Sequence[str]) -> list[TaskCase]:
    """Raises ValueError, also where no case shows one of the classes."""
    if len(class_labels) >= UNSEEN:
        raise ValueError(f"{len(class_labels)} classes: {UNSEEN - 1} at most")
    refuse_unnamed(files)
    cases = [read_case(one, len(class_labels)) for one in files]
    shown = {value for case in cases for value in shown_classes(case)}
    absent = [label for value, label in enumerate(class_labels, 1) if value not in shown]
    if absent:
        raise ValueError(f"no case shows {', '.join(absent)}")
    return cases

"""What is evaluated: the development split and research/, in named sets of equal weight."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sam3d.data.nifti import read_canonical
from sam3d.data.normalisation import value_range_of
from sam3d.data.region_image import Volume

CASES_PER_SET = 4
BRAIN_STRUCTURES = (
    "Right Thalamus Proper",
    "Right Caudate",
    "Right Putamen",
    "Right Hippocampus",
    "Right Lateral Ventricle",
    "Brain Stem",
)
TORSO_STRUCTURES = (  # of training volumes alone: for the development of methods, no measure of the model
    "liver",
    "spleen",
    "kidney_left",
    "aorta",
    "pancreas",
    "stomach",
    "vertebrae_L3",
    "urinary_bladder",
    "gallbladder",
)
FETAL_STRUCTURES = ("cerebellum", "intra-axial CSF (ventricles)")


@dataclass(frozen=True)
class Case:
    set_name: str
    entry_id: str
    image: str
    label: str
    value: int
    patient: str = ""
    modality: str = ""  # CT, MR, PET or US
    spacing_known: bool = True  # else nothing of it can be measured in mm

    @property
    def case_id(self) -> str:
        return f"{self.entry_id}/{self.value}"

    @property
    def trained_source(self) -> bool:
        """Other patients of the same source were trained on."""
        return self.image.startswith("train/")


def modality_of(entry: dict[str, Any]) -> str:
    """Without the sequence or the unit"""
    return entry["modality"].split()[0]


def set_name(entry: dict[str, Any], structure: str) -> str | None:
    """None where the structure is not evaluated."""
    source, modality = entry["source"], modality_of(entry)
    match source:
        case "sts":
            return f"sarcoma {modality}"
        case "deepreg":
            return f"prostate {modality}" if "gland" in structure else None
        case "hippocampus" | "la2018" | "acdc":
            return structure
        case "totalsegmentator":
            return f"torso {structure}" if structure in TORSO_STRUCTURES else None
        case "fetal-sb-atlas":
            return f"fetal {structure}" if structure in FETAL_STRUCTURES else None
        case "malf-oasis-neuromorphometrics":
            return f"brain {structure}" if structure in BRAIN_STRUCTURES else None
    return None


def case_of(entry: dict[str, Any], name: str, value: int) -> Case:
    return Case(
        name,
        entry["id"],
        entry["image"],
        entry["label"],
        value,
        entry["patient"],
        modality_of(entry),
        entry["spacingKnown"],
    )


def select_cases(entries: list[dict[str, Any]], split: str = "dev", passed_over: int = 0) -> list[Case]:
    """The first CASES_PER_SET patients of every set behind those passed over.

    Of the split "train" methods may be chosen, of "dev" they may only be measured. Once the first patients
    have been looked at too often, pass them over.
    """
    sets: dict[str, list[Case]] = defaultdict(list)
    patients: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        if entry["split"] != split or not entry["image"]:
            continue
        for value, structure in (entry["labels"] or {}).items():
            name = set_name(entry, structure)
            if name is None or entry["patient"] in patients[name]:
                continue
            patients[name].append(entry["patient"])
            if passed_over < len(patients[name]) <= passed_over + CASES_PER_SET:
                sets[name].append(case_of(entry, name, int(value)))
    return [case for cases in sets.values() for case in cases]


def load_case(case: Case, folder: Path) -> tuple[Volume, np.ndarray]:
    """→ the volume, and the structure's mask (K, J, I) bool"""
    image = read_canonical(folder / case.image)
    label = read_canonical(folder / case.label)
    volume = Volume(image.voxels, np.asarray(image.spacing_mm), value_range_of(case.modality), case.modality)
    return volume, label.voxels == case.value

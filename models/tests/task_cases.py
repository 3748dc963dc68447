"""Made-up cases: two bright balls in noise, of one class each."""

import struct
from pathlib import Path

import numpy as np

from sam3d.adaptation.cases import CaseFiles, TaskCase
from sam3d.data.region_image import Volume

SHAPE_KJI = (20, 24, 28)
SPACING_MM_KJI = (2.0, 1.5, 1.5)
CLASSES = [
    {
        "label": label,
        "category": {"value": "123037004", "scheme": "SCT", "meaning": "Anatomical Structure"},
        "type": {"value": code, "scheme": "SCT", "meaning": label},
    }
    for label, code in (("Liver", "10200004"), ("Spleen", "78961009"))
]
LABELS = ["Liver", "Spleen"]


def balls(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """→ image (K, J, I) float32, labels (K, J, I) uint8"""
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(*(np.arange(n) for n in SHAPE_KJI), indexing="ij"), -1) * SPACING_MM_KJI
    extent = np.array(SHAPE_KJI) * SPACING_MM_KJI
    labels = np.zeros(SHAPE_KJI, np.uint8)
    for value, place in enumerate((0.3, 0.7), 1):
        centre = extent * (0.5, 0.5, place) + rng.uniform(-2, 2, 3)
        labels[((grid - centre) ** 2).sum(-1) < 7**2] = value
    image = 100.0 * labels + rng.normal(0, 10, SHAPE_KJI)
    return image.astype(np.float32), labels


def task_case(seed: int, patient: str | None = None, fold: int | None = None) -> TaskCase:
    image, labels = balls(seed)
    volume = Volume(image, np.array(SPACING_MM_KJI))
    return TaskCase(f"case-{seed}", patient or f"patient-{seed}", "0" * 64, volume, labels, fold)


def nifti(array: np.ndarray) -> bytes:
    """(K, J, I) along S, P, L → .nii, stored along L, P, S"""
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, *array.shape[::-1], 1, 1, 1, 1)
    codes = {np.dtype(np.float32): (16, 32), np.dtype(np.uint8): (2, 8)}
    struct.pack_into("<2h", header, 70, *codes[array.dtype])
    struct.pack_into("<8f", header, 76, 1, *SPACING_MM_KJI[::-1], 0, 0, 0, 0)
    struct.pack_into("<2f", header, 108, 352, 1)
    struct.pack_into("<2h", header, 252, 1, 1)
    k, j, i = SPACING_MM_KJI
    for offset, row in ((280, (-i, 0, 0, 0)), (296, (0, -j, 0, 0)), (312, (0, 0, k, 0))):
        struct.pack_into("<4f", header, offset, *row)
    header[344:348] = b"n+1\0"
    return bytes(header) + array.tobytes()


def write_case(folder: Path, seed: int) -> CaseFiles:
    image, labels = balls(seed)
    files = CaseFiles(
        f"case-{seed}", f"patient-{seed}", folder / f"{seed}.nii", folder / f"{seed}-labels.nii"
    )
    files.image.write_bytes(nifti(image))
    files.labelmap.write_bytes(nifti(labels))
    return files

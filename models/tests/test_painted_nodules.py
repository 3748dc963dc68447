"""Where nodules are painted, and that they are what is painted."""

from pathlib import Path

import numpy as np

from sam3d.evaluation.painted_nodules import aerated, even_tissue, painted
from task_cases import nifti


def chest() -> np.ndarray:
    """A lung in a wall of even tissue, (K, J, I)"""
    noise = np.random.default_rng(0).normal(0, 5, (60, 60, 60)).astype(np.float32)
    voxels = np.full((60, 60, 60), 100, np.float32) + noise
    voxels[10:50, 10:50, 10:30] = -850 + noise[10:50, 10:50, 10:30]
    return voxels


def test_lungs_and_even_tissue_are_told_apart() -> None:
    voxels = chest()
    lung, tissue = aerated(voxels), even_tissue(voxels)
    assert lung[30, 30, 20] and not lung[30, 30, 50]
    assert tissue[30, 30, 50] and not tissue[30, 30, 20]
    assert not (lung & tissue).any()


def test_a_nodule_is_brighter_than_the_lung_about_it(tmp_path: Path) -> None:
    (tmp_path / "lung.nii").write_bytes(nifti(chest()))
    entry = {"id": "lung", "source": "lidc-idri", "image": "lung.nii"}
    found = list(painted(entry, tmp_path, np.random.default_rng(1)))
    assert 4 <= len(found) <= 8
    for one in found:
        assert one.name == "lung"
        assert one.volume.voxels[one.nodule].mean() > -300
        assert np.median(one.volume.voxels[10:50, 10:50, 10:30]) < -800

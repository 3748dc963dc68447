"""Cubes are cut where the region says, and averaged as the server averages."""

import numpy as np
import pytest

from sam3d.data.nifti import nearest_axes
from sam3d.data.region import CUBE, Region
from sam3d.data.region_image import Volume, region_cube
from sam3d.data.resample import CubeAxis, axis_weights
from sam3d.evaluation.native_grid import covered_by, native_mask


def test_equal_grids_copy_the_voxels() -> None:
    voxels = np.random.default_rng(0).integers(0, 99, (30, 20, 10)).astype(np.int16)
    cube, inside = region_cube(Volume(voxels, np.full(3, 1.5)), Region(1.5, (0, 0, 0)))
    np.testing.assert_array_equal(cube[:30, :20, :10], voxels)
    assert inside.sum() == voxels.size
    assert inside[:30, :20, :10].all()


def test_coarser_voxels_are_means() -> None:
    weights = axis_weights(8, CubeAxis(centre=3.5, step=2.0), 4)
    np.testing.assert_allclose(weights.weights @ np.arange(8), [0.5, 2.5, 4.5, 6.5], atol=1e-6)


def test_finer_voxels_are_interpolated_linearly() -> None:
    weights = axis_weights(4, CubeAxis(centre=1.5, step=0.5), 8)
    ramp = weights.weights @ np.arange(4.0)[weights.source]
    np.testing.assert_allclose(ramp, [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3], atol=1e-6)


@pytest.mark.parametrize("spacing_mm", [0.75, 3.0])
def test_a_mask_comes_back_to_its_own_grid(spacing_mm: float) -> None:
    spacing = np.array([2.0, 1.0, 1.5])
    grid = np.indices((40, 70, 50)) + 0.5
    ball = sum(((grid[a] * spacing[a]) - c) ** 2 for a, c in enumerate((40, 36, 38))) < 20**2
    volume = Volume(np.where(ball, 100, 0).astype(np.int16), spacing)
    region = Region(spacing_mm, tuple(round(c / spacing_mm) - CUBE // 2 for c in (38, 36, 40)))
    cube, _ = region_cube(volume, region)
    mask = native_mask(cube - 50, volume, region)
    assert 2 * (mask & ball).sum() / (mask.sum() + ball.sum()) > 0.95
    assert covered_by(volume, region)[ball].all()


def test_axes_are_matched_to_patient_axes() -> None:
    tilted = np.array([[0.1, 0.9, 0.0], [0.0, 0.1, -1.0], [1.0, 0.1, 0.1]])
    assert nearest_axes(tilted) == (1, 2, 0)

"""Boxes and scribbles: as they are drawn in training, and as the model is told of them."""

import numpy as np
import pytest
import torch

from sam3d.data.boxes import BEYOND_VOXELS, slice_box, solid_box
from sam3d.data.scribbles import MOST_POINTS, stroke
from sam3d.model.box_prompts import PADDING, SOLID_BOX, box_maps

GRID = 16
STEP = 2
SOLID = (3.5, 9.5, 19.5, 20.5, 29.5, 25.5)


def maps_of(coords: tuple[float, ...], label: float) -> np.ndarray:
    """→ (2, GRID, GRID, GRID)"""
    return box_maps(torch.tensor([[coords]]), torch.tensor([[label]]), GRID, STEP)[0].numpy()


@pytest.fixture()
def target() -> np.ndarray:
    mask = np.zeros((32, 32, 32), bool)
    mask[8:14, 5:20, 11:30] = True  # k, j, i
    return mask


def test_solid_box_fills_its_volume_and_all_else_is_outside() -> None:
    inside, outside = maps_of(SOLID, SOLID_BOX)
    assert inside.sum() * STEP**3 == pytest.approx(17 * 20 * 6)
    np.testing.assert_allclose(inside + outside, 1, atol=1e-6)
    assert inside[11, 6, 4] == 1  # k, j, i of a cell in it
    assert outside[11, 6, 1] == 1


def test_box_in_a_slice_says_nothing_beyond_the_slice() -> None:
    inside, outside = maps_of((3.5, 9.5, 19.5, 20.5, 29.5, 21.5), 3.0)
    assert inside[10].sum() * STEP**3 == pytest.approx(17 * 20 * 2)
    np.testing.assert_allclose(inside[10] + outside[10], 1, atol=1e-6)
    assert np.delete(inside, 10, 0).max() == 0
    assert np.delete(outside, 10, 0).max() == 0


def test_padding_is_no_box() -> None:
    assert np.abs(maps_of(SOLID, PADDING)).max() == 0


def test_two_boxes_are_one_area() -> None:
    boxes = torch.tensor([[SOLID, (21.5, 9.5, 19.5, 25.5, 29.5, 25.5)]])
    inside, outside = box_maps(boxes, torch.full((1, 2), SOLID_BOX), GRID, STEP)[0]
    assert inside[11, 6, 4] == inside[11, 6, 12] == 1
    assert outside[11, 6, 4] == outside[11, 6, 12] == 0


def test_drawn_boxes_hold_the_structure_roughly(target: np.ndarray) -> None:
    for seed in range(50):
        coords = solid_box(target, np.random.default_rng(seed)).coords
        assert np.all(np.abs(coords[:3] - [10.5, 4.5, 7.5]) < 8)
        assert np.all(np.abs(coords[3:] - [29.5, 19.5, 13.5]) < 8)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_slice_boxes_lie_in_the_clicked_slice(target: np.ndarray, axis: int) -> None:
    voxel = np.array([10, 12, 20])
    boxes = [slice_box(target, voxel, np.random.default_rng(seed)) for seed in range(60)]
    chosen = [box.coords for box in boxes if box.label == axis + 1]
    assert chosen
    for coords in chosen:
        assert coords[axis] < voxel[2 - axis] < coords[axis + 3] <= coords[axis] + 3
        others = [a for a in range(3) if a != axis]
        assert np.all(np.abs(coords[others] - np.array([10.5, 4.5, 7.5])[others]) < 8)


def test_structure_that_leaves_the_cube_has_faces_beyond_it() -> None:
    mask = np.ones((32, 32, 32), bool)
    coords = solid_box(mask, np.random.default_rng(0)).coords
    assert np.all(coords[:3] < -0.5 - BEYOND_VOXELS / 8)
    assert np.all(coords[3:] > 31.5)


def test_stroke_begins_at_its_voxel_and_stays_in_the_mask(target: np.ndarray) -> None:
    voxel = np.array([10, 12, 20])
    for seed in range(30):
        points = stroke(target, voxel, np.random.default_rng(seed))
        assert 0 < len(points) <= MOST_POINTS
        assert np.array_equal(points[0], voxel)
        assert target[tuple(points.T)].all()
        assert any(len(np.unique(points[:, axis])) == 1 for axis in range(3))  # in one slice

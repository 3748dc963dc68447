"""What intensities say of a box."""

import pytest
import torch
from torch import Tensor

from sam3d.model.box_contrast import box_contrast
from sam3d.model.box_prompts import PADDING, SOLID_BOX, box_maps

GRID = 16
BRIGHT, MIDDLE, DARK = 0.8, 0.1, -0.6
BOX = (7.5, 7.5, 7.5, 23.5, 23.5, 23.5)  # the cells 4 to 11


@pytest.fixture()
def image() -> Tensor:
    """A bright structure in a box that holds something else, too; that is all around the box"""
    values = torch.full((1, 1, GRID, GRID, GRID), DARK)
    values[..., 4:12, 4:12, 4:12] = MIDDLE
    values[..., 5:11, 5:11, 5:11] = BRIGHT
    values[..., 0:2] = MIDDLE
    return values


def contrast_of(image: Tensor, label: float, coords: tuple[float, ...] = BOX) -> Tensor:
    """→ (2, GRID, GRID, GRID)"""
    boxes, labels = torch.tensor([[coords]]), torch.tensor([[label]])
    return box_contrast(image, box_maps(boxes, labels, GRID, 2), boxes, labels)[0]


def test_what_is_only_in_the_box_is_likely_and_what_is_only_around_it_is_not(image: Tensor) -> None:
    of_box, of_core = contrast_of(image, SOLID_BOX)
    bright, middle, dark = (image[0, 0] == value for value in (BRIGHT, MIDDLE, DARK))
    for chances in (of_box, of_core):
        assert float(chances[bright].min()) > 0.9
        assert float(chances[dark].max()) < 0.1
    assert float(of_box[dark].max()) < float(of_box[middle].min()) < float(of_box[bright].min())
    assert float(of_core[middle].max()) < float(of_box[middle].min())  # the core holds none of it


def test_without_a_box_nothing_is_said(image: Tensor) -> None:
    assert not contrast_of(image, PADDING).any()


def test_a_box_of_the_whole_cube_is_no_error(image: Tensor) -> None:
    chances = contrast_of(image, SOLID_BOX, (-9.0, -9.0, -9.0, 40.0, 40.0, 40.0))
    assert bool(chances.isfinite().all())

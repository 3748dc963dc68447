"""Paths through an image."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from sam3d.model.connectedness import connectedness, dilated

N = 16


def two_rooms(wall: float, door: bool) -> Tensor:
    """An image of 0 with a wall across i = 8; the door is one cell. → (1, 1, n, n, n)"""
    image = torch.zeros(1, 1, N, N, N)
    image[..., 8] = wall
    if door:
        image[0, 0, 4, 4, 8] = 0
    return image


def seed_at(i: int) -> Tensor:
    seeds = torch.zeros(1, 1, N, N, N)
    seeds[0, 0, 8, 8, i] = 1
    return seeds


def test_dilation_is_what_pooling_gives() -> None:
    x = torch.randn(2, 3, 5, 6, 7, generator=torch.Generator().manual_seed(0))
    assert torch.equal(dilated(x), F.max_pool3d(x, 3, 1, 1))


@pytest.mark.parametrize("wall", [0.3, 0.7])
def test_what_lies_behind_a_wall_is_as_far_as_the_wall_is_high(wall: float) -> None:
    reached = connectedness(seed_at(2), two_rooms(wall, door=False))
    assert reached[0, 0, 8, 8, 5] == 1
    assert reached[0, 0, 8, 8, 12] == pytest.approx(1 - wall)


def test_a_door_lets_through() -> None:
    assert connectedness(seed_at(2), two_rooms(0.7, door=True))[0, 0, 8, 8, 12] == 1


def test_nothing_is_connected_to_no_click() -> None:
    nobody = torch.zeros(1, 1, N, N, N)
    assert connectedness(nobody, torch.rand(1, 1, N, N, N)).max() == 0

"""The walk's chances against an exact solution."""

import numpy as np
import pytest
import torch

from sam3d.model.random_walk import passages, walk_chances

N = 8


@pytest.fixture(scope="module")
def image() -> torch.Tensor:
    noise = torch.randn(1, 2, N, N, N, generator=torch.Generator().manual_seed(1)) * 0.1
    noise[..., N // 2 :] += 1
    return noise


def seeds_at(include: tuple[int, ...], exclude: tuple[int, ...] | None = None) -> torch.Tensor:
    seeds = torch.zeros(1, 2, N, N, N)
    seeds[(0, 0, *include)] = 1
    if exclude is not None:
        seeds[(0, 1, *exclude)] = 1
    return seeds


def exact(seeds: torch.Tensor, image: torch.Tensor) -> np.ndarray:
    """Solves p = W p with the seeds held, for the first channel"""
    weights = passages(image)[:, 0, 0].numpy().astype(np.float64)
    matrix, right = np.eye(N**3), np.zeros(N**3)
    index = np.arange(N**3).reshape(N, N, N)
    held = (seeds[0].amax(0) > 0).numpy()
    for k, j, i in np.ndindex(N, N, N):
        row = index[k, j, i]
        if held[k, j, i]:
            right[row] = float(seeds[0, 0, k, j, i])
            continue
        for direction, (axis, step) in enumerate([(a, s) for a in range(3) for s in (-1, 1)]):
            neighbour = [k, j, i]
            neighbour[axis] += step
            if 0 <= neighbour[axis] < N:
                matrix[row, index[tuple(neighbour)]] -= weights[direction, k, j, i]
    return np.linalg.solve(matrix, right).reshape(N, N, N)


@pytest.mark.parametrize("exclude", [None, (6, 6, 6), (2, 4, 2)])
def test_comes_near_to_the_exact_solution(image: torch.Tensor, exclude: tuple[int, ...] | None) -> None:
    seeds = seeds_at((2, 2, 2), exclude)
    found = walk_chances(seeds, image)[0, 0].numpy()
    np.testing.assert_allclose(found, exact(seeds, image), atol=0.03)  # the steps are a fixed few


def test_an_edge_keeps_the_walk_in(image: torch.Tensor) -> None:
    chance = walk_chances(seeds_at((4, 4, 2)), image)[0, 0]
    same_side, other_side = chance[4, 4, 0], chance[4, 4, 4]
    assert same_side > 2 * other_side


def test_an_exclude_click_takes_its_surroundings(image: torch.Tensor) -> None:
    alone = walk_chances(seeds_at((4, 4, 1)), image)[0]
    both = walk_chances(seeds_at((4, 4, 1), (4, 7, 1)), image)[0]
    assert both[0, 4, 6, 1] < alone[0, 4, 6, 1]
    assert both[1, 4, 6, 1] > both[0, 4, 6, 1]
    assert alone[1].max() == 0

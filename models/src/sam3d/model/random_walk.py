"""The chance that a walk through the image ends at an include click, not at an exclude click or nowhere.

Random walker segmentation (Grady 2006) with a leak to the background in every cell, so that one click is
enough. Solved by a fixed number of Chebyshev-accelerated Jacobi steps: plain operations that export to ONNX.
Nothing here is learned, and no gradient flows.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

CONTRAST = (
    3.0  # a squared edge, relative to the image's usual ones, halves a passage by about 2 log2(e) of this
)
USUAL_EDGE_FLOOR = 0.01  # of an image in [-1, 1]
LEAST_PASSAGE = 1e-3
LEAK = 0.03
STEPS = 32
SPECTRAL_RADIUS = 0.985  # of a Jacobi step, assumed
AXES = (2, 3, 4)


def passages(image: Tensor) -> Tensor:
    """Chance of a step to each of the six neighbours, the leak taken into account.

    image (B, 2, n, n, n) → (6, B, 1, n, n, n): down and up along k, j, i
    """
    smooth = F.avg_pool3d(image, 3, 1, 1, count_include_pad=False)
    edges = []
    for axis in AXES:
        n = smooth.shape[axis]
        change = smooth.narrow(axis, 1, n - 1) - smooth.narrow(axis, 0, n - 1)
        edges.append((change * change).sum(1, keepdim=True))  # (B, 1, …) with n - 1 along the axis
    usual = sum(edge.sqrt().mean((1, 2, 3, 4), keepdim=True) for edge in edges) / 3 + USUAL_EDGE_FLOOR
    chances = []
    for axis, edge in zip(AXES, edges, strict=True):
        passage = torch.exp(-CONTRAST * edge / usual**2) + LEAST_PASSAGE
        before, behind = [0] * 6, [0] * 6
        before[2 * (4 - axis)], behind[2 * (4 - axis) + 1] = 1, 1  # F.pad counts axes from the last one
        chances += [F.pad(passage, before), F.pad(passage, behind)]
    weights = torch.stack(chances)
    return weights / (weights.sum(0) + LEAK)


def stepped(chance: Tensor, sources: Tensor, weights: tuple[Tensor, ...], side: int) -> Tensor:
    """Each cell's chance from its neighbours', sources added; (B, C, n³) → same

    weights (B, 1, n³) each, for a step down and up along k, j, i, 0 out of the grid
    """
    cells = side**3
    # Shifted in one piece: what comes in over a face from the row or slice before has no weight.
    padded = F.pad(chance, (side * side, side * side))
    shifts = (-side * side, side * side, -side, side, -1, 1)
    following = sources
    for shift, weight in zip(shifts, weights, strict=True):
        following = following + weight * padded.narrow(2, side * side + shift, cells)
    return following


@torch.no_grad()
def walk_chances(seeds: Tensor, image: Tensor) -> Tensor:
    """seeds (B, 2, n, n, n) of 0 and 1: include, exclude; image (B, 2, n, n, n)
    → (B, 2, n, n, n): chance to end at an include click, and at an exclude click, 0 to 1
    """
    side = int(seeds.shape[-1])  # fixed when exported
    clicked = seeds.flatten(2)
    # No step leads from a seed: it stays what it is.
    weights = (passages(image).flatten(3) * (1 - clicked.amax(1, keepdim=True))).unbind(0)
    # Nothing walks to exclude clicks where there are none, as at every first click.
    excluding = torch.nonzero(clicked[:, 1].amax().reshape(1)).flatten()  # [0], or empty
    sources = torch.cat([clicked[:, 0:1], clicked[:, 1:2].index_select(1, excluding)], 1)
    before = sources
    now = stepped(sources, sources, weights, side)
    omega = 1 / (1 - SPECTRAL_RADIUS**2 / 2)
    for _ in range(STEPS - 1):
        following = before + omega * (stepped(now, sources, weights, side) - before)
        before, now = now, following
        omega = 1 / (1 - SPECTRAL_RADIUS**2 * omega / 4)
    both = torch.cat([now, torch.zeros_like(clicked[:, 0:1])], 1)[:, 0:2]
    return both.clamp(0, 1).reshape(seeds.shape)

"""How a click reaches through the image along paths, which a few convolutions cannot follow.

Nothing here is learned, and no gradient flows.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

REACH = 28  # cells that a path may be long, of 32 on the half grid


def dilated(x: Tensor) -> Tensor:
    """Maximum over 3³ cells; (B, C, n, n, n) → same"""
    if torch.onnx.is_in_onnx_export():
        return F.max_pool3d(x, 3, 1, 1)
    for axis in (2, 3, 4):  # PyTorch's pooling is many times slower than that of ONNX Runtime
        n = x.shape[axis]
        y = x.clone()
        low, high = y.narrow(axis, 0, n - 1), y.narrow(axis, 1, n - 1)
        torch.maximum(low, x.narrow(axis, 1, n - 1), out=low)
        torch.maximum(high, x.narrow(axis, 0, n - 1), out=high)
        x = y
    return x


@torch.no_grad()
def connectedness(seeds: Tensor, difference: Tensor) -> Tensor:
    """Of all paths from a seed the one whose greatest difference is least: 1 − that difference, at least 0.

    Region growing with every tolerance at once. seeds (B, 1, n, n, n), difference (B, C, n, n, n) ≥ 0
    → (B, C, n, n, n)
    """
    passable = (1 - difference).clamp(min=0)
    reached = seeds * torch.ones_like(passable)
    for _ in range(REACH):
        reached = torch.maximum(reached, torch.minimum(dilated(reached), passable))
    return reached

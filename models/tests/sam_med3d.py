"""SAM-Med3D's image encoder, written down again from its definition: what ours is held to. Axes x, y, z."""

import torch
from torch import Tensor
from torch.nn import functional as F

from sam3d.model.vit.block import NORM_EPSILON
from sam3d.model.vit.geometry import VitGeometry
from sam_2d import block_shapes

AXES = "dhw"  # as x, y, z are called in its names


def shapes_3d(geometry: VitGeometry) -> dict[str, tuple[int, ...]]:
    """By SAM-Med3D's names, without its neck"""
    c, head, patch, grid = (
        geometry.width,
        geometry.width // geometry.heads,
        geometry.image_patch,
        geometry.image_grid,
    )
    shapes: dict[str, tuple[int, ...]] = {
        "patch_embed.proj.weight": (c, 1, patch, patch, patch),
        "patch_embed.proj.bias": (c,),
        "pos_embed": (1, grid, grid, grid, c),
    }
    for index in range(geometry.blocks):
        side = grid if index in geometry.global_blocks else geometry.window
        block = block_shapes(c, head, side, AXES)
        shapes |= {f"blocks.{index}.{name}": shape for name, shape in block.items()}
    return {f"image_encoder.{name}": shape for name, shape in shapes.items()}


def state_3d(geometry: VitGeometry, deviation: float = 0.05) -> dict[str, Tensor]:
    """Random weights by SAM-Med3D's names"""
    generator = torch.Generator().manual_seed(11)
    return {n: deviation * torch.randn(s, generator=generator) for n, s in shapes_3d(geometry).items()}


def encoded_3d(volume: Tensor, state: dict[str, Tensor], geometry: VitGeometry) -> list[Tensor]:
    """(1, 1, x, y, z) → tokens (x/p, y/p, z/p, C) behind each block of global attention"""
    given = {name.removeprefix("image_encoder."): value for name, value in state.items()}
    tokens = F.conv3d(
        volume, given["patch_embed.proj.weight"], given["patch_embed.proj.bias"], geometry.image_patch
    )
    x = tokens[0].permute(1, 2, 3, 0) + given["pos_embed"][0]
    levels = []
    for index in range(geometry.blocks):
        prefix = f"blocks.{index}."
        weights = {n.removeprefix(prefix): value for n, value in given.items() if n.startswith(prefix)}
        x = block_3d(x, weights, geometry.heads, None if index in geometry.global_blocks else geometry.window)
        if index in geometry.global_blocks:
            levels.append(x)
    return levels


def block_3d(x: Tensor, weights: dict[str, Tensor], heads: int, window: int | None) -> Tensor:
    """(x, y, z, C) → same; windows are always whole: zeros fill them"""
    c = x.shape[-1]
    grid = x.shape[:3]
    attended = F.layer_norm(x, (c,), weights["norm1.weight"], weights["norm1.bias"], NORM_EPSILON)
    if window is None:
        attended = attention_3d(attended, weights, heads)
    else:
        padding = [side for length in reversed(grid) for side in (0, -length % window)]
        attended = F.pad(attended, (0, 0, *padding))
        for start in torch.cartesian_prod(*(torch.arange(0, n, window) for n in attended.shape[:3])).tolist():
            part = tuple(slice(n, n + window) for n in start)
            attended[part] = attention_3d(attended[part], weights, heads)
        attended = attended[: grid[0], : grid[1], : grid[2]]
    x = x + attended
    normed = F.layer_norm(x, (c,), weights["norm2.weight"], weights["norm2.bias"], NORM_EPSILON)
    hidden = F.gelu(F.linear(normed, weights["mlp.lin1.weight"], weights["mlp.lin1.bias"]))
    return x + F.linear(hidden, weights["mlp.lin2.weight"], weights["mlp.lin2.bias"])


def attention_3d(x: Tensor, weights: dict[str, Tensor], heads: int) -> Tensor:
    """(x, y, z, C) → same, one query at a time"""
    *grid, c = x.shape
    places = torch.cartesian_prod(*(torch.arange(side) for side in grid))  # (N, 3)
    qkv = F.linear(x, weights["attn.qkv.weight"], weights["attn.qkv.bias"]).reshape(len(places), 3, heads, -1)
    out = torch.empty(len(places), heads, c // heads)
    for row, place in enumerate(places):
        for head in range(heads):
            query = qkv[row, 0, head]
            score = qkv[:, 1, head] @ query / (c // heads) ** 0.5
            for axis, side in enumerate(grid):
                table = weights[f"attn.rel_pos_{AXES[axis]}"]
                score = score + table[place[axis] - places[:, axis] + side - 1] @ query
            out[row, head] = torch.softmax(score, 0) @ qkv[:, 2, head]
    return F.linear(out.reshape(*grid, c), weights["attn.proj.weight"], weights["attn.proj.bias"])

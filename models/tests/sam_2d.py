"""SAM's image encoder in 2D, written down again from its definition: what ours is held against."""

import torch
from torch import Tensor
from torch.nn import functional as F

from sam3d.model.vit import inflation
from sam3d.model.vit.block import NORM_EPSILON
from sam3d.model.vit.geometry import VitGeometry

TINY_VIT = VitGeometry(
    width=32,
    blocks=3,
    heads=2,
    global_blocks=(1, 2),
    window=4,
    image_patch=16,
    image_grid=6,
    depth_grid=4,
    adapter_channels=8,
    half_channels=16,
    quarter_channels=16,
)

AXES = "hw"  # as y, x are called in its names


def block_shapes(width: int, head: int, side: int, axes: str) -> dict[str, tuple[int, ...]]:
    """Of one block, by SAM's names; side: of the tokens that attend to each other, along each of the axes"""
    c = width
    return {
        **{f"norm{n}.{kind}": (c,) for n in (1, 2) for kind in ("weight", "bias")},
        "attn.qkv.weight": (3 * c, c),
        "attn.qkv.bias": (3 * c,),
        "attn.proj.weight": (c, c),
        "attn.proj.bias": (c,),
        **{f"attn.rel_pos_{axis}": (2 * side - 1, head) for axis in axes},
        "mlp.lin1.weight": (4 * c, c),
        "mlp.lin1.bias": (4 * c,),
        "mlp.lin2.weight": (c, 4 * c),
        "mlp.lin2.bias": (c,),
    }


def shapes_2d(geometry: VitGeometry) -> dict[str, tuple[int, ...]]:
    """By SAM's names; of its neck a first layer"""
    c, head = geometry.width, geometry.width // geometry.heads
    shapes: dict[str, tuple[int, ...]] = {
        "patch_embed.proj.weight": (c, 3, geometry.image_patch, geometry.image_patch),
        "patch_embed.proj.bias": (c,),
        "pos_embed": (1, geometry.image_grid, geometry.image_grid, c),
        "neck.0.weight": (8, c, 1, 1),
    }
    for index in range(geometry.blocks):
        side = geometry.image_grid if index in geometry.global_blocks else geometry.window
        block = block_shapes(c, head, side, AXES)
        shapes |= {f"blocks.{index}.{name}": shape for name, shape in block.items()}
    return {f"image_encoder.{name}": shape for name, shape in shapes.items()}


def state_2d(geometry: VitGeometry, seed: int = 6, deviation: float = 0.2) -> dict[str, Tensor]:
    """Random weights by SAM's names"""
    generator = torch.Generator().manual_seed(seed)
    return {n: deviation * torch.randn(s, generator=generator) for n, s in shapes_2d(geometry).items()}


def attention_2d(x: Tensor, weights: dict[str, Tensor], heads: int) -> Tensor:
    """(h, w, C) → same, one query at a time as SAM defines it"""
    h, w, c = x.shape
    qkv = F.linear(x, weights["attn.qkv.weight"], weights["attn.qkv.bias"]).reshape(h, w, 3, heads, -1)
    out = torch.empty(h, w, heads, c // heads)
    for y in range(h):
        for z in range(w):
            for head in range(heads):
                query = qkv[y, z, 0, head]
                rows = weights["attn.rel_pos_h"][y - torch.arange(h) + h - 1] @ query
                columns = weights["attn.rel_pos_w"][z - torch.arange(w) + w - 1] @ query
                score = qkv[:, :, 1, head] @ query / (c // heads) ** 0.5
                score = score + rows[:, None] + columns[None, :]
                share = torch.softmax(score.flatten(), 0).reshape(h, w, 1)
                out[y, z, head] = (share * qkv[:, :, 2, head]).sum((0, 1))
    return F.linear(out.reshape(h, w, c), weights["attn.proj.weight"], weights["attn.proj.bias"])


def block_2d(x: Tensor, weights: dict[str, Tensor], heads: int, window: int | None) -> Tensor:
    """(h, w, C) → same"""
    h, w, c = x.shape
    normed = F.layer_norm(x, (c,), weights["norm1.weight"], weights["norm1.bias"], NORM_EPSILON)
    if window is None:
        attended = attention_2d(normed, weights, heads)
    else:
        padded = F.pad(normed, (0, 0, 0, -w % window, 0, -h % window))
        attended = torch.empty_like(padded)
        for y in range(0, padded.shape[0], window):
            for z in range(0, padded.shape[1], window):
                part = (slice(y, y + window), slice(z, z + window))
                attended[part] = attention_2d(padded[part], weights, heads)
        attended = attended[:h, :w]
    x = x + attended
    normed = F.layer_norm(x, (c,), weights["norm2.weight"], weights["norm2.bias"], NORM_EPSILON)
    hidden = F.gelu(F.linear(normed, weights["mlp.lin1.weight"], weights["mlp.lin1.bias"]))
    return x + F.linear(hidden, weights["mlp.lin2.weight"], weights["mlp.lin2.bias"])


def grey_image(side: int) -> Tensor:
    """(1, 1, side, side) in [-1, 1]"""
    return 2 * torch.rand(1, 1, side, side, generator=torch.Generator().manual_seed(8)) - 1


def embedding_2d(image: Tensor, state: dict[str, Tensor], patch: int) -> Tensor:
    """Grey (1, 1, s, s) in [-1, 1] → (1, C, s/p, s/p), by SAM: 8-bit RGB, normalised"""
    rgb = (image + 1).expand(1, 3, -1, -1) * 127.5
    mean, deviation = torch.tensor(inflation.PIXEL_MEAN), torch.tensor(inflation.PIXEL_DEVIATION)
    normalised = (rgb - mean.reshape(1, 3, 1, 1)) / deviation.reshape(1, 3, 1, 1)
    weight, bias = (state[f"image_encoder.patch_embed.proj.{kind}"] for kind in ("weight", "bias"))
    return F.conv2d(normalised, weight, bias, patch)

"""The checkpoint of SAM or SAM-Med3D → the frozen weights of its image encoder here."""

import torch
from torch import Tensor
from torch.nn import functional as F

from ..given_weights import GivenWeights, renamed
from .encoder import VitEncoder
from .geometry import VitGeometry

PREFIX = "image_encoder."
KERNEL, BIAS, POSITIONS = "patch_embed.proj.weight", "patch_embed.proj.bias", "pos_embed"
# of the 8-bit RGB images that SAM was trained on
PIXEL_MEAN = (123.675, 116.28, 103.53)
PIXEL_DEVIATION = (58.395, 57.12, 57.375)
GREY_HALF_RANGE = 127.5  # our images are in [-1, 1]
BLOCK_NAMES = {
    "attention.qkv": "attn.qkv",
    "attention.output": "attn.proj",
    "expand": "mlp.lin1",
    "contract": "mlp.lin2",
}
NAMES_2D = {**BLOCK_NAMES, "attention.relative_": "attn.rel_pos_"}
# SAM-Med3D's axes are x, y, z, called d, h, w there; ours are z, y, x. It was trained with flips of them all.
NAMES_3D = {
    **BLOCK_NAMES,
    "attention.relative_depth": "attn.rel_pos_w",
    "attention.relative_h": "attn.rel_pos_h",
    "attention.relative_w": "attn.rel_pos_d",
}


def frozen_shapes(geometry: VitGeometry) -> dict[str, tuple[int, ...]]:
    with torch.device("meta"):
        encoder = VitEncoder(geometry)
    return {n: tuple(p.shape) for n, p in encoder.named_parameters() if not p.requires_grad}


def inflated(state: dict[str, Tensor], geometry: VitGeometry) -> dict[str, Tensor]:
    """The state of what is frozen in a VitEncoder. Raises ValueError for missing or misshapen tensors."""
    return frozen_state(GivenWeights(state, PREFIX), geometry)


def frozen_state(given: GivenWeights, geometry: VitGeometry) -> dict[str, Tensor]:
    result = volume_embedding(given, geometry) if geometry.volumetric else slice_embedding(given, geometry)
    names = NAMES_3D if geometry.volumetric else NAMES_2D
    for name, shape in frozen_shapes(geometry).items():
        if name.startswith("blocks."):
            result[name] = given.taken(renamed(name, names), *shape)
    return result


def slice_embedding(given: GivenWeights, geometry: VitGeometry) -> dict[str, Tensor]:
    width, grid, patch = geometry.width, geometry.image_grid, geometry.image_patch
    kernel, bias = grey_embedding(given.taken(KERNEL, width, 3, patch, patch), given.taken(BIAS, width))
    return {
        "patches.kernel": resampled(kernel, geometry.patch),
        "patches.bias": bias,
        "positions.in_slice": given.taken(POSITIONS, 1, grid, grid, width).movedim(-1, 1).contiguous(),
    }


def volume_embedding(given: GivenWeights, geometry: VitGeometry) -> dict[str, Tensor]:
    width, grid, patch = geometry.width, geometry.image_grid, geometry.image_patch
    kernel = given.taken(KERNEL, width, 1, patch, patch, patch).squeeze(1)  # (C, x, y, z)
    positions = given.taken(POSITIONS, 1, grid, grid, grid, width)  # (1, x, y, z, C)
    return {
        "patches.kernel": resampled(kernel.permute(0, 3, 2, 1), geometry.patch).contiguous(),
        "patches.bias": given.taken(BIAS, width),
        "positions.table": positions.permute(0, 4, 3, 2, 1).contiguous(),
    }


def grey_embedding(kernel: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """For grey images in [-1, 1] instead of normalised RGB ones; (C, 3, p, p), (C,) → (C, p, p), (C,)"""
    mean, deviation = kernel.new_tensor(PIXEL_MEAN), kernel.new_tensor(PIXEL_DEVIATION)
    slopes, offsets = GREY_HALF_RANGE / deviation, (GREY_HALF_RANGE - mean) / deviation
    grey = torch.einsum("cryx,r->cyx", kernel, slopes)
    return grey, bias + torch.einsum("cryx,r->c", kernel, offsets)


def resampled(kernel: Tensor, patch: int) -> Tensor:
    """(C, q, q) → (C, p, p), or with three axes: answers a patch as the old one did the patch enlarged"""
    axes = kernel.dim() - 1
    scale = kernel.shape[-1] / patch
    return scale**axes * F.interpolate(kernel.unsqueeze(1), (patch,) * axes, mode="area").squeeze(1)

"""SAM's 2D checkpoint → the frozen weights of its image encoder in 3D."""

import torch
from torch import Tensor
from torch.nn import functional as F

from .encoder import VitEncoder
from .geometry import VitGeometry

PREFIX = "image_encoder."
KERNEL, BIAS, POSITIONS = "patch_embed.proj.weight", "patch_embed.proj.bias", "pos_embed"
# of the 8-bit RGB images that SAM was trained on
PIXEL_MEAN = (123.675, 116.28, 103.53)
PIXEL_DEVIATION = (58.395, 57.12, 57.375)
GREY_HALF_RANGE = 127.5  # our images are in [-1, 1]
SAM_NAMES = {
    "attention.qkv": "attn.qkv",
    "attention.output": "attn.proj",
    "attention.relative_": "attn.rel_pos_",
    "expand": "mlp.lin1",
    "contract": "mlp.lin2",
}


def sam_name(name: str) -> str:
    """Of a block's tensor"""
    for ours, theirs in SAM_NAMES.items():
        name = name.replace(ours, theirs)
    return name


def frozen_shapes(geometry: VitGeometry) -> dict[str, tuple[int, ...]]:
    with torch.device("meta"):
        encoder = VitEncoder(geometry)
    return {n: tuple(p.shape) for n, p in encoder.named_parameters() if not p.requires_grad}


def inflated(state_2d: dict[str, Tensor], geometry: VitGeometry) -> dict[str, Tensor]:
    """The state of what is frozen in a VitEncoder. Raises ValueError for missing or misshapen tensors."""

    def taken(name: str, *shape: int) -> Tensor:
        value = state_2d.get(PREFIX + name)
        if value is None:
            raise ValueError(f"{PREFIX}{name} is missing")
        if tuple(value.shape) != shape:
            raise ValueError(f"{PREFIX}{name}: {tuple(value.shape)} should be {shape}")
        return value.detach().clone()

    width, grid, patch = geometry.width, geometry.image_grid, geometry.image_patch
    kernel, bias = grey_embedding(taken(KERNEL, width, 3, patch, patch), taken(BIAS, width))
    result = {
        "patches.kernel": resampled(kernel, geometry.patch),
        "patches.bias": bias,
        "positions.in_slice": taken(POSITIONS, 1, grid, grid, width).movedim(-1, 1).contiguous(),
    }
    for name, shape in frozen_shapes(geometry).items():
        if name.startswith("blocks."):
            result[name] = taken(sam_name(name), *shape)
    return result


def grey_embedding(kernel: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """For grey images in [-1, 1] instead of normalised RGB ones; (C, 3, p, p), (C,) → (C, p, p), (C,)"""
    mean, deviation = kernel.new_tensor(PIXEL_MEAN), kernel.new_tensor(PIXEL_DEVIATION)
    slopes, offsets = GREY_HALF_RANGE / deviation, (GREY_HALF_RANGE - mean) / deviation
    grey = torch.einsum("cryx,r->cyx", kernel, slopes)
    return grey, bias + torch.einsum("cryx,r->c", kernel, offsets)


def resampled(kernel: Tensor, patch: int) -> Tensor:
    """(C, q, q) → (C, p, p): answers a patch as the old one answered the patch enlarged"""
    scale = kernel.shape[-1] / patch
    return scale**2 * F.interpolate(kernel.unsqueeze(1), (patch, patch), mode="area").squeeze(1)

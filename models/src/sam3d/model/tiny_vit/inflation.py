"""MobileSAM's checkpoint → the frozen weights of its image encoder here."""

import torch
from torch import Tensor, nn

from ..given_weights import GivenWeights, renamed
from .encoder import TinyVitEncoder
from .geometry import TinyVitGeometry

PREFIX = "image_encoder."
BATCH_NORM_EPSILON = 1e-5  # PyTorch's
NAMES = {
    "patches.to_half": "patch_embed.seq.0",
    "patches.to_quarter": "patch_embed.seq.2",
    "stages.": "layers.",
    "transitions.": "layers.",
    ".merging.widen": ".downsample.conv1",
    ".merging.depthwise": ".downsample.conv2",
    ".merging.mix": ".downsample.conv3",
    ".expand": ".conv1",
    ".depthwise": ".conv2",
    ".contract": ".conv3",
    ".hidden": ".mlp.fc1",
    ".attention.output": ".attn.proj",
    ".attention.offsets": ".attn.attention_biases",
    ".attention.": ".attn.",
    ".output": ".mlp.fc2",
    ".local": ".local_conv",
}


def their_name(ours: str) -> str:
    name = renamed(ours, NAMES)
    return name.replace(".norm", ".mlp.norm") if ".attn." not in name else name


def inflated(state: dict[str, Tensor], geometry: TinyVitGeometry) -> dict[str, Tensor]:
    """The state of what is frozen in a TinyVitEncoder. Raises ValueError for missing or misshapen tensors."""
    return frozen_state(GivenWeights(state, PREFIX), geometry)


def frozen_state(given: GivenWeights, geometry: TinyVitGeometry) -> dict[str, Tensor]:
    with torch.device("meta"):
        encoder = TinyVitEncoder(geometry)
    result: dict[str, Tensor] = {}
    for name, module in encoder.named_modules():
        if isinstance(module, nn.Conv2d):
            weight, bias = folded(given, their_name(name), tuple(module.weight.shape))
            result |= {f"{name}.weight": weight, f"{name}.bias": bias}
    for name, parameter in encoder.named_parameters():
        if name not in result and not parameter.requires_grad:
            result[name] = given.taken(their_name(name), *parameter.shape)
    return result


def folded(given: GivenWeights, name: str, shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Weight and bias of a convolution and the batch norm behind it, as that has been trained"""
    scale, shift, mean, variance = (
        given.taken(f"{name}.bn.{part}", shape[0])
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    scale = scale / torch.sqrt(variance + BATCH_NORM_EPSILON)
    return given.taken(f"{name}.c.weight", *shape) * scale.view(-1, 1, 1, 1), shift - mean * scale

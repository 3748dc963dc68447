"""A run's state on disk; written beside and renamed, so that a kill never leaves half a file."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

LATEST = "latest.pt"


def save_checkpoint(folder: Path, state: dict[str, Any]) -> None:
    temporary = folder / f"{LATEST}.part"
    torch.save(state, temporary)
    temporary.replace(folder / LATEST)


def load_checkpoint(folder: Path) -> dict[str, Any] | None:
    path = folder / LATEST
    return torch.load(path, map_location="cpu", weights_only=True) if path.exists() else None


def size_of(state: dict[str, Any]) -> str:
    """Of SIZES"""
    return state.get("size", "tiny")


def grown_state(state: dict[str, Tensor], wanted: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights for a model that has got further inputs, behind those it had, or further layers: inputs begin
    without influence, layers as `wanted` has them, which is as the identity.

    Raises ValueError where a model differs otherwise.
    """
    grown = dict(wanted)
    for name, value in state.items():
        if name not in wanted:
            raise ValueError(f"{name}: the larger model lacks it")
        target = wanted[name]
        if value.shape != target.shape:
            missing = target.shape[1] - value.shape[1] if value.dim() > 1 else -1
            if missing < 0 or value.shape[:1] + value.shape[2:] != target.shape[:1] + target.shape[2:]:
                raise ValueError(f"{name}: {tuple(value.shape)} cannot become {tuple(target.shape)}")
            value = torch.cat([value, torch.zeros_like(target[:, :missing])], 1)
        grown[name] = value
    return grown


def with_features_apart(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights of version 0.5.0, whose decoder read image features and prompts in one convolution; they do the
    same where the encoder reads the features and the decoder adds the prompts."""
    prompts, features = 14, 32  # maps on the half grid; box maps come last
    result = dict(state)

    def of_prompts(weight: Tensor) -> Tensor:
        return torch.cat([weight[:, :prompts], weight[:, prompts + features :]], 1)

    for old, new in (("skip_half", "to_half"), ("from_half", "half_to_quarter")):
        weight, bias = state[f"mask_decoder.{old}.weight"], state[f"mask_decoder.{old}.bias"]
        result[f"mask_decoder.{old}.weight"] = of_prompts(weight)
        result[f"mask_decoder.{old}.bias"] = torch.zeros_like(bias)
        result[f"image_encoder.{new}.weight"] = weight[:, prompts : prompts + features].clone()
        result[f"image_encoder.{new}.bias"] = bias
    weight, bias = state["mask_decoder.from_quarter.weight"], state["mask_decoder.from_quarter.bias"]
    result["mask_decoder.from_quarter.weight"] = weight[:, :2].clone()
    result["mask_decoder.from_quarter.bias"] = torch.zeros_like(bias)
    result["image_encoder.to_quarter.weight"] = weight[:, 2:].clone()
    result["image_encoder.to_quarter.bias"] = bias
    for kind in ("weight", "bias"):
        result[f"image_encoder.to_eighth.{kind}"] = result.pop(f"mask_decoder.from_eighth.{kind}")
    return result

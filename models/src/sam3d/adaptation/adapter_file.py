"""adapter.safetensors: low-rank changes of the image encoder's weights, by the weights' names; or, of methods
that change more, whatever has learned, by its names in the model."""

from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.numpy import load_file, save_file
from torch import nn

from sam3d.model.lora_adapter import AdaptedLayer

from .task_model import TaskModel

LORA_A = "lora_a"  # (rank, columns)
LORA_B = "lora_b"  # (rows, rank)
SCALE = "scale"


def write_adapter(path: Path, encoder: nn.Module) -> None:
    """A weight, as a matrix of its first dimension's rows, gets scale · B · A added. An encoder without LoRA
    adapters makes an empty file."""
    tensors: dict[str, np.ndarray] = {}
    for name, module in encoder.named_modules():
        if isinstance(module, AdaptedLayer):
            tensors[f"{name}.weight.{LORA_A}"] = module.adapter.down.detach().float().contiguous().numpy()
            tensors[f"{name}.weight.{LORA_B}"] = module.adapter.up.detach().float().contiguous().numpy()
    save_file(tensors, path, {SCALE: "1"})


def write_learned(path: Path, model: TaskModel) -> None:
    tensors = {n: value.detach().float().contiguous().numpy() for n, value in model.learning().items()}
    save_file(tensors, path)


@torch.no_grad()
def load_learned(path: Path, model: TaskModel) -> None:
    """Into a new model of the same base, method and settings; raises ValueError at another's."""
    learning = model.learning()
    given = load_file(path)
    if {name: value.shape for name, value in given.items()} != {n: v.shape for n, v in learning.items()}:
        raise ValueError(f"{path.name} is another model's")
    for name, value in given.items():
        learning[name].copy_(torch.from_numpy(value))


def merged_weights(weights: dict[str, np.ndarray], adapter: Path) -> dict[str, np.ndarray]:
    """weights by name → the same with the adapter in them; raises ValueError where it is another model's."""
    merged = dict(weights)
    with safe_open(adapter, "numpy") as file:
        scale = float((file.metadata() or {}).get(SCALE, "1"))
        for key in file.keys():
            name, _, part = key.rpartition(".")
            if part != LORA_A:
                continue
            if name not in weights:
                raise ValueError(f"{name}: the model has no such weight")
            change = scale * (file.get_tensor(f"{name}.{LORA_B}") @ file.get_tensor(key))
            if change.size != weights[name].size:
                raise ValueError(f"{name}: {change.shape} is no change of {weights[name].shape}")
            merged[name] = weights[name] + change.reshape(weights[name].shape).astype(np.float32)
    return merged

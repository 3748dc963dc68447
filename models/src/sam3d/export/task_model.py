"""Writes a task's encoder and decoder as one graph: for methods that change more than weights."""

from pathlib import Path

import torch
from torch import nn

from .onnx_graphs import OPSET
from .task_decoder import CLASS_LOGITS


def export_task_model(model: nn.Module, cube: int, path: Path) -> None:
    """image (1, 2, n, n, n) → class_logits (1, 1 + classes, n, n, n); prompts are left out"""
    model.eval()
    with torch.no_grad():
        torch.onnx.export(
            model,
            (torch.zeros(1, 2, cube, cube, cube),),
            str(path),
            input_names=["image"],
            output_names=[CLASS_LOGITS],
            opset_version=OPSET,
            dynamo=False,
            do_constant_folding=True,
        )

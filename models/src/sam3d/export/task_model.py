"""Writes a task's encoder and decoder as one graph: for methods that change more than weights.

What the graph has of the base it does not hold: it names the place in the base's file of weights, as the
adaptable encoder's graph does. A task is then as small as what was learned.
"""

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from onnx.external_data_helper import ExternalDataInfo, set_external_data, uses_external_data
from torch import nn

from .adaptable_encoder import read_table
from .manifest import ADAPTABLE_WEIGHTS
from .onnx_graphs import OPSET
from .task_decoder import CLASS_LOGITS

LEAST_SHARED_BYTES = 1024  # what is smaller is not worth looking up


def export_task_model(model: nn.Module, cube: int, path: Path, base: Path) -> None:
    """image (1, 2, n, n, n) → class_logits (1, 1 + classes, n, n, n); prompts are left out. base: the folder
    of the base's weights, which whoever runs the graph needs beside it"""
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
            do_constant_folding=False,  # weights stay what the base's file has
        )
    graph = onnx.load(path)
    name_base_weights(graph, base)
    path.write_bytes(graph.SerializeToString())


def name_base_weights(graph: onnx.ModelProto, base: Path) -> None:
    """In place: weights that are the base's, bit by bit, become places in its file."""
    weights = (base / ADAPTABLE_WEIGHTS).read_bytes()
    places = {weights[line.offset : line.offset + line.length]: line.offset for line in read_table(base)}
    for tensor in graph.graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT:
            continue
        data = numpy_helper.to_array(tensor).astype("<f4").tobytes()
        if len(data) < LEAST_SHARED_BYTES or data not in places:
            continue
        tensor.raw_data = data
        set_external_data(tensor, ADAPTABLE_WEIGHTS, places[data], len(data))
        tensor.ClearField("raw_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL


def read_task_model(path: Path, base: Path) -> onnx.ModelProto:
    """The graph with the base's weights in it; raises ValueError where it names another file."""
    weights = (base / ADAPTABLE_WEIGHTS).read_bytes()
    graph = onnx.load(path, load_external_data=False)
    for tensor in graph.graph.initializer:
        if not uses_external_data(tensor):
            continue
        place = ExternalDataInfo(tensor)
        if place.location != ADAPTABLE_WEIGHTS:
            raise ValueError(f"{path.name} names {place.location}: only the base's weights lie beside it")
        tensor.raw_data = weights[place.offset : place.offset + place.length]
        tensor.ClearField("external_data")
        tensor.data_location = onnx.TensorProto.DEFAULT
    return graph

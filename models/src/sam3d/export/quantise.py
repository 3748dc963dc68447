"""The large convolutions in 8-bit integers: quicker on CPUs (encoder by a third, decoder by a quarter).

Weights have 7 bits, a scale a channel: with 8, the instructions of CPUs without VNNI saturate, and masks
would depend on the machine. Activations have 8, their range is that of the inputs recorded in `calibration`.
All else (normalisation, prompts, 1³ convolutions, logits) stays in float32.
"""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from sam3d.evaluation.engine import Tensors

from .onnx_graphs import GRAPH_FILES

QUANTISED = ("imageEncoder", "maskDecoder", "maskRefiner")
PROMPT_CHANNELS_LAYER = "/from_half/Conv"  # prompts are exact maps, and stay so


class RecordedInputs(CalibrationDataReader):
    def __init__(self, inputs: Sequence[Tensors]) -> None:
        self.rest = iter(inputs)

    def get_next(self) -> dict[str, np.ndarray] | None:
        return next(self.rest, None)


def large_convolutions(graph: onnx.GraphProto) -> list[str]:
    """Names of those that look at more than one voxel"""
    shapes = {weight.name: weight.dims for weight in graph.initializer}
    return [
        node.name
        for node in graph.node
        if node.op_type == "Conv"
        and max(shapes[node.input[1]][2:]) > 1
        and node.name != PROMPT_CHANNELS_LAYER
    ]


def quantise_graphs(source: Path, target: Path, inputs: dict[str, Sequence[Tensors]]) -> None:
    """Folders of graphs; inputs of each graph that is to be written, by name"""
    for key, recorded in inputs.items():
        name = GRAPH_FILES[key]
        if key not in QUANTISED:
            shutil.copy(source / name, target)
            continue
        with tempfile.TemporaryDirectory() as folder:
            prepared = Path(folder) / name
            # Symbolic shapes are not understood where the number of points is open.
            quant_pre_process(str(source / name), str(prepared), skip_symbolic_shape=True)
            quantize_static(
                str(prepared),
                str(target / name),
                RecordedInputs(recorded),
                quant_format=QuantFormat.QDQ,
                nodes_to_quantize=large_convolutions(onnx.load(prepared).graph),
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                per_channel=True,
                reduce_range=True,
            )

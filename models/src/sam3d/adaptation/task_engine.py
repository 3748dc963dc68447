"""Runs a task package as the server does: the base's graph with the adapter merged in, then the decoder; or
the package's own graph beside the base's weights."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

from sam3d.data.region import Region
from sam3d.data.region_image import Volume, region_image
from sam3d.data.sliding_window import Plan, segment, softmax
from sam3d.export.adaptable_encoder import read_weights
from sam3d.export.manifest import ADAPTABLE_GRAPH
from sam3d.export.task_decoder import CLASS_LOGITS
from sam3d.export.task_model import read_task_model

from .adapter_file import merged_weights
from .package import ADAPTER, DECODER, MODEL


class TaskEngine:
    def __init__(self, base: Path, task: Path, threads: int = 1) -> None:
        """Folders of the base model and of the package"""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        self.graphs = [
            onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
            for graph in graphs_of(base, task)
        ]

    def logits(self, image: np.ndarray) -> np.ndarray:
        """(2, n, n, n) → (1 + classes, n, n, n)"""
        values = {"image": image[None]}
        for graph in self.graphs:
            names = [node.name for node in graph.get_outputs()]
            wanted = {node.name: values[node.name] for node in graph.get_inputs()}
            values |= dict(zip(names, graph.run(names, wanted), strict=True))
        return values[CLASS_LOGITS][0]

    def segment(self, volume: Volume, plan: Plan) -> np.ndarray:
        """→ (K, J, I) uint8"""

        def predict(region: Region) -> np.ndarray:
            return softmax(self.logits(region_image(volume, region)))

        return segment(volume, plan, predict)


def graphs_of(base: Path, task: Path) -> list[bytes]:
    """In the order they run"""
    if (task / MODEL).exists():
        return [read_task_model(task / MODEL, base).SerializeToString()]
    encoder = onnx.load(base / ADAPTABLE_GRAPH, load_external_data=False)
    weights = merged_weights(read_weights(base), task / ADAPTER)
    for tensor in encoder.graph.initializer:
        if tensor.name in weights:
            tensor.CopyFrom(numpy_helper.from_array(weights[tensor.name], tensor.name))
    return [encoder.SerializeToString(), (task / DECODER).read_bytes()]

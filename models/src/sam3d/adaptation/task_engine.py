"""Runs a task package as the server does: the base's graph with the adapter merged in, then the decoder."""

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

from .adapter_file import merged_weights
from .package import ADAPTER, DECODER


class TaskEngine:
    def __init__(self, base: Path, task: Path, threads: int = 1) -> None:
        """Folders of the base model and of the package"""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        encoder = onnx.load(base / ADAPTABLE_GRAPH, load_external_data=False)
        weights = merged_weights(read_weights(base), task / ADAPTER)
        for tensor in encoder.graph.initializer:
            if tensor.name in weights:
                tensor.CopyFrom(numpy_helper.from_array(weights[tensor.name], tensor.name))
        self.encoder, self.decoder = (
            onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
            for graph in (encoder.SerializeToString(), (task / DECODER).read_bytes())
        )

    def logits(self, image: np.ndarray) -> np.ndarray:
        """(2, n, n, n) → (1 + classes, n, n, n)"""
        names = [node.name for node in self.encoder.get_outputs()]
        features = dict(zip(names, self.encoder.run(names, {"image": image[None]}), strict=True))
        wanted = {node.name: features[node.name] for node in self.decoder.get_inputs()}
        return self.decoder.run([CLASS_LOGITS], wanted)[0][0]

    def segment(self, volume: Volume, plan: Plan) -> np.ndarray:
        """→ (K, J, I) uint8"""

        def predict(region: Region) -> np.ndarray:
            return softmax(self.logits(region_image(volume, region)))

        return segment(volume, plan, predict)

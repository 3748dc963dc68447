"""Runs a model as the server does: tensors are handed on by name."""

from pathlib import Path

import numpy as np
import onnxruntime

from sam3d.data.boxes import Box
from sam3d.export.onnx_graphs import GRAPH_FILES
from sam3d.model.border_walk import BorderWalk, walked_logits
from sam3d.model.box_prompts import PADDING
from sam3d.model.refinement import Refinement, as_clicked, refined_logits

Tensors = dict[str, np.ndarray]

REFINEMENT = Refinement()
BORDER_WALK = BorderWalk()


class Engine:
    """Runs a model's graphs. refinement: None to leave borders where the mask decoder puts them; border_walk:
    None to show what the next answer starts from"""

    has_refiner: bool

    def __init__(
        self, refinement: Refinement | None = REFINEMENT, border_walk: BorderWalk | None = BORDER_WALK
    ) -> None:
        self.refinement, self.border_walk = refinement, border_walk

    def run(self, graph: str, tensors: Tensors) -> Tensors:
        """graph: a key of GRAPH_FILES; tensors: its inputs by name, and others → its outputs"""
        raise NotImplementedError

    def encode(self, image: np.ndarray) -> Tensors:
        """(2, n, n, n) → embeddings, and the image itself"""
        tensors = {"image": image[None]}
        return tensors | self.run("imageEncoder", tensors)

    def decode(
        self,
        embeddings: Tensors,
        coords: np.ndarray,
        labels: np.ndarray,
        previous: np.ndarray | None,
        box: Box | None = None,
    ) -> tuple[np.ndarray, float]:
        """coords (N, 3) voxel (i, j, k), labels (N,), previous (n, n, n)
        → the best hypothesis' logits (n, n, n), and the IoU expected of it"""
        if box is None:
            box = Box(np.zeros(6, np.float32), PADDING)
        n = 2 * embeddings["image_half"].shape[-1]
        mask = np.zeros((n, n, n), np.float32) if previous is None else previous
        tensors = {
            **embeddings,
            **point_tensors(coords, labels),
            "box_coords": box.coords[None, None].astype(np.float32),
            "box_labels": np.array([[box.label]], np.float32),
            "mask_input": mask[None, None],
            "has_mask_input": np.array([previous is not None], np.float32),
        }
        tensors |= self.run("promptEncoder", tensors)
        output = self.run("maskDecoder", tensors)
        logits, iou_predictions = output["logits"][0], output["iou_predictions"][0]
        best = int(iou_predictions.argmax())
        return logits[best], float(iou_predictions[best])

    def refined(
        self, embeddings: Tensors, logits: np.ndarray, coords: np.ndarray, labels: np.ndarray
    ) -> np.ndarray:
        """An answer's logits (n, n, n) with its border moved; coords and labels as for decode"""
        if self.refinement is None:
            return logits
        walked = refined_logits(self.refinement, logits, embeddings["image"][0], coords, labels)
        if not self.has_refiner:
            return walked
        tensors = {
            **embeddings,
            **point_tensors(coords, labels),
            "mask_logits": logits[None, None],
            "walked_logits": walked[None, None],
        }
        return as_clicked(self.run("maskRefiner", tensors)["refined_logits"][0, 0], coords, labels)

    def shown(
        self, embeddings: Tensors, logits: np.ndarray, coords: np.ndarray, labels: np.ndarray, modality: str
    ) -> np.ndarray:
        """What readers are shown of a refined answer (n, n, n); coords and labels as for decode"""
        if self.border_walk is None or modality not in self.border_walk.modalities:
            return logits
        return walked_logits(self.border_walk, logits, embeddings["image"][0], coords, labels)


def point_tensors(coords: np.ndarray, labels: np.ndarray) -> Tensors:
    """Graphs have at least one point, so that without any there is one that is none."""
    if len(labels) == 0:
        coords, labels = np.zeros((1, 3)), np.array([PADDING])
    return {
        "point_coords": coords[None].astype(np.float32),
        "point_labels": labels[None].astype(np.float32),
    }


class OnnxEngine(Engine):
    """The exported graphs in a folder"""

    def __init__(
        self,
        folder: Path,
        threads: int = 1,
        refinement: Refinement | None = REFINEMENT,
        border_walk: BorderWalk | None = BORDER_WALK,
    ) -> None:
        super().__init__(refinement, border_walk)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        self.sessions = {
            key: onnxruntime.InferenceSession(str(folder / name), options, providers=["CPUExecutionProvider"])
            for key, name in GRAPH_FILES.items()
            if (folder / name).exists()
        }
        self.has_refiner = "maskRefiner" in self.sessions

    def run(self, graph: str, tensors: Tensors) -> Tensors:
        session = self.sessions[graph]
        feed = {node.name: tensors[node.name] for node in session.get_inputs()}
        names = [node.name for node in session.get_outputs()]
        return dict(zip(names, session.run(names, feed), strict=True))

"""Integer graphs answer as the float32 ones they are made of."""

import json
from pathlib import Path

import numpy as np
import onnx
import torch

from conftest import ZOO
from sam3d.data.region import CUBE
from sam3d.evaluation.engine import OnnxEngine
from sam3d.export.calibration import RecordingEngine
from sam3d.export.export import WEIGHTS
from sam3d.export.onnx_graphs import GRAPH_FILES, export_graphs
from sam3d.export.quantise import QUANTISED, quantise_graphs
from sam3d.model.sam3d import Sam3d
from sam3d.training.checkpoint import grown_state

SIDE = 32
CLOSE = 0.99  # of the correlation of logits
SAME_VOXELS = 0.995


def soft_ball(side: int, seed: int) -> np.ndarray:
    """(2, side, side, side): a noisy ball"""
    axis = np.arange(side) - (side - 1) / 2
    distance = np.sqrt(axis[:, None, None] ** 2 + axis[None, :, None] ** 2 + axis[None, None, :] ** 2)
    noise = np.random.default_rng(seed).normal(0, 0.1, distance.shape)
    image = np.clip(np.tanh((side / 4.4 - distance) / 2) * 0.5 + noise, -1, 1).astype(np.float32)
    return np.stack([image, image])


def answer(engine: OnnxEngine, side: int, seed: int) -> np.ndarray:
    coords = np.array([[side / 2, side / 2, side / 2], [2, 2, 2]], np.float32)
    labels = np.array([1, 0])
    embeddings = engine.encode(soft_ball(side, seed))
    return engine.refined(embeddings, engine.decode(embeddings, coords, labels, None)[0], coords, labels)


def test_large_convolutions_become_integers_and_answers_stay(tmp_path: Path) -> None:
    torch.manual_seed(4)
    (tmp_path / "float").mkdir()
    (tmp_path / "integer").mkdir()
    export_graphs(Sam3d().eval(), SIDE, tmp_path / "float")
    recording = RecordingEngine(tmp_path / "float")
    for seed in range(4):
        answer(recording, SIDE, seed)
    quantise_graphs(tmp_path / "float", tmp_path / "integer", recording.inputs)
    exact, rounded = OnnxEngine(tmp_path / "float"), OnnxEngine(tmp_path / "integer")
    one, other = answer(exact, SIDE, 9), answer(rounded, SIDE, 9)
    assert np.abs(one - other).max() > 0
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > CLOSE
    sizes = {
        key: [(tmp_path / kind / GRAPH_FILES[key]).stat().st_size for kind in ("float", "integer")]
        for key in QUANTISED
    }
    assert all(integer < 0.5 * whole for whole, integer in sizes.values())


def test_shipped_graphs_are_the_shipped_weights_in_integers(tmp_path: Path) -> None:
    state = torch.load(ZOO / WEIGHTS, map_location="cpu", weights_only=True)
    assert state["step"] > 0
    model = Sam3d()
    model.load_state_dict(grown_state(state["average"], model.state_dict()))
    export_graphs(model, CUBE, tmp_path)
    exact, rounded = answer(OnnxEngine(tmp_path), CUBE, 5), answer(OnnxEngine(ZOO), CUBE, 5)
    assert np.mean((exact > 0) == (rounded > 0)) > SAME_VOXELS
    assert json.loads((ZOO / "provenance.json").read_text(encoding="utf-8"))["calibration"]


def test_weights_have_seven_bits() -> None:
    """With eight, processors without VNNI saturate and answer differently."""
    shipped = json.loads((ZOO / "manifest.json").read_text(encoding="utf-8"))["graphs"]
    for key in shipped.keys() & set(QUANTISED):
        graph = onnx.load(ZOO / GRAPH_FILES[key]).graph
        integers = [
            onnx.numpy_helper.to_array(weight)
            for weight in graph.initializer
            if weight.data_type == onnx.TensorProto.INT8 and len(weight.dims) == 5
        ]
        assert integers
        assert max(int(np.abs(weight.astype(int)).max()) for weight in integers) <= 64

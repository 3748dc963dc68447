"""Graphs in 16-bit floats answer as the float32 ones they are made of."""

from pathlib import Path

import numpy as np
import torch

from sam3d.evaluation.engine import OnnxEngine
from sam3d.export.half_precision import halve_graphs
from sam3d.export.onnx_graphs import GRAPH_FILES, export_graphs
from sam3d.export.quantise import QUANTISED
from sam3d.model.sam3d import Sam3d

SIDE = 32
LOGIT_TOLERANCE = 0.05  # of logits up to about 10; 16-bit floats have three digits


def test_halved_graphs_answer_alike_and_are_half_as_large(tmp_path: Path) -> None:
    torch.manual_seed(4)
    for kind in ("whole", "half"):
        (tmp_path / kind).mkdir()
    export_graphs(Sam3d().eval(), SIDE, tmp_path / "whole")
    halve_graphs(tmp_path / "whole", tmp_path / "half")
    image = np.random.default_rng(0).uniform(-1, 1, (2, SIDE, SIDE, SIDE)).astype(np.float32)
    coords, labels = np.array([[SIDE / 2, SIDE / 2, SIDE / 2], [2, 2, 2]], np.float32), np.array([1, 0])
    one, other = (
        engine.decode(engine.encode(image), coords, labels, None)
        for engine in (OnnxEngine(tmp_path / kind, refinement=None) for kind in ("whole", "half"))
    )
    np.testing.assert_allclose(other[0], one[0], atol=LOGIT_TOLERANCE)
    assert np.abs(other[0] - one[0]).max() > 0
    for key in QUANTISED:
        whole, half = ((tmp_path / kind / GRAPH_FILES[key]).stat().st_size for kind in ("whole", "half"))
        assert half < 0.6 * whole  # what a graph is made of has no precision

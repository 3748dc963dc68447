"""PyTorch answers as graphs exported in float32 do."""

from pathlib import Path

import numpy as np
import pytest
import torch

from conftest import ZOO
from sam3d.data.boxes import Box
from sam3d.evaluation.engine import OnnxEngine
from sam3d.evaluation.torch_engine import TorchEngine, model_of
from sam3d.export.export import WEIGHTS
from sam3d.export.onnx_graphs import export_graphs
from sam3d.model.box_prompts import SOLID_BOX
from sam3d.model.sam3d import Sam3d

CUBE = 32  # the graphs are fixed to the cube they are exported with; a small one is quick
LOGIT_TOLERANCE = 1e-3  # float32 sums in another order
SOLID = Box(np.array([4.5, 6, 3, 20, 27.5, 18], np.float32), SOLID_BOX)
SLICE = Box(np.array([4.5, 6, 9.5, 20, 27.5, 11.5], np.float32), 3.0)
COORDS = np.array([[12.0, 14, 10], [20, 21, 15], [8, 9, 12]])
LABELS = np.array([1.0, 0, 1])


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> tuple[OnnxEngine, TorchEngine]:
    torch.manual_seed(3)
    model = Sam3d().eval()
    torch.nn.init.normal_(model.mask_refiner.to_logits.weight, std=0.1)  # else it would leave masks alone
    folder: Path = tmp_path_factory.mktemp("graphs")
    export_graphs(model, CUBE, folder)
    return OnnxEngine(folder), TorchEngine(model)


@pytest.mark.parametrize("count", [0, 1, 3])
@pytest.mark.parametrize("with_mask", [False, True])
@pytest.mark.parametrize("box", [None, SOLID, SLICE], ids=["no box", "solid box", "slice box"])
def test_both_engines_agree(
    engines: tuple[OnnxEngine, TorchEngine], count: int, with_mask: bool, box: Box | None
) -> None:
    image = np.random.default_rng(0).uniform(-1, 1, (2, CUBE, CUBE, CUBE)).astype(np.float32)
    previous = np.random.default_rng(9).normal(0, 3, (CUBE,) * 3).astype(np.float32) if with_mask else None
    coords, labels = COORDS[:count], LABELS[:count]
    answers = []
    for engine in engines:
        embeddings = engine.encode(image)
        logits, expected_iou = engine.decode(embeddings, coords, labels, previous, box)
        answers.append((embeddings, logits, expected_iou, engine.refined(embeddings, logits, coords, labels)))
    (onnx_embeddings, onnx_logits, onnx_iou, onnx_refined), (embeddings, logits, iou, refined) = answers
    assert set(embeddings) == set(onnx_embeddings)
    np.testing.assert_allclose(logits, onnx_logits, atol=LOGIT_TOLERANCE)
    assert iou == pytest.approx(onnx_iou, abs=1e-4)
    np.testing.assert_allclose(refined, onnx_refined, atol=10 * LOGIT_TOLERANCE)


def test_the_shipped_weights_can_be_run() -> None:
    state = torch.load(ZOO / WEIGHTS, map_location="cpu", weights_only=True)["average"]
    loaded = model_of(ZOO / WEIGHTS).state_dict()
    assert all(torch.equal(loaded[name], state[name]) for name in state)

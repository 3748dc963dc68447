"""The exported graphs compute what PyTorch does, for any number of points."""

from pathlib import Path

import numpy as np
import pytest
import torch

from sam3d.data.boxes import Box
from sam3d.evaluation.engine import OnnxEngine
from sam3d.export.onnx_graphs import export_graphs
from sam3d.model.box_prompts import PADDING, SOLID_BOX
from sam3d.model.sam3d import Sam3d

CUBE = 32  # the graphs are fixed to the cube they are exported with; a small one is quick
LOGIT_TOLERANCE = 1e-3  # float32 sums in another order
SOLID = Box(np.array([4.5, 6, 3, 20, 27.5, 18], np.float32), SOLID_BOX)
SLICE = Box(np.array([4.5, 6, 9.5, 20, 27.5, 11.5], np.float32), 3.0)


@pytest.fixture(scope="module")
def model() -> Sam3d:
    torch.manual_seed(3)
    return Sam3d().eval()


@pytest.fixture(scope="module")
def engine(model: Sam3d, tmp_path_factory: pytest.TempPathFactory) -> OnnxEngine:
    folder: Path = tmp_path_factory.mktemp("graphs")
    export_graphs(model, CUBE, folder)
    return OnnxEngine(folder, refinement=None)


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (2, CUBE, CUBE, CUBE)).astype(np.float32)


def points(count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(count)
    labels = (np.arange(count) % 3 != 1).astype(np.float32)  # the first one includes
    return rng.uniform(0, CUBE - 1, (count, 3)).astype(np.float32), labels


def box_tensors(box: Box | None) -> tuple[torch.Tensor, torch.Tensor]:
    if box is None:
        return torch.zeros(1, 1, 6), torch.full((1, 1), PADDING)
    return torch.from_numpy(box.coords)[None, None], torch.tensor([[box.label]])


@pytest.mark.parametrize("count", [0, 1, 3, 10])
@pytest.mark.parametrize("with_mask", [False, True])
@pytest.mark.parametrize("box", [None, SOLID, SLICE], ids=["no box", "solid box", "slice box"])
def test_onnx_equals_pytorch(
    model: Sam3d, engine: OnnxEngine, image: np.ndarray, count: int, with_mask: bool, box: Box | None
) -> None:
    coords, labels = points(count)
    previous = np.random.default_rng(9).normal(0, 3, (CUBE,) * 3).astype(np.float32)
    best, expected_iou = engine.decode(
        engine.encode(image), coords, labels, previous if with_mask else None, box
    )
    with torch.no_grad():
        embeddings = model.encode(torch.from_numpy(image)[None])
        prompts = model.encode_prompts(
            embeddings,
            torch.from_numpy(coords)[None] if count else torch.zeros(1, 1, 3),
            torch.from_numpy(labels)[None] if count else torch.full((1, 1), PADDING),
            *box_tensors(box),
            torch.from_numpy(previous)[None, None],
            torch.tensor([float(with_mask)]),
        )
        expected = model.decode(embeddings, prompts)
    chosen = int(expected.iou_predictions.argmax())
    np.testing.assert_allclose(best, expected.logits[0, chosen].numpy(), atol=LOGIT_TOLERANCE)
    assert expected_iou == pytest.approx(float(expected.iou_predictions[0, chosen]), abs=1e-4)


def raw_logits(engine: OnnxEngine, image: np.ndarray, mask: np.ndarray, has_mask: float) -> np.ndarray:
    coords, labels = points(3)
    tensors = {
        **engine.encode(image),
        "point_coords": coords[None],
        "point_labels": labels[None],
        "box_coords": np.zeros((1, 1, 6), np.float32),
        "box_labels": np.full((1, 1), PADDING, np.float32),
        "mask_input": mask[None, None],
        "has_mask_input": np.array([has_mask], np.float32),
    }
    tensors |= engine.run("promptEncoder", tensors)
    return engine.run("maskDecoder", tensors)["logits"]


def test_mask_input_is_ignored_exactly_without_has_mask_input(engine: OnnxEngine, image: np.ndarray) -> None:
    zeros = np.zeros((CUBE,) * 3, np.float32)
    noise = np.random.default_rng(1).normal(0, 50, zeros.shape).astype(np.float32)
    np.testing.assert_array_equal(raw_logits(engine, image, zeros, 0), raw_logits(engine, image, noise, 0))


def test_mask_input_counts_with_has_mask_input(engine: OnnxEngine, image: np.ndarray) -> None:
    zeros = np.zeros((CUBE,) * 3, np.float32)
    full = np.full(zeros.shape, 5, np.float32)
    assert np.abs(raw_logits(engine, image, zeros, 1) - raw_logits(engine, image, full, 1)).max() > 1e-3

"""Packages with a graph of their own: they run beside the base's weights, which they do not hold again."""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import pytest
import torch
from onnx.external_data_helper import set_external_data, uses_external_data

from adapted_bases import image, learned_task, task_model, write_base
from sam3d.adaptation.finetuned.config import FinetunedConfig
from sam3d.adaptation.ma_sam.config import MaSamConfig
from sam3d.adaptation.package import package_files, write_package
from sam3d.adaptation.sam_adapter_3d.config import SamAdapter3dConfig
from sam3d.adaptation.settings import TaskSettings
from sam3d.adaptation.task_engine import TaskEngine
from sam3d.adaptation.task_model import TaskModel
from sam3d.evaluation.matrix_table import CHANGES, PARTS
from sam3d.export.task_model import LEAST_SHARED_BYTES

LARGEST_ADAPTER, LARGEST_WEIGHTS = (
    20 * 2**20,
    32 * 2**20,
)  # what is added to the base; all weights of the base
LOGIT_TOLERANCE = 2e-3


class Way(NamedTuple):
    method: str
    settings: TaskSettings

    def __str__(self) -> str:
        return "-".join([self.method, *(str(getattr(self.settings, n, "")) for n in ("parts", "change"))])


WAYS = [
    Way("ma_sam", MaSamConfig(adapter_channels=4, fact_rank=2)),
    Way("sam_adapter_3d", SamAdapter3dConfig(adapter_channels=4, decoder_channels=8, global_queries=2)),
    *(
        Way("finetuned", FinetunedConfig(parts=parts, change=change, adapter_channels=4, lora_rank=2))
        for parts in PARTS
        for change in CHANGES
    ),
]


class Packaged(NamedTuple):
    way: Way
    model: TaskModel
    base: Path
    task: Path


@pytest.fixture(scope="module", params=["tiny", "vit"])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp(request.param)
    write_base(request.param, folder)
    return request.param, folder


@pytest.fixture(params=WAYS, ids=str)
def packaged(request: pytest.FixtureRequest, base: tuple[str, Path], tmp_path: Path) -> Packaged:
    size, folder = base
    model = task_model(request.param.method, size, request.param.settings, disturbed=True)
    write_package(tmp_path, learned_task(*request.param, model, folder))
    return Packaged(request.param, model, folder, tmp_path)


def test_the_package_runs_beside_its_base_as_the_model_does(packaged: Packaged) -> None:
    assert {path.name for path in packaged.task.iterdir()} == set(package_files(packaged.way.method))
    description = json.loads((packaged.task / "task.json").read_text(encoding="utf-8"))
    assert description["files"].keys() == {"learnedWeights", "taskModel"}
    with torch.no_grad():
        expected = packaged.model(image())[0].numpy()
    assert np.abs(expected).max() > 1
    found = TaskEngine(packaged.base, packaged.task).logits(image()[0].numpy())
    np.testing.assert_allclose(found, expected, atol=LOGIT_TOLERANCE)


def test_its_files_are_as_small_as_what_was_learned(packaged: Packaged) -> None:
    """Of the encoder nothing is in the graph that the base has"""
    learning = packaged.model.learning()
    adapter = packaged.task / "adapter.safetensors"
    adds = getattr(packaged.way.settings, "change", "adapter") != "vanilla"
    assert adapter.stat().st_size <= (LARGEST_ADAPTER if adds else LARGEST_WEIGHTS)
    graph = onnx.load(packaged.task / "task_model.onnx", load_external_data=False)
    held = {tensor.raw_data for tensor in graph.graph.initializer if not uses_external_data(tensor)}
    frozen = [
        value.detach().numpy().tobytes()
        for name, value in packaged.model.image_encoder.named_parameters()
        if f"image_encoder.{name}" not in learning and value.numel() * 4 >= LEAST_SHARED_BYTES
    ]
    assert not held.intersection(frozen)
    shared = sum(uses_external_data(tensor) for tensor in graph.graph.initializer)
    assert bool(shared) == bool(frozen)


def test_a_graph_that_names_another_file_is_refused(base: tuple[str, Path], tmp_path: Path) -> None:
    size, folder = base
    way = WAYS[0]
    model = task_model(*way[:1], size, way.settings, disturbed=True)
    write_package(tmp_path, learned_task(*way, model, folder))
    path = tmp_path / "task_model.onnx"
    graph = onnx.load(path, load_external_data=False)
    tensor = next(one for one in graph.graph.initializer if one.raw_data and not uses_external_data(one))
    set_external_data(tensor, "../secret.bin", 0, len(tensor.raw_data))
    tensor.data_location = onnx.TensorProto.EXTERNAL
    path.write_bytes(graph.SerializeToString())
    with pytest.raises(ValueError, match="secret"):
        TaskEngine(folder, tmp_path)

"""Weights come back out of the exported graphs as they went in."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from conftest import ZOO
from sam3d.data.region import CUBE
from sam3d.export.export import export
from sam3d.export.onnx_graphs import export_graphs
from sam3d.export.restore import restore, restored
from sam3d.model.sam3d import Sam3d
from sam3d.training.checkpoint import load_checkpoint


def test_restored_equals_exported(tmp_path: Path) -> None:
    torch.manual_seed(5)
    model = Sam3d()
    with torch.no_grad():  # no two weights alike, so that none can stand in for another
        for parameter in model.parameters():
            parameter.uniform_(-1, 1)
    export_graphs(model, CUBE, tmp_path)
    state, anew = restored(tmp_path)
    assert anew == []
    for name, value in model.state_dict().items():
        assert torch.equal(value, state[name]), name


def test_checkpoint_of_the_zoo_can_be_trained_on(tmp_path: Path) -> None:
    anew = restore(ZOO, tmp_path)
    assert anew == []
    checkpoint = load_checkpoint(tmp_path)
    assert checkpoint is not None
    assert checkpoint["step"] > 0
    Sam3d().load_state_dict(checkpoint["average"])
    assert json.loads((tmp_path / "provenance.json").read_text())["data"]


def test_zoo_survives_restoring_and_exporting(tmp_path: Path) -> None:
    anew = restore(ZOO, tmp_path / "run")
    export(tmp_path / "run" / "latest.pt", tmp_path / "again")
    one, other = restored(ZOO)[0], restored(tmp_path / "again")[0]
    assert all(torch.equal(one[name], other[name]) for name in one if name not in anew)


def test_graphs_of_another_architecture_are_refused(tmp_path: Path) -> None:
    for name in ("image_encoder.onnx", "prompt_encoder.onnx"):
        shutil.copy(ZOO / name, tmp_path)
    shutil.copy(ZOO / "prompt_encoder.onnx", tmp_path / "mask_decoder.onnx")
    with pytest.raises(ValueError, match="weight tensors, this architecture"):
        restored(tmp_path)

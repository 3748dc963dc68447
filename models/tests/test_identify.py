"""A published checkpoint is recognised by names and shapes; a hostile file is refused and runs nothing."""

import argparse
import os
import pickle
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

import mobile_sam
import published_shapes
from conftest import MODELS
from sam3d import identify
from sam3d.checkpoints.identification import Identification, identified, shapes_of
from sam3d.checkpoints.read import UnreadableCheckpoint, read_checkpoint
from sam3d.checkpoints.report import report_of
from sam3d.checkpoints.shapes import parameters
from sam3d.data.sampler import Sampler
from sam3d.model.vit.geometry import SAM_MED3D, VIT_B, VIT_H, VIT_L
from sam3d.training import inflate
from sam3d.training.config import read_config
from sam3d.training.train import Trainer

# Shapes of the whole model, its parameters as published; SAM-Med3D's paper says 100.51 M.
PUBLISHED = {
    "vit_b": (published_shapes.of_sam(VIT_B), 93_735_472),
    "vit_l": (published_shapes.of_sam(VIT_L), 312_342_832),
    "vit_h": (published_shapes.of_sam(VIT_H), 641_090_608),
    "mobile_sam": (published_shapes.of_mobile_sam(), 10_130_092),
    "sam_med3d": (published_shapes.of_sam_med3d(SAM_MED3D), 100_510_000),
}
PROMPT_ENCODER, MASK_DECODER = 6_220, 4_058_340  # of SAM


def empty(shapes: dict[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """Zeros that take no room, in memory and in a file"""
    return {name: torch.zeros(()).expand(shape) for name, shape in shapes.items()}


def found_in(state: dict[str, Any]) -> Identification:
    found = identified(shapes_of(state))
    assert found is not None
    return found


@pytest.mark.parametrize("size", PUBLISHED)
def test_published_models_are_recognised_whole(size: str) -> None:
    shapes, published = PUBLISHED[size]
    found = found_in(empty(shapes))
    assert found.family.size == size
    assert found.loadable
    assert all(part.complete for part in found.parts)
    assert not found.unexpected
    total = sum(parameters(part.found) for part in found.parts)
    assert total == pytest.approx(published, abs=5_000 if size == "sam_med3d" else 0)
    if size != "sam_med3d":
        assert [parameters(part.found) for part in found.parts[2:]] == [PROMPT_ENCODER, MASK_DECODER]


@pytest.mark.parametrize("prefix", ["", "module."])
def test_medsam_is_sam_vit_b(prefix: str, tmp_path: Path) -> None:
    """As it is released, and as its training script keeps it"""
    shapes, _ = PUBLISHED["vit_b"]
    state = {f"{prefix}{name}": value for name, value in empty(shapes).items()}
    torch.save({"model": state, "epoch": 3} if prefix else state, tmp_path / "medsam_vit_b.pth")
    found = found_in(read_checkpoint(tmp_path / "medsam_vit_b.pth"))
    assert found.family.size == "vit_b"
    assert "MedSAM" in found.family.source
    assert found.loadable


def test_a_checkpoint_with_settings_and_numbers_beside_the_weights_is_read(tmp_path: Path) -> None:
    """SAM-Med3D's training script keeps these."""
    content = {
        "epoch": 5,
        "model_state_dict": empty(PUBLISHED["sam_med3d"][0]),
        "optimizer_state_dict": {"state": {}, "param_groups": [{"lr": 8e-4}]},
        "losses": [0.5],
        "best_loss": np.inf,
        "best_dice": np.float64(0.8),
        "args": argparse.Namespace(img_size=128, gpu_ids=[0, 1]),
    }
    torch.save(content, tmp_path / "sam_med3d_turbo.pth")
    assert found_in(read_checkpoint(tmp_path / "sam_med3d_turbo.pth")).loadable


def test_an_image_encoder_alone_is_recognised(tmp_path: Path) -> None:
    state = {
        name.removeprefix("image_encoder."): value
        for name, value in empty(PUBLISHED["vit_b"][0]).items()
        if name.startswith("image_encoder.")
    }
    torch.save(state, tmp_path / "encoder.pt")
    found = found_in(read_checkpoint(tmp_path / "encoder.pt"))
    assert found.family.size == "vit_b"
    assert found.loadable
    assert [part.complete for part in found.parts] == [True, True, False, False]


@pytest.fixture(scope="module")
def mobile_sam_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("published") / "mobile sam.safetensors"
    save_file(mobile_sam.random_state(), path)
    return path


class Command:
    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple:
        return os.system, (self.command,)


@pytest.mark.parametrize("packed", ["zip", "pickle", "legacy"])
def test_a_hostile_pickle_is_refused_and_runs_nothing(packed: str, tmp_path: Path) -> None:
    path, trace = tmp_path / "sam_vit_b.pth", tmp_path / "trace"
    content = {"model": empty(PUBLISHED["vit_b"][0]), "more": Command(f"touch {shlex.quote(str(trace))}")}
    if packed == "pickle":
        path.write_bytes(pickle.dumps({"more": content["more"]}))
    else:
        torch.save(content, path, _use_new_zipfile_serialization=packed == "zip")
    with pytest.raises(UnreadableCheckpoint, match="more than weights"):
        read_checkpoint(path)
    assert not trace.exists()
    pickle.loads(pickle.dumps(content["more"]))  # nosec: it is the one above
    assert trace.exists(), "elsewhere it does run"


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04 cut off"])
def test_damaged_files_are_refused(suffix: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"sam{suffix}"
    path.write_bytes(content)
    with pytest.raises(UnreadableCheckpoint):
        read_checkpoint(path)


@pytest.mark.parametrize("content", [{}, [torch.zeros(2)], {"model": {"epoch": 3}}, {1: torch.zeros(1)}])
def test_files_without_weights_are_refused(content: Any, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "sam.pt")
    with pytest.raises(UnreadableCheckpoint, match="no weights"):
        read_checkpoint(tmp_path / "sam.pt")


def test_other_files_and_missing_ones_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableCheckpoint, match=".safetensors"):
        read_checkpoint(tmp_path / "sam.onnx")
    with pytest.raises(UnreadableCheckpoint, match="No such file"):
        read_checkpoint(tmp_path / "sam.pth")


def test_what_is_missing_of_another_shape_and_unexpected_is_named() -> None:
    state = empty(PUBLISHED["vit_b"][0])
    del state["image_encoder.blocks.3.attn.qkv.bias"]
    state["image_encoder.pos_embed"] = torch.zeros(()).expand(1, 32, 32, 768)  # trained on smaller images
    state["image_encoder.\x1b[2Jadapter"] = torch.zeros(1)
    found = found_in(state)
    assert not found.loadable
    report = report_of(found, Path("sam.pth"))
    assert "missing: image_encoder.blocks.3.attn.qkv.bias" in report
    assert "image_encoder.pos_embed (1, 32, 32, 768) should be (1, 64, 64, 768)" in report
    assert r"unexpected: image_encoder.\x1b[2Jadapter" in report
    assert "\x1b" not in report
    assert "sam3d.training.inflate" not in report


def test_no_export_is_promised_of_what_is_too_large_for_a_graph() -> None:
    reports = {
        size: report_of(found_in(empty(PUBLISHED[size][0])), Path("sam.pth")) for size in ("vit_l", "vit_h")
    }
    assert "sam3d.export.export" in reports["vit_l"]
    assert "sam3d.export.export" not in reports["vit_h"]
    assert "sam3d.training.train" in reports["vit_h"]


def test_a_model_of_another_family_is_not_taken_for_one() -> None:
    assert identified({"encoder.layer.0.weight": (3, 3)}) is None
    rest = {n: s for n, s in PUBLISHED["vit_b"][0].items() if not n.startswith("image_encoder.")}
    assert identified(rest) is None, "prompt encoder and mask decoder are common to three of them"


def run(monkeypatch: pytest.MonkeyPatch, main: Any, *arguments: str) -> Any:
    monkeypatch.setattr(sys, "argv", ["command", *arguments])
    return main()


def test_what_it_says_to_run_next_runs(
    mobile_sam_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, identify.main, str(mobile_sam_file)) == 0
    commands = [shlex.split(line) for line in capsys.readouterr().out.splitlines() if "python -m" in line]
    assert [command[2] for command in commands] == [
        "sam3d.training.inflate",
        "sam3d.training.train",
        "sam3d.export.export",
    ]
    run(monkeypatch, inflate.main, *commands[0][3:])
    options = dict(zip(commands[1][3::2], commands[1][4::2], strict=True))
    config = replace(read_config(MODELS / options["--config"]), size=options["--size"])
    trainer = Trainer(config, Sampler([], {"procedural": 1}), tmp_path, 0, Path(options["--initial"]))
    taken = trainer.model.image_encoder.state_dict()["stages.2.blocks.5.attention.offsets"]
    given = mobile_sam.random_state()["image_encoder.layers.2.blocks.5.attn.attention_biases"]
    assert torch.equal(taken, given)
    assert any(parameter.requires_grad for parameter in trainer.model.image_encoder.parameters())


def test_unknown_and_unreadable_files_end_with_another_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    torch.save({"weight": torch.zeros(3)}, tmp_path / "other.pt")
    assert run(monkeypatch, identify.main, str(tmp_path / "other.pt")) == 1
    assert "no family that is known" in capsys.readouterr().out
    assert run(monkeypatch, identify.main, str(tmp_path / "absent.pt")) == 2
    assert "No such file" in capsys.readouterr().err

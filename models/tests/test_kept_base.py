"""Weights that are kept for others to learn on."""

from dataclasses import asdict
from pathlib import Path

import torch

from sam3d.evaluation.matrix_base import base_of_size, reason_against
from sam3d.evaluation.torch_engine import model_of
from sam3d.export.kept_base import keep_base
from sam3d.model.adaptation import Adaptation, attach, merged
from sam3d.model.sam3d import Sam3d
from sam3d.model.size import SIZES


def test_a_kept_base_is_taken_where_the_zoo_has_none(tmp_path: Path) -> None:
    torch.manual_seed(0)
    run, zoo, bases = tmp_path / "run", tmp_path / "zoo", tmp_path / "bases"
    run.mkdir()
    trained = Sam3d(SIZES["small"]).state_dict()
    torch.save({"step": 3, "size": "small", "average": trained}, run / "latest.pt")
    (run / "provenance.json").write_text("{}", encoding="utf-8")
    keep_base(run / "latest.pt", bases / "sam3d-small")
    assert reason_against("small", {}, zoo, bases) is None
    kept = base_of_size("small", {}, zoo, bases)
    assert kept.name.startswith("small (")
    weights = kept.model().state_dict()
    assert all(torch.allclose(weights[name], value, atol=1e-3) for name, value in trained.items())


def test_an_adapted_base_is_kept_with_what_it_has_learned(tmp_path: Path) -> None:
    torch.manual_seed(0)
    run = tmp_path / "run"
    run.mkdir()
    adaptation = Adaptation(lora_targets=("mask_decoder",), adapter_targets=("image_encoder",))
    model = Sam3d(SIZES["tiny"])
    attach(model, adaptation)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.normal_(0, 0.05)
    state = {"step": 3, "size": "tiny", "adaptation": asdict(adaptation), "average": model.state_dict()}
    torch.save(state, run / "latest.pt")
    (run / "provenance.json").write_text("{}", encoding="utf-8")
    keep_base(run / "latest.pt", tmp_path / "kept")
    kept = model_of(tmp_path / "kept" / "weights.pt").state_dict()
    wanted = merged(model).state_dict()
    assert kept.keys() == wanted.keys()
    assert all(torch.allclose(kept[name], value, atol=1e-2) for name, value in wanted.items())

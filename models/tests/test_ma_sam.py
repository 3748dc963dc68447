"""MA-SAM begins as its base, only what was added learns, and FacT becomes part of the weights."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from adapted_bases import base_of_size, image, task_model
from sam3d.adaptation.adapter_file import load_learned, write_learned
from sam3d.adaptation.ma_sam.config import MaSamConfig
from sam3d.adaptation.ma_sam.depth_adapter import DepthAdapter
from sam3d.adaptation.ma_sam.fact import FactLayer, fold_fact
from sam3d.adaptation.ma_sam.model import ma_sam_model
from sam3d.adaptation.methods import config_of
from sam3d.adaptation.task_model import TaskModel
from sam3d.model.sam3d import Sam3d
from sam3d.model.tiny_vit.geometry import TINY_VIT_5M
from sam3d.model.vit.geometry import VIT_B
from sam_2d import TINY_VIT

SMALL = MaSamConfig(adapter_channels=8, fact_rank=2)
SHIPPED = MaSamConfig()
ADDED = (".before.", ".between.", ".cores", "fact_factors.", ".adapter.")
SIZES = pytest.mark.parametrize("size", ["vit", "tiny"])
LARGEST_FILE = 20 * 2**20


def ma_sam(size: str, disturbed: bool = False) -> TaskModel:
    return task_model("ma_sam", size, SMALL, disturbed)


@SIZES
@torch.no_grad()
def test_without_having_learned_it_gives_the_features_of_the_base_exactly(size: str) -> None:
    expected = base_of_size(size).encode(image())
    found = ma_sam(size).image_encoder(image())
    assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))
    changed = ma_sam(size, disturbed=True).image_encoder(image())
    assert not torch.allclose(changed.features_quarter, expected.features_quarter, atol=1e-2)


@SIZES
def test_only_what_was_added_and_the_decoder_have_gradients(size: str) -> None:
    model = ma_sam(size, disturbed=True)
    model(image()).square().mean().backward()
    base = {name for name, _ in base_of_size(size).image_encoder.named_parameters()}
    for name, parameter in model.named_parameters():
        of_base = name.removeprefix("image_encoder.").replace(".base.", ".") in base
        assert (parameter.grad is None) == of_base, name
        if not of_base and not name.startswith("task_decoder."):
            assert any(part in name for part in ADDED), name
    assert all(parameter.grad.abs().sum() > 0 for parameter in model.learning().values())


def test_factors_are_shared_and_counted_once() -> None:
    model = ma_sam("vit")
    c, r, n, blocks = TINY_VIT.width, SMALL.fact_rank, SMALL.adapter_channels, TINY_VIT.blocks
    adapter = 2 * c + 2 * c * n + 3 * n * n + n
    added = sum(p.numel() for name, p in model.learning().items() if name.startswith("image_encoder."))
    assert added == blocks * 2 * adapter + 2 * c * r + blocks * 2 * r * r
    assert sum(key.endswith("inwards") for key in model.state_dict()) == 1


@torch.no_grad()
def test_folded_fact_equals_the_adapted_model_and_leaves_keys_alone() -> None:
    model = ma_sam("vit", disturbed=True)
    base = base_of_size("vit").image_encoder
    encoder = deepcopy(model.image_encoder)
    layer = model.image_encoder.blocks[1].base.attention.qkv
    assert isinstance(layer, FactLayer)
    fold_fact(encoder)
    matrix, before = encoder.blocks[1].base.attention.qkv.weight, base.blocks[1].attention.qkv.weight
    factors = model.image_encoder.fact_factors
    for rows, core in ((slice(0, 32), layer.cores[0]), (slice(64, 96), layer.cores[1])):
        change = factors.outwards @ core @ factors.inwards
        assert change.abs().max() > 1e-4
        torch.testing.assert_close(matrix[rows], before[rows] + change)
    assert torch.equal(matrix[32:64], before[32:64])
    found, expected = encoder(image()), model.image_encoder(image())
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)
    assert not any("fact" in name or "cores" in name for name in encoder.state_dict())


@torch.no_grad()
def test_a_depth_adapter_passes_on_to_the_neighbouring_slices_alone() -> None:
    torch.manual_seed(23)
    adapter = DepthAdapter(16, 8)
    x = torch.randn(1, 5, 3, 3, 16)
    assert torch.equal(adapter(x), x)
    adapter.up.weight.normal_()
    other = x.clone()
    other[0, 2, 1, 1] += torch.randn(16)
    changed = (adapter(x) != adapter(other)).any(-1)[0]
    assert changed.nonzero().tolist() == [[1, 1, 1], [2, 1, 1], [3, 1, 1]]


@SIZES
def test_what_has_learned_goes_into_a_new_model_of_the_same_base(size: str, tmp_path: Path) -> None:
    model, fresh = ma_sam(size, disturbed=True), ma_sam(size)
    write_learned(tmp_path / "adapter.safetensors", model)
    load_learned(tmp_path / "adapter.safetensors", fresh)
    with torch.no_grad():
        assert torch.equal(fresh(image()), model(image()))
    with pytest.raises(ValueError, match="another model"):
        load_learned(
            tmp_path / "adapter.safetensors", task_model("ma_sam", size, replace(SMALL, adapter_channels=4))
        )


def test_the_file_is_small_even_of_vit_b() -> None:
    with torch.device("meta"):
        model = ma_sam_model(Sam3d(VIT_B), 2, SHIPPED)
    assert 0 < 4 * sum(value.numel() for value in model.learning().values()) <= LARGEST_FILE


def test_an_encoder_without_such_blocks_is_refused() -> None:
    with pytest.raises(ValueError, match="TinyVitEncoder"):
        ma_sam_model(Sam3d(TINY_VIT_5M), 2, SMALL)


@pytest.mark.parametrize("settings", [{"adapter_channels": 0}, {"fact_rank": 0}, {"lora_rank": 4}])
def test_settings_that_make_no_sense_are_refused(settings: dict) -> None:
    with pytest.raises(ValueError):
        config_of("ma_sam", settings)

"""Published image encoders, loaded by their checkpoints' names and shapes, compute what their papers say."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from onnxruntime import InferenceSession
from torch import Tensor

import mobile_sam
from conftest import MODELS
from sam3d.checkpoints.base_weights import base_weights, wanted_shapes
from sam3d.data.sampler import Sampler
from sam3d.export.adaptable_encoder import export_adaptable_encoder, read_weights
from sam3d.export.manifest import ADAPTABLE_GRAPH
from sam3d.export.onnx_graphs import GRAPH_FILES, export_graphs
from sam3d.model.feature_pyramid import Embeddings
from sam3d.model.image_encoder import ImageEncoder
from sam3d.model.sam3d import Sam3d
from sam3d.model.size import SIZES
from sam3d.model.tiny_vit import inflation as tiny_vit
from sam3d.model.tiny_vit.encoder import TinyVitEncoder
from sam3d.model.tiny_vit.geometry import TINY_VIT_5M
from sam3d.model.vit.encoder import VitEncoder
from sam3d.model.vit.geometry import SAM_MED3D, VIT_B, VitGeometry
from sam3d.model.vit.inflation import PIXEL_DEVIATION, PIXEL_MEAN, inflated
from sam3d.training.config import read_config
from sam3d.training.train import Trainer
from sam_2d import TINY_VIT, block_2d, embedding_2d, grey_image, state_2d
from sam_med3d import encoded_3d, state_3d

# Official widths, heads, patches and windows; fewer blocks, and a grid that is no multiple of a window
SHORT_VIT_B = replace(VIT_B, blocks=3, global_blocks=(1,), image_grid=15)
SHORT_MED3D = replace(SAM_MED3D, blocks=3, global_blocks=(1, 2), image_grid=3, depth_grid=3, window=4)
SMALL_MED3D = replace(TINY_VIT, volumetric=True, patch=16, image_grid=3, depth_grid=3)


@pytest.fixture(autouse=True)
def small_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIZES, "small_med3d", SMALL_MED3D)


def vit_of(geometry: VitGeometry, state: dict[str, Tensor]) -> VitEncoder:
    encoder = VitEncoder(geometry)
    encoder.load_state_dict(inflated(state, geometry), strict=False)
    return encoder.eval()


def tiny_vit_of(state: dict[str, Tensor]) -> TinyVitEncoder:
    encoder = TinyVitEncoder(TINY_VIT_5M)
    encoder.load_state_dict(tiny_vit.inflated(state, TINY_VIT_5M), strict=False)
    return encoder.eval()


@torch.no_grad()
def test_sam_at_the_width_of_vit_b_encodes_a_slice_as_in_2d() -> None:
    geometry, side = SHORT_VIT_B, SHORT_VIT_B.image_grid * VIT_B.patch
    state = state_2d(geometry, deviation=0.04)
    image = grey_image(side)
    (level,) = vit_of(geometry, state).levels(image.unsqueeze(2).expand(1, 2, VIT_B.patch, side, side))
    enlarged = image.repeat_interleave(2, 2).repeat_interleave(2, 3)
    x = embedding_2d(enlarged, state, 16)[0].movedim(0, -1) + state["image_encoder.pos_embed"][0]
    for index in range(2):
        prefix = f"image_encoder.blocks.{index}."
        weights = {n.removeprefix(prefix): value for n, value in state.items() if n.startswith(prefix)}
        x = block_2d(x, weights, geometry.heads, None if index in geometry.global_blocks else geometry.window)
    torch.testing.assert_close(level[0, 0], x, rtol=1e-3, atol=1e-3)
    assert x.std() > 0.1


@torch.no_grad()
@pytest.mark.parametrize("grid", [3, 5], ids=["less than a window", "more than a window"])
def test_sam_med3d_encodes_a_volume_as_published(grid: int) -> None:
    geometry = replace(SHORT_MED3D, image_grid=grid, depth_grid=grid)
    state = state_3d(geometry)
    side = grid * geometry.patch
    volume = torch.randn(1, 1, side, side, side, generator=torch.Generator().manual_seed(13))  # x, y, z
    encoder = vit_of(geometry, state)
    levels = encoder.levels(volume.permute(0, 1, 4, 3, 2).expand(1, 2, side, side, side))
    expected = encoded_3d(volume, state, geometry)
    for level, other in zip(levels, expected, strict=True):
        torch.testing.assert_close(level[0].permute(2, 1, 0, 3), other, rtol=1e-3, atol=1e-3)
    assert other.std() > 0.1


@torch.no_grad()
def test_mobile_sam_encodes_slices_as_in_2d() -> None:
    """Of 240 pixels: grids of 30 and 15 tokens are no multiples of the windows."""
    state = mobile_sam.random_state()
    encoder = tiny_vit_of(state)
    kernel = encoder.slabs.depth_kernel
    kernel.copy_(torch.softmax(torch.randn(kernel.numel()), 0).view_as(kernel))  # any whose sum is 1
    image = grey_image(240)
    levels = encoder.levels(image.unsqueeze(2).expand(1, 2, 16, 240, 240))
    mean, deviation = (torch.tensor(values).view(1, 3, 1, 1) for values in (PIXEL_MEAN, PIXEL_DEVIATION))
    expected = mobile_sam.encoded(((image + 1) * 127.5 - mean) / deviation, state)
    for level, other, depth in zip(levels, expected, (4, 2, 1, 1), strict=True):
        assert level.shape[2] == depth
        for layer in level.unbind(2):
            torch.testing.assert_close(layer, other, rtol=1e-3, atol=1e-3)
    assert other.std() > 0.1


def test_what_is_taken_is_what_stays_frozen() -> None:
    for encoder, taken in (
        (TinyVitEncoder(TINY_VIT_5M), tiny_vit.inflated(mobile_sam.random_state(), TINY_VIT_5M)),
        (VitEncoder(SMALL_MED3D), inflated(state_3d(SMALL_MED3D), SMALL_MED3D)),
    ):
        frozen = {n: p.shape for n, p in encoder.named_parameters() if not p.requires_grad}
        assert {name: value.shape for name, value in taken.items()} == frozen


@pytest.mark.parametrize(
    "name",
    [
        "patch_embed.seq.2.bn.running_var",
        "layers.0.downsample.conv2.c.weight",
        "layers.2.blocks.5.attn.attention_biases",
    ],
)
def test_missing_and_misshapen_tensors_of_mobile_sam_are_refused(name: str) -> None:
    state = mobile_sam.random_state()
    value = state.pop(f"image_encoder.{name}")
    with pytest.raises(ValueError, match=f"{name} is missing"):
        base_weights(state, "mobile_sam")
    with pytest.raises(ValueError, match=name):
        base_weights({**state, f"image_encoder.{name}": value[1:]}, "mobile_sam")


def test_weights_of_2d_are_no_volumes() -> None:
    with pytest.raises(ValueError, match="patch_embed"):
        inflated(state_2d(SMALL_MED3D), SMALL_MED3D)


def test_what_is_wanted_of_a_checkpoint_has_its_names_and_shapes() -> None:
    assert wanted_shapes("mobile_sam").items() <= mobile_sam.shapes().items()
    shapes = {name: tuple(value.shape) for name, value in state_3d(SMALL_MED3D).items()}
    assert wanted_shapes("small_med3d") == shapes


def test_an_encoder_of_ours_takes_no_published_weights() -> None:
    with pytest.raises(ValueError, match="tiny"):
        base_weights({}, "tiny")


@pytest.mark.parametrize("size", ["mobile_sam", "small_med3d"])
def test_adapters_of_a_given_encoder_learn_and_its_weights_stay(size: str, tmp_path: Path) -> None:
    config = replace(read_config(MODELS / "configs" / "smoke.yaml"), size=size, trained="image_encoder")
    trainer = Trainer(config, Sampler([], config.shares), tmp_path, rank=0)
    frozen = {n for n, p in trainer.model.named_parameters() if not p.requires_grad}
    before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    for _ in range(2):  # what lies before a zero-initialised layer begins to learn at the second step
        trainer.train_step()
    changed = {n for n, value in trainer.model.state_dict().items() if not torch.equal(value, before[n])}
    assert not changed & frozen
    mix = "slabs.depth_kernel" if size == "mobile_sam" else "patches.channel_shares"
    for part in ("reduce.weight", "expand.weight", mix, "neck.stem_half.0.weight"):
        assert any(name.endswith(part) for name in changed), part


def test_weights_that_have_not_learned_yet_and_are_equal_keep_their_names_in_the_adaptable_graph(
    tmp_path: Path,
) -> None:
    encoder = Sam3d(SMALL_MED3D).image_encoder.eval()
    export_adaptable_encoder(encoder, 32, tmp_path)
    weights = read_weights(tmp_path)
    for name, parameter in encoder.named_parameters():
        assert torch.equal(torch.from_numpy(weights[name].copy()), parameter), name
    image = torch.rand(1, 2, 32, 32, 32)
    found = InferenceSession(tmp_path / ADAPTABLE_GRAPH).run(None, {"image": image.numpy()})
    with torch.no_grad():
        expected = encoder(image)
    for field, one, other in zip(Embeddings._fields, found, expected, strict=True):
        torch.testing.assert_close(torch.from_numpy(one), other, rtol=1e-3, atol=1e-4, msg=field)


@pytest.mark.parametrize("size", ["mobile_sam", "small_med3d"])
def test_graphs_of_a_given_encoder_compute_what_pytorch_does(size: str, tmp_path: Path) -> None:
    torch.manual_seed(14)
    model = Sam3d(SIZES[size]).eval()
    with torch.no_grad():
        for parameter in model.image_encoder.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    image = torch.rand(1, 2, 32, 32, 32)
    with torch.no_grad():
        expected, own = model.encode(image), ImageEncoder()(image)
    export_graphs(model, 32, tmp_path)
    export_adaptable_encoder(model.image_encoder, 32, tmp_path)
    assert read_weights(tmp_path).keys() == {name for name, _ in model.image_encoder.named_parameters()}
    for file in (GRAPH_FILES["imageEncoder"], ADAPTABLE_GRAPH):
        found = InferenceSession(tmp_path / file).run(None, {"image": image.numpy()})
        for field, one, other, mine in zip(Embeddings._fields, found, expected, own, strict=True):
            assert other.shape == mine.shape
            torch.testing.assert_close(torch.from_numpy(one), other, rtol=1e-3, atol=1e-4, msg=field)

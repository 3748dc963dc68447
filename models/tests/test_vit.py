"""SAM's image encoder in 3D against what SAM computes in 2D."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from onnxruntime import InferenceSession
from torch import Tensor

from conftest import MODELS
from sam3d.adaptation.finetuned.config import FinetunedConfig
from sam3d.adaptation.finetuned.model import finetuned_model
from sam3d.data.sampler import Sampler
from sam3d.evaluation.evaluated_base import base_of_checkpoint
from sam3d.evaluation.matrix_base import read_base
from sam3d.export.onnx_graphs import GRAPH_FILES, export_graphs
from sam3d.model.adaptation import Adaptation, adapter_state, attach
from sam3d.model.feature_pyramid import Embeddings
from sam3d.model.image_encoder import ImageEncoder
from sam3d.model.sam3d import Sam3d
from sam3d.model.size import SIZES
from sam3d.model.vit.block import VitBlock
from sam3d.model.vit.encoder import VitEncoder
from sam3d.model.vit.geometry import VIT_B, VIT_H, VIT_L, VitGeometry
from sam3d.model.vit.inflation import inflated
from sam3d.model.vit.tokens import PatchEmbedding
from sam3d.model.vit.windows import cut, joined, window_sides
from sam3d.training.checkpoint import LATEST
from sam3d.training.config import read_config
from sam3d.training.inflate import inflate
from sam3d.training.provenance import initial_run
from sam3d.training.train import Trainer
from sam_2d import TINY_VIT, block_2d, embedding_2d, grey_image, state_2d

LEARNING_PARTS = ("adapter.", "depth", "neck.")
# Parameters of SAM's image encoders, their necks to 256 channels included; what follows from the geometry is
# the sum of patch kernel 3·16²·C + C, positions 64²·C, and for each block 12·C² + 13·C and two tables of
# relative positions, 27 or (global) 127 by C / heads; neck 256·C + 9·256² + 4·256.
SAM_ENCODERS = {"B": (VIT_B, 89_670_912), "L": (VIT_L, 308_278_272), "H": (VIT_H, 637_026_048)}
NECK_CHANNELS = 256


def encoder_of(geometry: VitGeometry, state: dict[str, Tensor]) -> VitEncoder:
    torch.manual_seed(7)
    encoder = VitEncoder(geometry)
    encoder.load_state_dict(inflated(state, geometry), strict=False)
    return encoder.eval()


@pytest.mark.parametrize("patch", [8, 16])
def test_a_volume_constant_along_the_depth_is_embedded_as_its_slice(patch: int) -> None:
    geometry = replace(TINY_VIT, patch=patch)
    state = state_2d(geometry)
    patches: PatchEmbedding = encoder_of(geometry, state).patches
    with torch.no_grad():  # any kernel along the depth whose sum is 1
        patches.depth_kernel.copy_(
            torch.softmax(torch.randn(geometry.width, 2 * patch), 1).unflatten(1, (2, -1))
        )
        image = grey_image(2 * patch)
        tokens = patches(image.unsqueeze(2).expand(1, 2, 2 * patch, -1, -1))
    enlarged = image.repeat_interleave(16 // patch, 2).repeat_interleave(16 // patch, 3)
    expected = embedding_2d(enlarged, state, 16)
    for layer in tokens.unbind(1):
        torch.testing.assert_close(layer.movedim(-1, 1), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("index", [0, 1], ids=["windows", "global"])
def test_a_block_on_one_slice_does_what_sam_does(index: int) -> None:
    state = state_2d(TINY_VIT)
    block: VitBlock = encoder_of(TINY_VIT, state).blocks[index]
    prefix = f"image_encoder.blocks.{index}."
    weights = {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}
    side = TINY_VIT.image_grid  # no multiple of the window
    x = torch.randn(side, side, TINY_VIT.width, generator=torch.Generator().manual_seed(9))
    window = None if index in TINY_VIT.global_blocks else TINY_VIT.window
    expected = block_2d(x, weights, TINY_VIT.heads, window)
    with torch.no_grad():
        actual = block(x[None, None])[0, 0]
        torch.testing.assert_close(actual, expected, rtol=1e-4, atol=1e-4)
        block.adapter.expand.bias += 1
        assert not torch.allclose(block(x[None, None])[0, 0], expected, atol=1e-2)


def test_the_axes_of_relative_positions_are_told_apart() -> None:
    attention = encoder_of(TINY_VIT, state_2d(TINY_VIT)).blocks[1].attention
    grid = (4, 6, 6)
    with torch.no_grad():
        attention.relative_depth.normal_()
        queries = torch.randn(1, TINY_VIT.heads, *grid, TINY_VIT.width // TINY_VIT.heads)
        bias = attention.offset_bias(queries, list(grid)).reshape(TINY_VIT.heads, *grid, *grid)
    query, key = (1, 4, 0), (3, 2, 5)
    tables = (attention.relative_depth, attention.relative_h, attention.relative_w)
    for head in range(TINY_VIT.heads):
        vector = queries[(0, head, *query)]
        expected = sum(
            table[q - k + side - 1] @ vector
            for table, side, q, k in zip(tables, grid, query, key, strict=True)
        )
        torch.testing.assert_close(bias[(head, *query, *key)], expected.detach())


def test_joined_windows_are_the_grid() -> None:
    x = torch.arange(2 * 3 * 5 * 8.0).reshape(2, 3, 5, 8, 1)
    sides = window_sides([3, 5, 8], 4)
    windows = cut(x, sides)
    assert windows.shape == (2 * 1 * 2 * 2, 3, 4, 4, 1)
    assert torch.equal(windows[0], x[0, :, :4, :4])
    assert torch.equal(joined(windows, [3, 5, 8]), x)


def test_inflated_weights_are_what_stays_frozen() -> None:
    encoder = VitEncoder(TINY_VIT)
    frozen = {n: p.shape for n, p in encoder.named_parameters() if not p.requires_grad}
    assert {n: v.shape for n, v in inflated(state_2d(TINY_VIT), TINY_VIT).items()} == frozen
    assert all(
        any(part in name for part in LEARNING_PARTS) != (name in frozen) for name in encoder.state_dict()
    )


def test_missing_and_misshapen_tensors_are_refused() -> None:
    state = state_2d(TINY_VIT)
    name = "image_encoder.blocks.2.attn.rel_pos_h"
    with pytest.raises(ValueError, match=f"{name} is missing"):
        inflated({n: value for n, value in state.items() if n != name}, TINY_VIT)
    with pytest.raises(ValueError, match=name):
        inflated({**state, name: state[name][1:]}, TINY_VIT)
    with pytest.raises(ValueError, match="patch_embed"):
        inflated(state, replace(TINY_VIT, image_patch=14))


@pytest.mark.parametrize("name", SAM_ENCODERS)
def test_the_frozen_base_is_as_large_as_sams_transformer(name: str) -> None:
    geometry, published = SAM_ENCODERS[name]
    with torch.device("meta"):
        encoder = VitEncoder(geometry)
    frozen = sum(p.numel() for p in encoder.parameters() if not p.requires_grad)
    width = geometry.width
    neck = NECK_CHANNELS * width + 9 * NECK_CHANNELS**2 + 4 * NECK_CHANNELS
    kernels = (3 * geometry.image_patch**2 - geometry.patch**2) * width
    assert frozen + kernels + neck == published


@pytest.mark.parametrize(("patch", "cube"), [(8, 32), (8, 48), (16, 48)])
def test_embeddings_are_shaped_as_the_other_encoders(patch: int, cube: int) -> None:
    encoder = VitEncoder(replace(TINY_VIT, patch=patch)).eval()
    image = torch.zeros(1, 2, cube, cube, cube)
    with torch.no_grad():
        actual, expected = encoder(image), ImageEncoder()(image)
    for field, one, other in zip(Embeddings._fields, actual, expected, strict=True):
        assert one.shape == other.shape, field


def test_embeddings_can_be_decoded() -> None:
    model = Sam3d(TINY_VIT).eval()
    coords, labels = torch.full((1, 1, 3), 16.0), torch.ones(1, 1)
    boxes, box_labels = torch.zeros(1, 1, 6), torch.full((1, 1), -1.0)
    mask, has_mask = torch.zeros(1, 1, 32, 32, 32), torch.zeros(1)
    with torch.no_grad():
        embeddings = model.encode(torch.rand(1, 2, 32, 32, 32))
        prompts = model.encode_prompts(embeddings, coords, labels, boxes, box_labels, mask, has_mask)
        logits = model.decode(embeddings, prompts).logits
    assert logits.shape == (1, 3, 32, 32, 32)
    assert logits.isfinite().all()


def test_only_what_makes_it_3d_learns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIZES, "tiny_vit", TINY_VIT)
    config = replace(read_config(MODELS / "configs" / "smoke.yaml"), size="tiny_vit", trained="image_encoder")
    trainer = Trainer(config, Sampler([], config.shares), tmp_path, rank=0)
    before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    for _ in range(2):  # what lies before a zero-initialised layer begins to learn at the second step
        trainer.train_step()
    after = trainer.model.state_dict()
    changed = {name for name, value in before.items() if not torch.equal(value, after[name])}
    assert all(n.startswith("image_encoder.") and any(p in n for p in LEARNING_PARTS) for n in changed)
    for part in ("patches.depth_kernel", "positions.depth", "adapter.reduce", "relative_depth", "neck.stem"):
        assert any(part in name for name in changed), part


def test_its_frozen_matrices_take_lora_adapters() -> None:
    model = Sam3d(TINY_VIT)
    targets = ("image_encoder.blocks.*.attention", "image_encoder.blocks.*.expand")
    attach(model, Adaptation(lora_targets=targets))
    names = {name.rsplit(".adapter.", 1)[0] for name in adapter_state(model)}
    layers = ("attention.qkv", "attention.output", "expand")
    blocks = [f"image_encoder.blocks.{index}" for index in range(TINY_VIT.blocks)]
    assert names >= {f"{block}.{layer}" for block in blocks for layer in layers}


def test_sams_geometries_can_be_chosen() -> None:
    assert [SIZES[f"vit_{letter}"] for letter in "blh"] == [VIT_B, VIT_L, VIT_H]


def test_a_run_starts_from_inflated_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SIZES, "tiny_vit", TINY_VIT)
    state = state_2d(TINY_VIT)
    torch.save(state, tmp_path / "sam.pth")
    inflate(tmp_path / "sam.pth", "tiny_vit", tmp_path / "start")
    config = replace(read_config(MODELS / "configs" / "smoke.yaml"), size="tiny_vit")
    initial = tmp_path / "start" / LATEST
    assert initial_run(initial, {})["config"] == {"size": "tiny_vit"}
    trainer = Trainer(config, Sampler([], config.shares), tmp_path / "run", 0, initial)
    weights = trainer.model.image_encoder.state_dict()
    for name, value in inflated(state, TINY_VIT).items():
        assert torch.equal(weights[name], value), name


def test_inflated_and_trained_weights_are_bases_of_the_matrix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SIZES, "tiny_vit", TINY_VIT)
    state = state_2d(TINY_VIT)
    torch.save(state, tmp_path / "sam.pth")
    inflate(tmp_path / "sam.pth", "tiny_vit", tmp_path / "start")
    start = tmp_path / "start" / LATEST
    config = replace(read_config(MODELS / "configs" / "smoke.yaml"), size="tiny_vit")
    trainer = Trainer(config, Sampler([], config.shares), tmp_path, 0, start)
    trainer.save()
    for path in (start, tmp_path / LATEST):
        size, weights = read_base(f"tiny_vit={path}")
        base = base_of_checkpoint(size, weights).model()
        found = base.image_encoder.state_dict()
        assert all(torch.equal(found[name], value) for name, value in inflated(state, TINY_VIT).items())
        logits = finetuned_model(base, 2, FinetunedConfig(change="LoRA"))(torch.zeros(1, 2, 32, 32, 32))
        assert logits.shape == (1, 3, 32, 32, 32)
    with pytest.raises(ValueError, match="is of size tiny_vit, not tiny"):
        read_base(f"tiny={start}")


def test_its_graph_computes_what_pytorch_does(tmp_path: Path) -> None:
    model = Sam3d(TINY_VIT).eval()
    attach(model, Adaptation(lora_targets=("image_encoder",), adapter_targets=("image_encoder.neck",)))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    export_graphs(model, 32, tmp_path)
    image = torch.rand(1, 2, 32, 32, 32, generator=torch.Generator().manual_seed(10))
    actual = InferenceSession(tmp_path / GRAPH_FILES["imageEncoder"]).run(None, {"image": image.numpy()})
    with torch.no_grad():
        expected = model.encode(image)
    for field, one, other in zip(Embeddings._fields, actual, expected, strict=True):
        torch.testing.assert_close(torch.from_numpy(one), other, rtol=1e-3, atol=1e-4, msg=field)

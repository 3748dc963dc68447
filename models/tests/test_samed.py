"""A task model begins as its base, only what was added learns, and the package computes what PyTorch does."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from conftest import MODELS, ZOO
from sam3d.adaptation.adapter_file import merged_weights, write_adapter
from sam3d.adaptation.base import base_of
from sam3d.adaptation.fit import Fit, Step
from sam3d.adaptation.level_case import level_case
from sam3d.adaptation.loss import task_loss
from sam3d.adaptation.methods import METHODS, config_of, read_method_config
from sam3d.adaptation.samed.config import SamedConfig
from sam3d.adaptation.samed.model import samed_model
from sam3d.adaptation.schedule import learning_rate
from sam3d.adaptation.settings import TaskSettings
from sam3d.adaptation.task_engine import TaskEngine
from sam3d.adaptation.task_model import TaskModel
from sam3d.adaptation.vanilla.config import VanillaConfig
from sam3d.adaptation.vanilla.model import vanilla_model
from sam3d.data.sliding_window import Plan
from sam3d.export.adaptable_encoder import export_adaptable_encoder, read_weights
from sam3d.export.task_decoder import export_task_decoder
from sam3d.model.half_precision import HAS_BF16, SMALLEST_CUBE
from sam3d.model.idle import remove_idle_layers
from sam3d.model.sam3d import Sam3d, decoder_features
from task_cases import task_case

CUBE = 32
CLASSES = 2
LOGIT_TOLERANCE = 2e-3  # float32 sums in another order, gain 4 at the end; logits are about 10
EVERYWHERE = SamedConfig(lora_rank=2)


def base_of_seed(seed: int = 7) -> Sam3d:
    """Every layer has learned something"""
    torch.manual_seed(seed)
    base = Sam3d().eval()
    with torch.no_grad():
        for parameter in base.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    return base


def samed(disturbed: bool = False) -> TaskModel:
    model = samed_model(base_of_seed(), CLASSES, EVERYWHERE).eval()
    if disturbed:
        with torch.no_grad():
            for name, parameter in model.learning().items():
                scale = 0.2 if name.endswith("adapter.up") else 0.02
                parameter.add_(scale * torch.randn_like(parameter))
    return model


def image() -> torch.Tensor:
    return torch.rand(1, 2, CUBE, CUBE, CUBE, generator=torch.Generator().manual_seed(2)) * 2 - 1


@torch.no_grad()
def test_without_having_learned_lora_gives_the_features_of_the_base_exactly() -> None:
    base = base_of_seed()
    expected = base.encode(image())
    found = samed().image_encoder(image())
    assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))
    changed = samed(disturbed=True).image_encoder(image())
    assert not torch.allclose(changed.features_half, expected.features_half, atol=1e-2)


def test_only_lora_and_the_decoder_have_gradients() -> None:
    model = samed(disturbed=True)
    model(image()).square().mean().backward()
    for name, parameter in model.named_parameters():
        learns = ".adapter." in name or name.startswith("task_decoder.")
        assert (parameter.grad is not None) == learns, name
    assert all(parameter.grad.abs().sum() > 0 for name, parameter in model.learning().items()), "all learn"


def test_without_lora_the_decoder_alone_learns() -> None:
    model = vanilla_model(base_of_seed(), CLASSES, VanillaConfig())
    assert all(name.startswith("task_decoder.") for name in model.learning())


def test_the_decoder_begins_with_the_trunk_of_the_mask_decoder() -> None:
    base = base_of_seed()
    decoder = samed().task_decoder
    assert torch.equal(decoder.sixteenth[0][0].weight, base.mask_decoder.sixteenth[0][0].weight)
    biases = base.mask_decoder.from_half.bias + base.mask_decoder.from_quarter.bias
    assert torch.equal(decoder.default_quarter.flatten(), biases)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[TaskModel, Path, Path]:
    """A model that has learned, the folder of its base, the folder of its task"""
    base_folder, task_folder = tmp_path_factory.mktemp("base"), tmp_path_factory.mktemp("task")
    encoder = base_of_seed().image_encoder
    remove_idle_layers(encoder)
    export_adaptable_encoder(encoder, CUBE, base_folder)
    model = samed(disturbed=True)
    write_adapter(task_folder / "adapter.safetensors", model.image_encoder)
    export_task_decoder(model.task_decoder, CUBE, task_folder / "task_decoder.onnx")
    return model, base_folder, task_folder


def test_merged_graphs_equal_the_unmerged_model(exported: tuple[TaskModel, Path, Path]) -> None:
    model, base_folder, task_folder = exported
    engine = TaskEngine(base_folder, task_folder)
    with torch.no_grad():
        expected = model(image())[0].numpy()
    assert np.abs(expected).max() > 1
    np.testing.assert_allclose(engine.logits(image()[0].numpy()), expected, atol=LOGIT_TOLERANCE)


def test_a_decoder_wants_only_what_the_encoder_gives(exported: tuple[TaskModel, Path, Path]) -> None:
    _, base_folder, task_folder = exported
    encoder, decoder = (
        onnxruntime.InferenceSession(str(path))
        for path in (base_folder / "adaptable_encoder.onnx", task_folder / "task_decoder.onnx")
    )
    given = {node.name: node.shape for node in encoder.get_outputs()}
    assert all(given[node.name] == node.shape for node in decoder.get_inputs())
    assert [(node.name, node.shape) for node in decoder.get_outputs()] == [
        ("class_logits", [1, 1 + CLASSES, CUBE, CUBE, CUBE])
    ]


def test_an_adapter_of_another_model_is_refused(exported: tuple[TaskModel, Path, Path]) -> None:
    _, base_folder, task_folder = exported
    weights = read_weights(base_folder)
    del weights["half_to_quarter.weight"]
    with pytest.raises(ValueError, match="half_to_quarter.weight"):
        merged_weights(weights, task_folder / "adapter.safetensors")


def test_adapters_are_small(exported: tuple[TaskModel, Path, Path]) -> None:
    _, _, task_folder = exported
    assert sum(path.stat().st_size for path in task_folder.iterdir()) <= 20 * 2**20


@pytest.mark.parametrize(
    "path", sorted((MODELS / "configs" / "adaptation").glob("*.yaml")), ids=lambda p: p.stem
)
def test_every_shipped_configuration_makes_a_model(path: Path) -> None:
    method, config = read_method_config(path)
    assert METHODS[method].model(base_of_seed(), CLASSES, config).learning()


@pytest.mark.parametrize(
    "settings",
    [
        {"folds": 1},
        {"steps": 0},
        {"synthesis_share": 1.5},
        {"lora_rank": 0},
        {"lora_targets": []},
        {"momentum": 0.9},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict) -> None:
    with pytest.raises(ValueError):
        config_of("samed", settings)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(ValueError, match="samed"):
        config_of("magic", {})


def test_learning_rate_warms_up_and_falls_to_nothing() -> None:
    settings = TaskSettings(steps=100, warm_up_steps=10, learning_rate=1.0)
    rates = [learning_rate(settings, step) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[10] == 1
    assert rates[55] == pytest.approx(0.5**0.9)
    assert rates[100] == 0


def test_loss_is_small_where_the_classes_are_found_and_blind_beyond_the_volume() -> None:
    labels = torch.zeros(1, 4, 4, 4, dtype=torch.int64)
    labels[0, 1:3, 1:3, 1:3] = 1
    labels[0, 3, 3] = 2
    right = 10.0 * torch.nn.functional.one_hot(labels, 3).movedim(-1, 1)
    inside = torch.ones_like(labels, dtype=torch.bool)
    assert float(task_loss(right, labels, inside).loss) < 0.01
    assert float(task_loss(-right, labels, inside).loss) > 0.7
    assert task_loss(right, labels, inside).dice == pytest.approx(1, abs=0.01)
    assert task_loss(right, torch.zeros_like(labels), inside).dice == 1
    beyond = inside.clone()
    beyond[0, 0] = False
    changed = right.clone()
    changed[0, :, 0] = torch.tensor([0.0, 0.0, 99.0])[:, None, None]
    expected = task_loss(right, labels, beyond).loss
    torch.testing.assert_close(task_loss(changed, labels, beyond).loss, expected)


@pytest.mark.skipif(not HAS_BF16, reason="the processor does not compute in bf16")
def test_a_step_in_bf16_is_nearly_that_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = SamedConfig(steps=2, samples_per_step=1, lora_rank=2)
    cases = [level_case(task_case(1), Plan(1.0, SMALLEST_CUBE))]

    def steps() -> tuple[list[Step], Fit]:
        torch.manual_seed(3)
        fit = Fit(samed_model(base_of_seed(), 2, settings), cases, settings, 0, SMALLEST_CUBE)
        return [fit.step(), fit.step()], fit

    in_bf16, fit = steps()
    assert steps()[0] == in_bf16
    assert {value.dtype for value in fit.parameters.values()} == {torch.float32}
    monkeypatch.setattr("sam3d.model.half_precision.HAS_BF16", False)
    in_float32, _ = steps()
    assert in_float32 != in_bf16
    np.testing.assert_allclose(in_bf16, in_float32, rtol=0.02)


def test_the_shipped_base_can_be_adapted() -> None:
    """All of its weights that LoRA changes lie in the file that the server merges into."""
    base = base_of(ZOO)
    model = samed_model(base.model(), CLASSES, EVERYWHERE)
    names = {name.split(".adapter.")[0] for name in model.learning() if ".adapter." in name}
    assert names
    assert {f"{name.removeprefix('image_encoder.')}.weight" for name in names} <= read_weights(ZOO).keys()
    assert len(decoder_features(base.model().encode(image()))) == 3

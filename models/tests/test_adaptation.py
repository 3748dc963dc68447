"""An adapted model begins as the model it adapts, and only what was added learns."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from conftest import MODELS
from sam3d.data.sampler import Sampler
from sam3d.model.adaptation import Adaptation, adapter_state, attach, load_adapter_state, merged
from sam3d.model.blocks import PointwiseConv
from sam3d.model.feature_pyramid import Embeddings
from sam3d.model.sam3d import Sam3d
from sam3d.training.checkpoint import LATEST
from sam3d.training.config import TrainingConfig, read_config
from sam3d.training.restored import restored
from sam3d.training.train import Trainer

BLOCKS = ("image_encoder.refine_*", "mask_decoder.half_refine")
LORA = Adaptation(lora_rank=2, lora_targets=("image_encoder.context", "image_encoder.to_*"))
BOTH = replace(LORA, adapter_channels=4, adapter_targets=BLOCKS)
ATTACHED_SHARE = 0.05  # of the model's parameters


def model_of_seed(seed: int = 4) -> Sam3d:
    torch.manual_seed(seed)
    return Sam3d().eval()


def adapted(adaptation: Adaptation, disturbed: bool = False) -> Sam3d:
    model = model_of_seed()
    attach(model, adaptation)
    if disturbed:
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.requires_grad:
                    parameter.add_(0.1 * torch.randn_like(parameter))
    return model


@torch.no_grad()
def embedded(model: Sam3d) -> Embeddings:
    image = torch.rand(1, 2, 32, 32, 32, generator=torch.Generator().manual_seed(5))
    return model.encode(2 * image - 1)


def assert_close(some: Embeddings, others: Embeddings) -> None:
    for name, one, other in zip(Embeddings._fields, some, others, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5, msg=name)


def differ(some: Embeddings, others: Embeddings) -> bool:
    return any(not torch.allclose(one, other, atol=1e-3) for one, other in zip(some, others, strict=True))


@pytest.fixture(scope="module")
def config() -> TrainingConfig:
    return read_config(MODELS / "configs" / "smoke.yaml")


def trained(config: TrainingConfig, run: Path, until: int) -> tuple[dict[str, Tensor], Trainer]:
    """The weights before, as far as the run has got, and the trainer after it"""
    run.mkdir(exist_ok=True)
    trainer = Trainer(config, Sampler([], config.shares), run, rank=0)
    before = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    while trainer.step < until:
        trainer.train_step()
    return before, trainer


def test_begins_as_the_identity() -> None:
    assert_close(embedded(adapted(BOTH)), embedded(model_of_seed()))


def test_only_what_was_added_learns(config: TrainingConfig, tmp_path: Path) -> None:
    before, trainer = trained(replace(config, adaptation=BOTH), tmp_path, 1)
    changed = {n for n, value in trainer.model.state_dict().items() if not torch.equal(value, before[n])}
    assert changed
    assert changed <= adapter_state(trainer.model).keys()


def test_what_trained_names_learns_too(config: TrainingConfig, tmp_path: Path) -> None:
    head = "mask_decoder.iou_head.output"
    before, trainer = trained(replace(config, adaptation=BOTH, trained=head), tmp_path, 1)
    changed = {n for n, value in trainer.model.state_dict().items() if not torch.equal(value, before[n])}
    assert {n for n in changed if n.startswith(head)}
    assert changed - adapter_state(trainer.model).keys() == {f"{head}.weight", f"{head}.bias"}


def test_resumed_equals_uninterrupted(config: TrainingConfig, tmp_path: Path) -> None:
    adapting = replace(config, adaptation=BOTH)
    _, whole = trained(adapting, tmp_path / "whole", config.steps)
    trained(adapting, tmp_path / "halves", config.checkpoint_every_steps)
    _, resumed = trained(adapting, tmp_path / "halves", config.steps)
    for name, value in whole.average.items():
        assert torch.equal(value, resumed.average[name]), name


def test_starts_from_the_weights_of_a_model_without_adapters(config: TrainingConfig, tmp_path: Path) -> None:
    initial = tmp_path / LATEST
    torch.save({"average": model_of_seed().state_dict(), "step": 0}, initial)
    adapting = replace(config, adaptation=BOTH)
    trainer = Trainer(adapting, Sampler([], config.shares), tmp_path / "run", 0, initial)
    assert_close(embedded(trainer.model.eval()), embedded(model_of_seed()))


def test_merged_does_what_the_adapted_model_does() -> None:
    model = adapted(LORA, disturbed=True)
    folded = merged(model)
    assert differ(embedded(model), embedded(model_of_seed()))
    assert_close(embedded(folded), embedded(model))
    assert folded.state_dict().keys() == model_of_seed().state_dict().keys()
    assert adapter_state(model)  # which is left as it was


def test_merging_leaves_spatial_adapters() -> None:
    model = adapted(BOTH, disturbed=True)
    folded = merged(model)
    assert_close(embedded(folded), embedded(model))
    assert adapter_state(folded)
    assert not any(name.endswith(("adapter.down", "adapter.up")) for name in adapter_state(folded))


def test_a_checkpoint_of_an_adapted_model_is_restored_with_all_it_learned() -> None:
    model = adapted(BOTH, disturbed=True)
    state = {"size": "tiny", "adaptation": asdict(BOTH), "average": model.state_dict()}
    assert_close(embedded(restored(state).eval()), embedded(model))
    plain = restored({"average": model_of_seed().state_dict()})
    assert_close(embedded(plain.eval()), embedded(model_of_seed()))


def test_state_of_the_adapters_is_small_and_goes_into_a_fresh_model() -> None:
    model = adapted(BOTH, disturbed=True)
    state = adapter_state(model)
    total = sum(parameter.numel() for parameter in model_of_seed().parameters())
    assert sum(value.numel() for value in state.values()) < ATTACHED_SHARE * total
    fresh = adapted(BOTH)
    assert differ(embedded(fresh), embedded(model))
    load_adapter_state(fresh, state)
    assert_close(embedded(fresh), embedded(model))


def test_state_of_another_adaptation_is_refused() -> None:
    state = adapter_state(adapted(BOTH))
    for other in (LORA, replace(BOTH, lora_rank=3)):
        with pytest.raises(ValueError, match="another adaptation"):
            load_adapter_state(adapted(other), state)


@pytest.mark.parametrize(
    "adaptation",
    [
        replace(BOTH, lora_targets=(*BOTH.lora_targets, "image_encoder.contexts")),
        replace(BOTH, lora_targets=("image_encoder.down_half.1",)),  # a norm, no matrix
        replace(BOTH, adapter_targets=("image_encoder.context",)),  # no residual block
    ],
)
def test_a_pattern_that_matches_nothing_is_refused(adaptation: Adaptation) -> None:
    model = model_of_seed()
    with pytest.raises(ValueError, match="matches no"):
        attach(model, adaptation)
    assert not adapter_state(model)
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_a_second_adaptation_is_refused() -> None:
    with pytest.raises(ValueError, match="already"):
        attach(adapted(LORA), LORA)


@pytest.mark.parametrize("settings", [{"lora_rank": 0}, {"adapter_channels": 0}, {"lora_targets": ()}])
def test_settings_that_add_nothing_are_refused(settings: dict) -> None:
    with pytest.raises(ValueError):
        replace(LORA, **settings)


def test_adaptation_is_read_from_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "adapted.yaml"
    smoke = (MODELS / "configs" / "smoke.yaml").read_text(encoding="utf-8")
    path.write_text(
        f"{smoke}\nadaptation:\n  lora_rank: 2\n  lora_targets: [image_encoder.context]\n", encoding="utf-8"
    )
    assert read_config(path).adaptation == Adaptation(lora_rank=2, lora_targets=("image_encoder.context",))


def test_gains_are_part_of_what_is_merged() -> None:
    torch.manual_seed(6)
    model = nn.Sequential(PointwiseConv(8, 4, gain=3.0))
    attach(model, Adaptation(lora_rank=2, lora_targets=("0",)))
    nn.init.normal_(model[0].adapter.up)
    x = torch.randn(2, 8, 3, 3, 3)
    torch.testing.assert_close(merged(model)(x), model(x))

"""The ways to fine-tune: which weights learn, and that all begin with the base's features."""

import pytest
import torch

from adapted_bases import base_of_size, image, task_model
from sam3d.adaptation.finetuned.config import LEARNING_RATES, FinetunedConfig
from sam3d.adaptation.methods import config_of, refuse_unpackaged
from sam3d.adaptation.task_model import TaskModel
from sam3d.evaluation.matrix_table import CHANGES, PARTS

NEW = ("task_decoder.to_logits.", "task_decoder.default_half", "task_decoder.default_quarter")
EVERY_WAY = [(parts, change) for parts in PARTS for change in CHANGES]


def finetuned(size: str, parts: str, change: str, disturbed: bool = False) -> TaskModel:
    config = FinetunedConfig(parts=parts, change=change, adapter_channels=4, lora_rank=2)
    return task_model("finetuned", size, config, disturbed)


@pytest.mark.parametrize("size", ["tiny", "vit"])
@pytest.mark.parametrize(("parts", "change"), EVERY_WAY)
def test_what_learns_is_what_was_asked_for(size: str, parts: str, change: str) -> None:
    model = finetuned(size, parts, change, disturbed=True)
    learning = model.learning()
    of_encoder = {name for name in learning if name.startswith("image_encoder.")}
    of_decoder = learning.keys() - of_encoder
    assert bool(of_encoder) == (parts == "encoder+decoder")
    assert {name for name in of_decoder if name.startswith(NEW)} == {
        name for name, _ in model.named_parameters() if name.startswith(NEW)
    }
    added = {name for name in learning if ".adapter." in name or ".before." in name}
    rest = {name for name in learning if name not in added and not name.startswith(NEW)}
    if change == "vanilla":
        whole = {
            name for name, _ in model.named_parameters() if parts != "decoder" or name.startswith("task_")
        }
        assert learning.keys() == whole
    else:
        assert not rest
        assert any(name.startswith("task_decoder.") for name in added)
        lora = {name for name in added if name.endswith((".adapter.up", ".adapter.down"))}
        assert lora == (added if change == "LoRA" else set())
    model(image()).square().mean().backward()
    assert {n for n, p in learning.items() if p.grad is None and "to_keys" not in n} == set()


@pytest.mark.parametrize("size", ["tiny", "vit"])
@pytest.mark.parametrize("change", CHANGES)
@torch.no_grad()
def test_each_begins_with_the_features_of_the_base(size: str, change: str) -> None:
    expected = base_of_size(size).encode(image())
    found = finetuned(size, "encoder+decoder", change).image_encoder(image())
    assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))


def test_adapters_learn_far_less_than_all_weights() -> None:
    learned = {
        (parts, change): sum(p.numel() for p in finetuned("tiny", parts, change).learning().values())
        for parts, change in EVERY_WAY
    }
    for parts in PARTS:
        assert max(learned[parts, "adapter"], learned[parts, "LoRA"]) < 0.05 * learned[parts, "vanilla"]


@pytest.mark.parametrize(
    "settings", [{"parts": "encoder"}, {"change": "lora"}, {"lora_rank": 0}, {"adapter_channels": 0}]
)
def test_settings_that_make_no_sense_are_refused(settings: dict) -> None:
    with pytest.raises(ValueError):
        config_of("finetuned", settings)


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_learns_at_the_rate_that_was_chosen_for_it(change: str) -> None:
    assert config_of("finetuned", {"change": change}).learning_rate == LEARNING_RATES[change]
    assert config_of("finetuned", {"change": change, "learning_rate": 0.5}).learning_rate == 0.5


def test_what_has_nothing_of_the_base_is_for_comparisons() -> None:
    refuse_unpackaged("finetuned")
    with pytest.raises(ValueError, match="comparisons"):
        refuse_unpackaged("scratch")

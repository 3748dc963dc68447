"""The promptable model, fine-tuned: what learns, that it begins as the base, and what its samples are."""

import numpy as np
import pytest
import torch
from torch import Tensor

from adapted_bases import CUBE, base_of_size, image
from sam3d.adaptation.finetuned.config import FinetunedConfig
from sam3d.adaptation.finetuned.promptable import finetuned_promptable
from sam3d.adaptation.fit import Step
from sam3d.adaptation.promptable_fit import fit_promptable, with_single_structures
from sam3d.data.sampler import Sampler
from sam3d.data.volume_store import StoredVolume, find_objects
from sam3d.evaluation.matrix_table import CHANGES, WAYS
from sam3d.model.sam3d import Sam3d
from sam3d.training.simulated_reader import ClickingReader
from task_cases import SPACING_MM_KJI, balls


def finetuned(size: str, parts: str, change: str) -> Sam3d:
    config = FinetunedConfig(parts=parts, change=change, adapter_channels=4, lora_rank=2)
    return finetuned_promptable(base_of_size(size), config)


def answer(model: Sam3d) -> Tensor:
    known = model.encode(image())
    no_box = torch.zeros(1, 1, 6), torch.full((1, 1), -1.0)
    mask = torch.zeros(1, 1, CUBE, CUBE, CUBE), torch.zeros(1)
    prompts = model.encode_prompts(known, torch.full((1, 1, 3), 16.0), torch.ones(1, 1), *no_box, *mask)
    return model.decode(known, prompts).logits


def volume(seed: int) -> StoredVolume:
    pixels, labels = balls(seed)
    spacing = np.array(SPACING_MM_KJI)
    objects = tuple(find_objects(labels, spacing, whole=True))
    return StoredVolume(f"v{seed}", "balls", "CT", spacing, pixels.astype(np.int16), labels, objects)


@pytest.mark.parametrize(("parts", "change"), WAYS)
def test_what_learns_is_what_was_asked_for(parts: str, change: str) -> None:
    model = finetuned("tiny", parts, change)
    learning = {name for name, value in model.named_parameters() if value.requires_grad}
    assert any(name.startswith("image_encoder.") for name in learning) == (parts == "encoder+decoder")
    assert any(name.startswith("mask_decoder.") for name in learning)
    assert not any(name.startswith("mask_refiner.") for name in learning)
    if change != "vanilla":
        assert all(".adapter." in name for name in learning)
    answer(model).square().mean().backward()
    assert any(
        value.grad is not None and bool(value.grad.any())
        for name, value in model.named_parameters()
        if name in learning
    )
    assert all(value.grad is None for name, value in model.named_parameters() if name not in learning)


@pytest.mark.parametrize("size", ["tiny", "vit"])
@pytest.mark.parametrize("change", CHANGES)
@torch.no_grad()
def test_each_begins_with_the_answers_of_the_base(size: str, change: str) -> None:
    assert torch.equal(answer(finetuned(size, "encoder+decoder", change)), answer(base_of_size(size)))


def test_a_click_means_one_label() -> None:
    whole = volume(1)
    assert max(len(one.values) for one in whole.objects) == 2
    assert [one.values for one in with_single_structures(whole).objects] == [(1,), (2,)]


def test_readers_click_and_draw_nothing() -> None:
    sampler = Sampler([volume(1)], {"balls": 1})
    corrections = 0
    for seed in range(8):
        reader = ClickingReader(sampler.sample(CUBE, (seed,)), np.random.default_rng(seed))
        assert reader.box is None
        expected = 1
        for _ in range(4):
            corrected = reader.correct_once(np.zeros_like(reader.target))  # not of what is all but invisible
            corrections += corrected
            expected += corrected
            assert len(reader.labels) == expected
    assert corrections > 0


def test_it_learns_and_the_same_seed_gives_the_same() -> None:
    settings = FinetunedConfig(steps=3, samples_per_step=2, warm_up_steps=1, learning_rate=0.003)
    ends, losses = [], []
    for _ in range(2):
        model = finetuned_promptable(base_of_size("tiny"), settings)
        steps: list[Step] = []
        fit_promptable(model, [volume(1)], settings, lambda _, step, to=steps: to.append(step), CUBE)
        ends.append(model.state_dict())
        losses.append([step.loss for step in steps])
    assert losses[0] == losses[1]
    assert all(torch.equal(ends[0][name], ends[1][name]) for name in ends[0])
    start = base_of_size("tiny").state_dict()
    assert any(
        not torch.equal(value, start[name]) for name, value in ends[0].items() if "mask_decoder" in name
    )

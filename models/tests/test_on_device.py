"""Training where the model is: clicks in a whole batch, replayed samples, a run that goes on."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy import ndimage
from torch import Tensor

from conftest import MODELS
from sam3d.data.sampler import Sampler
from sam3d.model.box_prompts import SOLID_BOX
from sam3d.model.sam3d import Sam3d
from sam3d.training.checkpoint import load_checkpoint
from sam3d.training.config import Stage, TrainingConfig, read_config
from sam3d.training.on_device import train as on_device_train
from sam3d.training.on_device.augmentation import mirrored, recoloured, warped
from sam3d.training.on_device.batched_episode import run_batched_episodes
from sam3d.training.on_device.batched_reader import BatchedReader
from sam3d.training.on_device.corrections import components, correction_clicks, depths, errors_of
from sam3d.training.on_device.prompted_batch import PromptedBatch, opened, stacked
from sam3d.training.on_device.replay import Replay
from sam3d.training.on_device.train import train_on_device

CUBE = 32


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def random_mask(seed: int, share: float = 0.3) -> np.ndarray:
    field = ndimage.gaussian_filter(np.random.default_rng(seed).standard_normal((16, 16, 16)), 1)
    return field > np.quantile(field, 1 - share)


def samples(count: int) -> PromptedBatch:
    sampler = Sampler([], {"procedural": 1})
    return stacked([opened(sampler.sample(CUBE, (i,)), np.random.default_rng(i)) for i in range(count)])


def test_components_are_those_of_scipy() -> None:
    masks = [random_mask(seed, share) for seed, share in ((0, 0.1), (1, 0.3), (2, 0.5))]
    found = components(torch.from_numpy(np.stack(masks))).reshape(3, 16, 16, 16)
    for mask, labels in zip(masks, found.numpy(), strict=True):
        truth, count = ndimage.label(mask, np.ones((3, 3, 3)))
        assert len(set(zip(truth[mask].tolist(), labels[mask].tolist(), strict=True))) == count
        assert len(np.unique(labels[mask])) == count and not labels[~mask].any()


def test_depth_grows_towards_the_middle() -> None:
    mask = np.zeros((16, 16, 16), bool)
    mask[3:14, 4:13, 5:12] = True
    depth = depths(torch.from_numpy(mask)[None])[0].numpy()
    truth = ndimage.distance_transform_edt(mask)
    assert depth.argmax() in np.flatnonzero(truth == truth.max())
    assert np.corrcoef(depth[mask], truth[mask])[0, 1] > 0.95


def test_clicks_fall_deep_into_an_error_and_say_what_is_there() -> None:
    target = torch.from_numpy(
        np.stack([random_mask(seed).repeat(2, 0).repeat(2, 1).repeat(2, 2) for seed in range(8)])
    )
    predicted = torch.zeros_like(target)
    predicted[:, :20] = True
    for seed in range(5):
        click = correction_clicks(errors_of(predicted, target), generator(seed))
        assert click.needed.all()
        k, j, i = click.voxels.unbind(1)
        at = torch.arange(len(target)), k, j, i
        assert ((predicted != target)[at]).all()
        assert torch.equal(target[at], click.include)
        pieces = click.component.reshape(-1, 16, 16, 16)
        assert pieces[torch.arange(len(target)), k // 2, j // 2, i // 2].all()


def test_a_right_answer_gets_no_click() -> None:
    batch = samples(2)
    reader = BatchedReader(batch, generator())
    before = reader.points()
    reader.correct(batch.target)
    assert all(torch.equal(a, b) for a, b in zip(before, reader.points(), strict=True))


def test_corrections_are_added_behind_the_opening() -> None:
    batch = samples(6)
    reader = BatchedReader(batch, generator())
    reader.correct(torch.zeros_like(batch.target))
    coords, labels = reader.points()
    opening = (batch.labels > -0.5).sum(1)
    assert ((labels > -0.5).sum(1) > opening).all()
    for number, count in enumerate(opening.tolist()):
        assert torch.equal(coords[number, :count], batch.coords[number, :count])
        places = coords[number, labels[number] > 0.5].long()
        assert batch.target[number][places[:, 2], places[:, 1], places[:, 0]].all()


def test_mirrored_prompts_stay_with_what_they_mean() -> None:
    batch = samples(24)
    turned = mirrored(batch, generator())
    assert not torch.equal(turned.image, batch.image)
    for number in range(24):
        places = turned.coords[number, turned.labels[number] > 0.5].long()
        assert turned.target[number][places[:, 2], places[:, 1], places[:, 0]].all()
        if turned.box_labels[number, 0] == SOLID_BOX:
            low, high = turned.box_coords[number, 0].reshape(2, 3)
            middle = ((low + high) / 2).clamp(0, CUBE - 1).round().long().tolist()
            inside = turned.target[number].nonzero().float().mean(0).flip(0)
            assert (low < high).all() and ((inside - torch.tensor(middle)).abs() < CUBE / 3).all()


def test_warped_samples_keep_their_clicks_and_outside() -> None:
    batch = samples(24)
    turned = warped(batch, generator(1))
    changed = (turned.target != batch.target).flatten(1).any(1)
    assert 6 <= int(changed.sum()) and not changed[batch.box_labels[:, 0] > -0.5].any()
    for number in range(24):
        given = turned.labels[number] > -0.5
        places = turned.coords[number, given].long()
        at = turned.target[number][places[:, 2], places[:, 1], places[:, 0]]
        assert torch.equal(at, turned.labels[number, given] > 0.5)
    coloured = recoloured(turned, generator(2))
    outside = (turned.image <= -1).all(1)
    assert (coloured.image.permute(0, 2, 3, 4, 1)[outside] == -1).all()
    assert coloured.image.abs().max() <= 1 and not torch.equal(coloured.image, turned.image)


def test_a_warp_moves_image_and_mask_alike() -> None:
    batch = samples(12)
    shown = (2 * batch.target.half() - 1).unsqueeze(1).expand(-1, 2, -1, -1, -1)
    turned = warped(batch._replace(image=shown), generator(3))
    moved = turned.image[:, 0] >= 0
    both = (moved & turned.target).sum() * 2 / (moved.sum() + turned.target.sum())
    assert both > 0.99


def test_replayed_samples_are_the_latest() -> None:
    replay = Replay(4)
    batch = samples(6)
    for first in range(0, 6, 2):
        replay.add(batch.chosen(torch.arange(first, first + 2)))
    assert replay.store is not None
    kept = {float(of_sample.float().sum()) for of_sample in replay.store.image}
    assert kept == {float(of_sample.float().sum()) for of_sample in batch.image[2:]}
    drawn = replay.drawn(3, generator())
    assert drawn.image.shape[0] == 3 and drawn.image.abs().max() <= 1


@pytest.fixture(scope="module")
def config() -> TrainingConfig:
    smoke = read_config(MODELS / "configs" / "smoke.yaml")
    return replace(
        smoke, processes=0, samples_per_step=2, replays=1, stages=(Stage(48, 4),), checkpoint_every_steps=2
    )


def test_a_run_learns_and_leaves_a_checkpoint(config: TrainingConfig, tmp_path: Path) -> None:
    sampler = Sampler([], config.shares)
    whole = train_on_device(config, sampler, tmp_path, torch.device("cpu"))
    assert whole.step == 4 and whole.batches_drawn == 2
    again = train_on_device(config, sampler, tmp_path, torch.device("cpu"))
    assert again.step == 4
    for name, value in whole.average.items():
        assert torch.equal(value, again.average[name])


def test_weights_that_are_no_numbers_are_no_checkpoint(
    config: TrainingConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*given: Any) -> tuple[Tensor, Tensor]:
        losses, dice = run_batched_episodes(*given)
        return losses * float("nan"), dice

    monkeypatch.setattr(on_device_train, "run_batched_episodes", lost)
    with pytest.raises(FloatingPointError, match="after 2 steps"):
        train_on_device(config, Sampler([], config.shares), tmp_path, torch.device("cpu"))
    assert load_checkpoint(tmp_path) is None


def test_a_run_within_a_time_ends_in_it(config: TrainingConfig, tmp_path: Path) -> None:
    done = train_on_device(config, Sampler([], config.shares), tmp_path, torch.device("cpu"), within_s=2.0)
    assert done.progress >= 1 and 1 <= done.batches_drawn <= done.step
    assert load_checkpoint(tmp_path) is not None
    again = train_on_device(config, Sampler([], config.shares), tmp_path, torch.device("cpu"), within_s=2.0)
    assert again.step == done.step, "the time is that of the whole run"


def test_episodes_have_gradients_for_what_answers() -> None:
    torch.manual_seed(0)
    model = Sam3d()
    losses, dice = run_batched_episodes(model, samples(2), np.random.default_rng(0), generator())
    assert losses.shape == (2,) and dice.shape[1] == 2
    losses.mean().backward()
    assert model.mask_decoder.to_logits.weight.grad is not None
    assert model.image_encoder.down_half[0].weight.grad is not None


def test_configurations_for_a_gpu_say_what_it_cannot_do(config: TrainingConfig) -> None:
    with pytest.raises(ValueError, match="one stage"):
        replace(config, device="cuda", episodes="sessions")

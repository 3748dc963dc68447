"""Episodes that are played side by side do not know of each other."""

import numpy as np
import pytest
import torch

from sam3d.data.sample import Sample
from sam3d.data.sampler import Sampler
from sam3d.model.box_prompts import PADDING
from sam3d.model.sam3d import Sam3d
from sam3d.training import episode
from sam3d.training.episode import run_episodes
from sam3d.training.simulated_reader import SimulatedReader, padded_points


@pytest.fixture()
def samples() -> list[Sample]:
    sampler = Sampler([], {"procedural": 1})
    return [sampler.sample(48, (seed,)) for seed in (1, 2)]


def test_side_by_side_equals_one_after_another(
    samples: list[Sample], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(episode, "THIRD_ROUND_SHARE", 1.0)
    monkeypatch.setattr(episode, "HAS_BF16", False)
    torch.manual_seed(0)
    model = Sam3d()

    def played(chosen: list[int]) -> episode.EpisodeResult:
        rngs = [np.random.default_rng(index) for index in chosen]
        for rng in rngs[1:]:
            rng.random()  # the first one's decides on the rounds
        return run_episodes(model, [samples[index] for index in chosen], rngs)

    with torch.no_grad():
        together, one, other = played([0, 1]), played([0]), played([1])
    assert together.losses == pytest.approx([one.losses[0], other.losses[0]], rel=1e-5)
    assert together.dice == pytest.approx(np.array([one.dice[0], other.dice[0]]), abs=1e-5)
    assert float(together.loss) == pytest.approx(float(np.mean(together.losses)), rel=1e-5)


def test_padding_is_no_click(samples: list[Sample]) -> None:
    readers = [SimulatedReader(sample, np.random.default_rng(0)) for sample in samples]
    readers[1].correct(np.zeros_like(samples[1].target))
    coords, labels = padded_points([reader.points() for reader in readers])
    assert labels[0, 0] == 1
    assert bool((labels[0, 1:] == PADDING).all())
    assert coords.shape == (2, labels.shape[1], 3)
    assert bool((labels[1] == 1).all())

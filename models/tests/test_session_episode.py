"""Sessions as a server plays them: one correction an answer, told as the server tells it."""

import numpy as np
import pytest
import torch

from sam3d.data.sample import Sample
from sam3d.data.sampler import Sampler
from sam3d.model.sam3d import Sam3d
from sam3d.training import session_episode
from sam3d.training.session_episode import MOST_ROUNDS, corrected, run_session_episodes
from sam3d.training.simulated_reader import SimulatedReader


@pytest.fixture()
def samples() -> list[Sample]:
    sampler = Sampler([], {"procedural": 1})
    return [sampler.sample(48, (seed,)) for seed in (1, 2)]


def reader_of(sample: Sample, boxed: bool) -> SimulatedReader:
    seeds = (np.random.default_rng(seed) for seed in range(100))
    readers = (SimulatedReader(sample, rng) for rng in seeds)
    return next(r for r in readers if (r.box is not None) == boxed and len(r.labels) == (not boxed))


def test_every_round_is_scored_and_teaches(samples: list[Sample], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_episode, "FEWEST_ROUNDS", MOST_ROUNDS)
    torch.manual_seed(0)
    model = Sam3d()
    result = run_session_episodes(model, samples, [np.random.default_rng(index) for index in (0, 1)])
    assert [len(dice) for dice in result.dice] == [MOST_ROUNDS] * 2
    result.loss.backward()
    gradient = model.mask_decoder.to_logits.weight.grad
    assert gradient is not None and float(gradient.abs().sum()) > 0


def test_a_click_after_a_click_leaves_the_mask_as_it_is_shown(samples: list[Sample]) -> None:
    reader = reader_of(samples[0], boxed=False)
    shown = np.full(samples[0].target.shape, -6, np.float32)
    told, (coords, labels) = corrected(reader, shown)
    assert told is shown
    assert len(coords) == len(labels) >= 2  # the opening, and a click or a stroke


def test_a_click_after_a_box_corrects_the_mask_that_the_model_is_told_of(samples: list[Sample]) -> None:
    reader = reader_of(samples[0], boxed=True)
    shown = np.full(samples[0].target.shape, 6, np.float32)  # everything: there is only something to exclude
    told, (coords, labels) = corrected(reader, shown)
    assert (told < 0).any()
    assert labels[-1] == 1 and not labels[:-1].any()  # an include click in the middle of what is left
    assert told[tuple(coords[-1].astype(int)[::-1])] > 0

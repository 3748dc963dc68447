"""Episodes that are played side by side do not know of each other."""

import numpy as np
import pytest
import torch

from sam3d.data.sample import Sample
from sam3d.data.sampler import Sampler
from sam3d.model import half_precision
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
    monkeypatch.setattr(half_precision, "HAS_BF16", False)
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


@pytest.mark.parametrize("repetition", range(3))
def test_gradients_in_small_cubes_are_those_of_float32(
    repetition: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In bf16 they would hold what lay in the memory, where the processor has bf16"""

    def gradients() -> dict[str, torch.Tensor]:
        torch.manual_seed(repetition)
        model = Sam3d()
        sampler = Sampler([], {"procedural": 1})
        small = [sampler.sample(32, (repetition, seed)) for seed in (1, 2)]
        _ = [torch.full((128, 128, 3, 3, 3), 1e30) for _ in range(4)]  # is given back at once
        run_episodes(model, small, [np.random.default_rng(seed) for seed in (1, 2)]).loss.backward()
        return {name: value.grad for name, value in model.named_parameters() if value.grad is not None}

    found = gradients()
    monkeypatch.setattr(half_precision, "HAS_BF16", False)
    for name, gradient in gradients().items():
        torch.testing.assert_close(found[name], gradient)

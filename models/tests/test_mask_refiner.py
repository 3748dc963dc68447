"""What refines a mask at full resolution: where it begins, what it sees, and that it alone learns."""

import numpy as np
import pytest
import torch

from sam3d.data.sampler import Sampler
from sam3d.model import half_precision
from sam3d.model.mask_refiner import MaskRefiner, evidence_of
from sam3d.model.sam3d import Sam3d
from sam3d.training import refining_episode
from sam3d.training.refining_episode import run_refining_episodes


def ball(radius: float, n: int = 32) -> torch.Tensor:
    """(1, 1, n, n, n): distance into the ball, in voxels"""
    k, j, i = np.indices((n, n, n)) - (n - 1) / 2
    return torch.from_numpy((radius - np.sqrt(k * k + j * j + i * i)).astype(np.float32))[None, None]


def test_begins_as_the_identity() -> None:
    torch.manual_seed(0)
    image, logits = torch.rand(2, 2, 16, 16, 16), torch.randn(2, 1, 16, 16, 16)
    clicks, labels = torch.full((2, 1, 3), 8.0), torch.ones(2, 1)
    refined = MaskRefiner()(image, torch.zeros_like(logits), logits, clicks, labels).refined_logits
    assert torch.equal(refined, logits)


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["bright inside", "dark inside"])
def test_evidence_tells_a_border_beside_the_masks(sign: float) -> None:
    truth = ball(9) > 0
    image = torch.where(truth, 0.4, -0.4).repeat(1, 2, 1, 1, 1) * sign
    probability = torch.sigmoid(2 * ball(7.5))
    evidence = evidence_of(image, probability)
    shell = (ball(9) > 0) & (ball(7.5) < 0)
    beyond = (ball(9) < 0) & (ball(11) > 0)
    assert bool((evidence[shell.expand_as(evidence)] > 0.2).all())
    assert bool((evidence[beyond.expand_as(evidence)] < -0.2).all())


def test_a_flat_image_gives_no_evidence() -> None:
    evidence = evidence_of(torch.full((1, 2, 16, 16, 16), 0.3), torch.sigmoid(ball(5, 16)))
    assert float(evidence.abs().max()) < 0.05


def test_the_refiner_alone_gets_gradients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(half_precision, "HAS_BF16", False)
    torch.manual_seed(0)
    sampler = Sampler([], {"procedural": 1}, least_voxels=500)
    samples = [sampler.sample(48, (seed,)) for seed in (1, 2)]
    assert all(sample.target.sum() >= 500 for sample in samples)
    model = Sam3d()
    result = run_refining_episodes(model, samples, [np.random.default_rng(seed) for seed in (1, 2)])
    result.loss.backward()
    learning = {name.split(".")[0] for name, p in model.named_parameters() if p.grad is not None}
    assert learning == {"mask_refiner"}
    assert [len(dice) for dice in result.dice] == [refining_episode.ROUNDS] * 2

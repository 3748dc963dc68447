"""Training episodes: a first prompt, then corrections of the model's own answers."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor

from sam3d.data.hint import MASK_CONFIDENCE
from sam3d.data.sample import Sample
from sam3d.model.blocks import depth_to_space, space_to_depth
from sam3d.model.half_precision import autocast_of
from sam3d.model.mask_decoder import SubvoxelHypotheses
from sam3d.model.prompted_unet import PromptedUnet
from sam3d.model.sam3d import Sam3d

from .loss import hypotheses_loss, picked
from .simulated_reader import Points, SimulatedReader, padded_boxes, padded_points

ROUND_WEIGHTS = (1.0, 0.8, 0.8)  # the first prompt matters most
THIRD_ROUND_SHARE = 0.5
# one click may mean a part or the whole, so hypotheses may differ; with corrections they should agree
CHOSEN_WEIGHT_FIRST = 0.3
CHOSEN_WEIGHT_LATER = 1.0


class EpisodeResult(NamedTuple):
    loss: Tensor  # scalar, mean of the samples'
    losses: list[float]  # each sample's
    dice: list[list[float]]  # each sample's, of the chosen hypothesis after each round


class Play(Protocol):
    """Lets a model learn from samples of one cube's edge, each with a generator of what its reader does"""

    def __call__(
        self, model: Sam3d | PromptedUnet, samples: Sequence[Sample], rngs: Sequence[np.random.Generator], /
    ) -> EpisodeResult: ...


def chosen_logits(hypotheses: SubvoxelHypotheses) -> Tensor:
    """As the server chooses → (B, 1, n, n, n), detached"""
    return depth_to_space(picked(hypotheses.logits.detach(), hypotheses.iou_predictions.argmax(1)))


def dice_of(predicted: np.ndarray, target: np.ndarray) -> float:
    return float(2 * (predicted & target).sum() / max(1, predicted.sum() + target.sum()))


def hint_logits(hint: np.ndarray | None, n: int) -> Tensor:
    """→ (1, n, n, n), as the server tells a mask that comes from another region"""
    if hint is None:
        return torch.zeros(1, n, n, n)
    return torch.from_numpy(np.where(hint, MASK_CONFIDENCE, -MASK_CONFIDENCE).astype(np.float32))[None]


def known_masks(samples: Sequence[Sample], readers: Sequence[SimulatedReader]) -> tuple[Tensor, Tensor]:
    """What earlier looks have found → logits (B, 1, n, n, n), and (B,): 1 where there is any. Who draws a box
    is answered in a region of its size, without an earlier look."""
    hints = [
        sample.hint if reader.box is None else None for sample, reader in zip(samples, readers, strict=True)
    ]
    logits = [hint_logits(hint, sample.target.shape[0]) for hint, sample in zip(hints, samples, strict=True)]
    return torch.stack(logits), torch.tensor([float(hint is not None) for hint in hints])


def asked(
    model: Sam3d | PromptedUnet,
    embeddings: Any,  # of the model's own encode
    points: Sequence[Points],
    boxes: tuple[Tensor, Tensor],
    known: tuple[Tensor, Tensor],
) -> SubvoxelHypotheses:
    """points of each sample, boxes as of padded_boxes, known as of known_masks"""
    with autocast_of(known[0].shape[-1]):
        prompts = model.encode_prompts(embeddings, *padded_points(points), *boxes, *known)
        return model.decode_subvoxels(embeddings, prompts)


def run_episodes(
    model: Sam3d | PromptedUnet,
    samples: Sequence[Sample],
    rngs: Sequence[np.random.Generator],
    reader_of: Callable[[Sample, np.random.Generator], SimulatedReader] = SimulatedReader,
    most_rounds: int = len(ROUND_WEIGHTS),
) -> EpisodeResult:
    """One a sample, side by side: PyTorch's convolutions are several times faster on two samples than on one.

    The samples share the cube's edge n, and the first one's rng decides how many rounds are played.
    """
    targets = [sample.target for sample in samples]
    target = space_to_depth(torch.from_numpy(np.stack(targets).astype(np.float32)).unsqueeze(1)).flatten(2)
    outside_voxels = torch.tensor([sample.outside_voxels for sample in samples])
    rounds = min(most_rounds, len(ROUND_WEIGHTS) - (rngs[0].random() >= THIRD_ROUND_SHARE))
    readers = [reader_of(sample, rng) for sample, rng in zip(samples, rngs, strict=True)]
    known, boxes = known_masks(samples, readers), padded_boxes(readers)
    losses: list[Tensor] = []
    dices: list[list[float]] = [[] for _ in samples]
    image = torch.from_numpy(np.stack([sample.image for sample in samples]))
    with autocast_of(image.shape[-1]):
        embeddings = model.encode(image)
    for round_index in range(rounds):
        points = [reader.points() for reader in readers]
        hypotheses = asked(model, embeddings, points, boxes, known)
        chosen_weight = CHOSEN_WEIGHT_FIRST if round_index == 0 else CHOSEN_WEIGHT_LATER
        loss = hypotheses_loss(hypotheses, target, outside_voxels, chosen_weight)  # (B,)
        losses.append(ROUND_WEIGHTS[round_index] * loss)
        previous = chosen_logits(hypotheses)
        known = previous, torch.ones(len(samples))
        for reader, dice, logits in zip(readers, dices, previous.numpy(), strict=True):
            dice.append(dice_of(logits[0] > 0, reader.target))
            reader.correct(logits[0] > 0)
    of_samples = torch.stack(losses).sum(0) / sum(ROUND_WEIGHTS[:rounds])
    return EpisodeResult(of_samples.mean(), of_samples.detach().tolist(), dices)

"""Training episodes as a server plays them: after each answer one correction, made of the answer whose border
was moved onto the image's edges, which is also the mask that the model is then told of."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from sam3d.data.sample import Sample
from sam3d.model.blocks import space_to_depth
from sam3d.model.corrected_mask import beside_middle, corrected_logits
from sam3d.model.half_precision import autocast_of
from sam3d.model.prompted_unet import PromptedUnet
from sam3d.model.sam3d import Sam3d

from .episode import (
    CHOSEN_WEIGHT_FIRST,
    CHOSEN_WEIGHT_LATER,
    EpisodeResult,
    asked,
    chosen_logits,
    dice_of,
    known_masks,
)
from .loss import hypotheses_loss
from .refining_episode import walked
from .simulated_reader import Points, SimulatedReader, padded_boxes

FEWEST_ROUNDS, MOST_ROUNDS = 2, 6  # an opening and its corrections
LATER_WEIGHT = 0.7  # of a correction, against the opening


def run_session_episodes(
    model: Sam3d | PromptedUnet, samples: Sequence[Sample], rngs: Sequence[np.random.Generator]
) -> EpisodeResult:
    """One a sample, side by side; the first one's rng decides how many rounds are played."""
    targets = torch.from_numpy(np.stack([sample.target for sample in samples]).astype(np.float32))
    target = space_to_depth(targets.unsqueeze(1)).flatten(2)
    outside_voxels = torch.tensor([sample.outside_voxels for sample in samples])
    rounds = int(rngs[0].integers(FEWEST_ROUNDS, MOST_ROUNDS + 1))
    readers = [SimulatedReader(sample, rng) for sample, rng in zip(samples, rngs, strict=True)]
    known, boxes = known_masks(samples, readers), padded_boxes(readers)
    points = [reader.points() for reader in readers]
    losses: list[Tensor] = []
    dices: list[list[float]] = [[] for _ in samples]
    image = torch.from_numpy(np.stack([sample.image for sample in samples]))
    with autocast_of(image.shape[-1]):
        embeddings = model.encode(image)
    for round_index in range(rounds):
        hypotheses = asked(model, embeddings, points, boxes, known)
        first = round_index == 0
        loss = hypotheses_loss(
            hypotheses, target, outside_voxels, CHOSEN_WEIGHT_FIRST if first else CHOSEN_WEIGHT_LATER
        )
        losses.append(loss if first else LATER_WEIGHT * loss)
        shown = walked(samples, readers, chosen_logits(hypotheses))
        for reader, dice, logits in zip(readers, dices, shown.numpy(), strict=True):
            dice.append(dice_of(logits[0] > 0, reader.target))
        told = [corrected(reader, logits[0]) for reader, logits in zip(readers, shown.numpy(), strict=True)]
        points = [own for _, own in told]
        previous = torch.from_numpy(np.stack([logits for logits, _ in told]))[:, None]
        known = previous, torch.ones(len(samples))
    total = 1 + LATER_WEIGHT * (rounds - 1)
    of_samples = torch.stack(losses).sum(0) / total
    return EpisodeResult(of_samples.mean(), of_samples.detach().tolist(), dices)


def corrected(reader: SimulatedReader, shown: np.ndarray) -> tuple[np.ndarray, Points]:
    """The reader corrects an answer once; shown (n, n, n) logits → what the model is told of them, and the
    points that go with it"""
    before = len(reader.labels)
    reader.correct_once(shown > 0)
    if reader.box is None:
        return shown, reader.points()
    told = corrected_logits(shown, *reader.points(before))
    coords, labels = reader.points()
    return told, (coords, labels) if labels.any() else beside_middle(coords, labels, told > 0)

"""Training episodes of the mask refiner: the rest of the model answers as in use and learns nothing."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from sam3d.data.sample import Sample
from sam3d.model.half_precision import autocast_of
from sam3d.model.prompted_unet import PromptedUnet
from sam3d.model.refinement import Refinement, refined_logits
from sam3d.model.sam3d import Sam3d

from .episode import EpisodeResult, asked, chosen_logits, dice_of, known_masks
from .loss import mask_loss
from .simulated_reader import SimulatedReader, padded_boxes, padded_points

ROUNDS = 4  # each refines an answer
WALK = Refinement()


def walked(samples: Sequence[Sample], readers: Sequence[SimulatedReader], logits: Tensor) -> Tensor:
    """Answers with their borders on the image's edges; (B, 1, n, n, n) each"""
    moved = [
        refined_logits(WALK, of_sample[0], sample.image, *reader.points())
        for of_sample, sample, reader in zip(logits.numpy(), samples, readers, strict=True)
    ]
    return torch.from_numpy(np.stack(moved))[:, None]


def run_refining_episodes(
    model: Sam3d | PromptedUnet, samples: Sequence[Sample], rngs: Sequence[np.random.Generator]
) -> EpisodeResult:
    """One a sample, side by side; the reader corrects the refined answer, and the model is told of it."""
    if not isinstance(model, Sam3d):
        raise ValueError("only a model with a refiner of masks can learn to refine")
    targets = torch.from_numpy(np.stack([sample.target for sample in samples]).astype(np.float32))
    target = targets.reshape(len(samples), 8, -1)  # the losses do not mind which voxel is which
    readers = [SimulatedReader(sample, rng) for sample, rng in zip(samples, rngs, strict=True)]
    known, boxes = known_masks(samples, readers), padded_boxes(readers)
    losses: list[Tensor] = []
    dices: list[list[float]] = [[] for _ in samples]
    image = torch.from_numpy(np.stack([sample.image for sample in samples]))
    with torch.no_grad(), autocast_of(image.shape[-1]):
        embeddings = model.encode(image)
    for _ in range(ROUNDS):
        points = [reader.points() for reader in readers]
        with torch.no_grad():
            answer = chosen_logits(asked(model, embeddings, points, boxes, known))
        moved = walked(samples, readers, answer)
        with autocast_of(image.shape[-1]):
            refined = model.mask_refiner(image, answer, moved, *padded_points(points)).refined_logits
        losses.append(mask_loss(refined.reshape(target.shape), target))
        previous = refined.detach()
        known = previous, torch.ones(len(samples))
        for reader, dice, logits in zip(readers, dices, previous.numpy(), strict=True):
            dice.append(dice_of(logits[0] > 0, reader.target))
            reader.correct(logits[0] > 0)
    of_samples = torch.stack(losses).mean(0)
    return EpisodeResult(of_samples.mean(), of_samples.detach().tolist(), dices)

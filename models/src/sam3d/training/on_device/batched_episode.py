"""Training episodes of a whole batch, where the model is: an opening, then corrections of the model's own
answers."""

import numpy as np
import torch
from torch import Tensor

from sam3d.data.hint import MASK_CONFIDENCE
from sam3d.model.blocks import space_to_depth
from sam3d.model.half_precision import autocast_of
from sam3d.model.sam3d import Sam3d
from sam3d.training.episode import CHOSEN_WEIGHT_FIRST, CHOSEN_WEIGHT_LATER, chosen_logits
from sam3d.training.loss import hypotheses_loss

from .batched_reader import BatchedReader
from .prompted_batch import PromptedBatch

FEWEST_ROUNDS, MOST_ROUNDS = 2, 5  # an opening and its corrections
LATER_WEIGHT = 0.7  # of a correction, against the opening


def dices(predicted: Tensor, target: Tensor) -> Tensor:
    """(B, n, n, n) bool each → (B,)"""
    both = (predicted & target).flatten(1).sum(1)
    return 2 * both / (predicted.flatten(1).sum(1) + target.flatten(1).sum(1)).clamp(min=1)


def run_batched_episodes(
    model: Sam3d, batch: PromptedBatch, rng: np.random.Generator, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """rng: decides how many rounds are played; generator: of the batch's device, where the reader clicks
    → (B,) losses, (rounds, B) Dice of the shown hypothesis"""
    rounds = int(rng.integers(FEWEST_ROUNDS, MOST_ROUNDS + 1))
    image, n = batch.image.float(), batch.image.shape[-1]
    target = space_to_depth(batch.target.float().unsqueeze(1)).flatten(2)
    told = torch.where(batch.known, MASK_CONFIDENCE, -MASK_CONFIDENCE).unsqueeze(1)
    known = told * batch.has_known.reshape(-1, 1, 1, 1, 1), batch.has_known
    reader = BatchedReader(batch, generator)
    losses: list[Tensor] = []
    dice: list[Tensor] = []
    with autocast_of(n, image.device.type):
        embeddings = model.encode(image)
    for round_index in range(rounds):
        first = round_index == 0
        with autocast_of(n, image.device.type):
            prompts = model.encode_prompts(
                embeddings, *reader.points(), batch.box_coords, batch.box_labels, *known
            )
            hypotheses = model.decode_subvoxels(embeddings, prompts)
        chosen_weight = CHOSEN_WEIGHT_FIRST if first else CHOSEN_WEIGHT_LATER
        loss = hypotheses_loss(hypotheses, target, batch.outside_voxels, chosen_weight)
        losses.append(loss if first else LATER_WEIGHT * loss)
        shown = chosen_logits(hypotheses)
        known = shown, torch.ones_like(batch.has_known)
        dice.append(dices(shown[:, 0] > 0, batch.target))
        if round_index + 1 < rounds:
            reader.correct(shown[:, 0] > 0)
    return torch.stack(losses).sum(0) / (1 + LATER_WEIGHT * (rounds - 1)), torch.stack(dice)

"""Self-supervised pre-training of the image encoder: what was hidden of a cube is to be read from its
features (after masked autoencoders, He et al. 2022). No label is read."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from sam3d.data.sample import Sample
from sam3d.model.blocks import space_to_depth
from sam3d.model.feature_pyramid import HALF_FEATURES, SUBVOXELS
from sam3d.model.half_precision import autocast_of
from sam3d.model.prompted_unet import PromptedUnet
from sam3d.model.sam3d import Sam3d

from .episode import EpisodeResult

HIDDEN_SHARE = 0.6
HIDDEN_BLOCK = 8  # voxels along each side
# The finest features are as many as the two channels' voxels in a cell, and are to become those.
assert HALF_FEATURES == SUBVOXELS


def hidden_voxels(n: int, rng: np.random.Generator) -> np.ndarray:
    """→ (n, n, n) bool, blocks"""
    blocks = rng.random((n // HIDDEN_BLOCK,) * 3) < HIDDEN_SHARE
    return blocks.repeat(HIDDEN_BLOCK, 0).repeat(HIDDEN_BLOCK, 1).repeat(HIDDEN_BLOCK, 2)


def reconstruction_errors(found: Tensor, wanted: Tensor, hidden: Tensor) -> Tensor:
    """Mean squared error of what was hidden; (B, C, …) each → (B,)"""
    asked = hidden.float()
    errors = F.mse_loss(found.float(), wanted, reduction="none") * asked
    return errors.sum((1, 2, 3, 4)) / asked.sum((1, 2, 3, 4))


def run_reconstruction_episodes(
    model: Sam3d | PromptedUnet, samples: Sequence[Sample], rngs: Sequence[np.random.Generator]
) -> EpisodeResult:
    """The loss is the mean squared error of hidden voxels, of intensities in [-1, 1]; the Dice is 0."""
    if not isinstance(model, Sam3d):
        raise ValueError("only a model with an image encoder can be pre-trained")
    image = torch.from_numpy(np.stack([sample.image for sample in samples]))
    hidden = np.stack([hidden_voxels(image.shape[-1], rng) for rng in rngs])
    mask = torch.from_numpy(hidden)[:, None]  # (B, 1, n, n, n)
    with autocast_of(image.shape[-1]):
        features = model.encode(image.masked_fill(mask, 0.0)).features_half
    wanted, asked = space_to_depth(image), space_to_depth(mask.expand_as(image).float())
    losses = reconstruction_errors(features, wanted, asked)
    return EpisodeResult(losses.mean(), losses.detach().tolist(), [[0.0] for _ in samples])

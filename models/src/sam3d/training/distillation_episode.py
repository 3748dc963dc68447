"""Decoupled distillation (after MobileSAM, Zhang et al. 2023): a smaller image encoder learns to hand on what
a trained one does, and the trained decoder goes on with it. No label is read."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from sam3d.data.sample import Sample
from sam3d.model.feature_pyramid import Embeddings
from sam3d.model.half_precision import autocast_of
from sam3d.model.idle import remove_idle_layers
from sam3d.model.prompted_unet import PromptedUnet
from sam3d.model.sam3d import Sam3d

from .episode import EpisodeResult
from .restored import restored

FEATURES = ("features_half", "features_quarter", "features_eighth")
KEYS = ("keys_half", "keys_quarter")


def relative_errors(found: Tensor, wanted: Tensor) -> Tensor:
    """Mean squared error, of the variance of what is wanted; (B, C, …) each → (B,)"""
    errors = F.mse_loss(found.float(), wanted.float(), reduction="none").flatten(1).mean(1)
    return errors / wanted.float().var()


def embedding_errors(found: Embeddings, wanted: Embeddings) -> Tensor:
    """Of all that prompts and decoder are told → (B,); keys are unit vectors, compared by their angle."""
    features = [relative_errors(getattr(found, name), getattr(wanted, name)) for name in FEATURES]
    angles = [
        1 - (getattr(found, name).float() * getattr(wanted, name).float()).sum(1).flatten(1).mean(1)
        for name in KEYS
    ]
    return torch.stack([*features, *angles]).mean(0)


class DistillationEpisodes:
    def __init__(self, teacher: Path) -> None:
        state = torch.load(teacher, map_location="cpu", weights_only=True)
        self.teacher = restored(state).image_encoder.requires_grad_(False)
        remove_idle_layers(self.teacher)

    def __call__(
        self, model: Sam3d | PromptedUnet, samples: Sequence[Sample], rngs: Sequence[np.random.Generator]
    ) -> EpisodeResult:
        """The loss is that of the embeddings; the Dice is 0."""
        if not isinstance(model, Sam3d):
            raise ValueError("only a model with an image encoder can be taught by another's")
        image = torch.from_numpy(np.stack([sample.image for sample in samples]))
        with autocast_of(image.shape[-1]):
            losses = embedding_errors(model.encode(image), self.teacher(image))
        return EpisodeResult(losses.mean(), losses.detach().tolist(), [[0.0] for _ in samples])

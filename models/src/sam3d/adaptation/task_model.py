"""An image encoder and a semantic decoder: image in, classes out."""

import numpy as np
from torch import Tensor, nn

from sam3d.model.feature_pyramid import Embeddings
from sam3d.model.idle import remove_idle_layers
from sam3d.model.sam3d import Sam3d, decoder_features
from sam3d.model.semantic_decoder import SemanticDecoder


class TaskModel(nn.Module):
    def __init__(self, image_encoder: nn.Module, task_decoder: nn.Module) -> None:
        super().__init__()
        self.image_encoder = image_encoder
        self.task_decoder = task_decoder

    def forward(self, image: Tensor) -> Tensor:
        """(B, 2, n, n, n) → logits (B, 1 + classes, n, n, n), background first"""
        embeddings: Embeddings = self.image_encoder(image)
        return self.task_decoder(*decoder_features(embeddings))

    def training_logits(self, image: Tensor, labels: Tensor, rng: np.random.Generator) -> Tensor:
        """What the loss is of; methods that take prompts draw them from the labels (B, n, n, n) here."""
        return self(image)

    def learning(self) -> dict[str, nn.Parameter]:
        """The parameters that learn, by name"""
        return {name: value for name, value in self.named_parameters() if value.requires_grad}


def frozen_base(base: Sam3d, classes: int) -> TaskModel:
    """Of a model of its own, which is changed: the encoder stays as it is, the decoder begins as the mask
    decoder and learns."""
    remove_idle_layers(base.image_encoder)
    base.image_encoder.requires_grad_(False)
    decoder = SemanticDecoder(classes, base.mask_decoder.further_blocks)
    decoder.start_from(base.mask_decoder)
    return TaskModel(base.image_encoder, decoder)

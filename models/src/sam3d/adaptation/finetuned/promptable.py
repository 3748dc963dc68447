"""The promptable model itself, fine-tuned on exemplars: the task is still told by a click."""

from sam3d.model.idle import remove_idle_layers
from sam3d.model.sam3d import Sam3d

from .change import change_parts
from .config import FinetunedConfig


def finetuned_promptable(base: Sam3d, config: FinetunedConfig) -> Sam3d:
    """base is changed; begins as it is. The prompt encoder has no weights: the mask decoder learns what the
    prompts mean."""
    remove_idle_layers(base.image_encoder)
    base.requires_grad_(False)
    change_parts(base.image_encoder, base.mask_decoder, config)
    return base

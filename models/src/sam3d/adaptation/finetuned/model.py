from sam3d.adaptation.task_model import TaskModel, frozen_base
from sam3d.model.sam3d import Sam3d

from .change import change_parts
from .config import FinetunedConfig

# Whatever else learns: what a task has and the base does not
NEW_PARTS = ("to_logits.", "default_half", "default_quarter")
UNUSED = "to_keys"  # which clicks are compared by: a task has none


def finetuned_model(base: Sam3d, classes: int, config: FinetunedConfig) -> TaskModel:
    """Begins as the base with a semantic decoder; base is changed."""
    model = frozen_base(base, classes)
    change_parts(model.image_encoder, model.task_decoder, config, is_left_alone)
    for name, parameter in model.task_decoder.named_parameters():
        if name.startswith(NEW_PARTS):
            parameter.requires_grad_(True)
    return model


def is_left_alone(name: str) -> bool:
    """Whether a layer of that name gets no adapter"""
    return UNUSED in name or f"{name}.".startswith(NEW_PARTS)

from sam3d.adaptation.task_model import TaskModel, frozen_base
from sam3d.model.adaptation import Adaptation, attach
from sam3d.model.sam3d import Sam3d

from .config import SamedConfig


def samed_model(base: Sam3d, classes: int, config: SamedConfig) -> TaskModel:
    """Begins as the base with a semantic decoder; base is changed."""
    model = frozen_base(base, classes)
    attach(model.image_encoder, Adaptation(config.lora_rank, config.lora_targets))
    return model

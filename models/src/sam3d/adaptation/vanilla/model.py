from sam3d.adaptation.task_model import TaskModel, frozen_base
from sam3d.model.sam3d import Sam3d

from .config import VanillaConfig


def vanilla_model(base: Sam3d, classes: int, config: VanillaConfig) -> TaskModel:
    """base is changed."""
    return frozen_base(base, classes)

from sam3d.adaptation.task_model import TaskModel
from sam3d.model.image_encoder import ImageEncoder
from sam3d.model.sam3d import Sam3d
from sam3d.model.semantic_decoder import SemanticDecoder

from .config import ScratchConfig


def scratch_model(base: Sam3d, classes: int, config: ScratchConfig) -> TaskModel:
    """base: not looked at"""
    return TaskModel(ImageEncoder(), SemanticDecoder(classes))

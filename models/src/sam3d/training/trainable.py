"""What a run trains: a model of a size, or a baseline."""

from sam3d.model.prompted_unet import PromptedUnet
from sam3d.model.sam3d import Sam3d
from sam3d.model.size import SIZES

UNET = "unet"
TRAINABLE = (*SIZES, UNET)


def trainable(size: str) -> Sam3d | PromptedUnet:
    """size: of TRAINABLE"""
    return PromptedUnet() if size == UNET else Sam3d(SIZES[size])

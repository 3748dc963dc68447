"""The image encoder of a size."""

from torch import nn

from .image_encoder import ImageEncoder
from .size import Size
from .tiny_vit.encoder import TinyVitEncoder
from .tiny_vit.geometry import TinyVitGeometry
from .vit.encoder import VitEncoder
from .vit.geometry import VitGeometry


def encoder_of(size: Size | VitGeometry | TinyVitGeometry) -> nn.Module:
    """(B, 2, n, n, n) → Embeddings"""
    match size:
        case VitGeometry():
            return VitEncoder(size)
        case TinyVitGeometry():
            return TinyVitEncoder(size)
        case Size():
            return ImageEncoder(size)

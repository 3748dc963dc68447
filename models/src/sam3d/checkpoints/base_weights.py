"""A published image encoder's weights for one of ours."""

from torch import Tensor

from sam3d.model.given_weights import AskedFor
from sam3d.model.size import SIZES
from sam3d.model.tiny_vit import inflation as tiny_vit
from sam3d.model.tiny_vit.geometry import TinyVitGeometry
from sam3d.model.vit import inflation as vit
from sam3d.model.vit.geometry import VitGeometry

from .shapes import Shapes

GIVEN_SIZES = [name for name, size in SIZES.items() if isinstance(size, VitGeometry | TinyVitGeometry)]


def base_weights(state: dict[str, Tensor], size: str) -> dict[str, Tensor]:
    """What stays frozen in that size's image encoder. Raises ValueError for missing or misshapen tensors."""
    match SIZES[size]:
        case VitGeometry() as geometry:
            return vit.inflated(state, geometry)
        case TinyVitGeometry() as geometry:
            return tiny_vit.inflated(state, geometry)
    raise ValueError(f"{size} is an encoder of our own: nothing published fits it")


def wanted_shapes(size: str) -> Shapes:
    """Of a published checkpoint: the tensors that base_weights takes"""
    match SIZES[size]:
        case VitGeometry() as geometry:
            asked = AskedFor(vit.PREFIX)
            vit.frozen_state(asked, geometry)
        case TinyVitGeometry() as geometry:
            asked = AskedFor(tiny_vit.PREFIX)
            tiny_vit.frozen_state(asked, geometry)
        case _:
            raise ValueError(f"{size} is an encoder of our own: nothing published fits it")
    return asked.shapes

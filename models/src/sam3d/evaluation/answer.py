"""What the model says in a region."""

from typing import NamedTuple

import numpy as np

from sam3d.data.region import Region

from .engine import Tensors


class View(NamedTuple):
    region: Region
    embeddings: Tensors


class Answer(NamedTuple):
    view: View
    logits: np.ndarray  # (n, n, n)
    expected_iou: float


def reaches_border(logits: np.ndarray) -> bool:
    inside = logits > 0
    return any(bool(inside.take(end, axis).any()) for axis in range(3) for end in (0, -1))

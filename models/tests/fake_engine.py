"""An engine that notes what it is asked to decode."""

from dataclasses import dataclass

import numpy as np

from sam3d.data.boxes import Box
from sam3d.evaluation.engine import Tensors


@dataclass(frozen=True)
class Decoded:
    coords: np.ndarray
    labels: np.ndarray
    previous: np.ndarray | None
    box: Box | None


class FakeEngine:
    """What it answers is its subclass's matter."""

    def __init__(self) -> None:
        self.calls: list[Decoded] = []

    def encode(self, image: np.ndarray) -> Tensors:
        return {"image": image[None]}

    def decode(
        self,
        embeddings: Tensors,
        coords: np.ndarray,
        labels: np.ndarray,
        previous: np.ndarray | None,
        box: Box | None = None,
    ) -> tuple[np.ndarray, float]:
        self.calls.append(Decoded(coords, labels, previous, box))
        return self.answer(box)

    def answer(self, box: Box | None) -> tuple[np.ndarray, float]:
        raise NotImplementedError

    def refined(self, embeddings: Tensors, logits: np.ndarray, *clicks: np.ndarray) -> np.ndarray:
        return logits

    def shown(self, embeddings: Tensors, logits: np.ndarray, *_: object) -> np.ndarray:
        return logits

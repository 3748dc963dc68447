"""Which published model a checkpoint is of, and what of it is there."""

from dataclasses import dataclass

from torch import Tensor

from .families import FAMILIES, Family, Part
from .shapes import Shapes

LEAST_SHARE = 0.5  # of an image encoder's tensors, by name and shape: below it is some other model


@dataclass(frozen=True)
class FoundPart:
    part: Part
    found: Shapes  # of the file, by names and shapes that are expected
    missing: tuple[str, ...]
    misshapen: dict[str, tuple[tuple[int, ...], tuple[int, ...]]]  # the file's and the expected shape

    @property
    def complete(self) -> bool:
        return not self.missing and not self.misshapen


@dataclass(frozen=True)
class Identification:
    family: Family
    parts: tuple[FoundPart, ...]  # the first is what is loaded
    unexpected: tuple[str, ...]

    @property
    def loadable(self) -> bool:
        return self.parts[0].complete


def shapes_of(state: dict[str, Tensor]) -> Shapes:
    return {name: tuple(value.shape) for name, value in state.items()}


def share_found(shapes: Shapes, expected: Shapes) -> float:
    return sum(shapes.get(name) == shape for name, shape in expected.items()) / len(expected)


def found_part(part: Part, shapes: Shapes) -> FoundPart:
    expected = part.shapes
    return FoundPart(
        part,
        {name: shape for name, shape in expected.items() if shapes.get(name) == shape},
        tuple(name for name in expected if name not in shapes),
        {n: (shapes[n], shape) for n, shape in expected.items() if n in shapes and shapes[n] != shape},
    )


def identified(shapes: Shapes) -> Identification | None:
    """None: of no family that is known"""
    shares = [share_found(shapes, family.parts()[0].shapes) for family in FAMILIES]
    if max(shares) < LEAST_SHARE:
        return None
    family = FAMILIES[shares.index(max(shares))]
    parts = tuple(found_part(part, shapes) for part in family.parts())
    expected = {name for part in family.parts() for name in part.shapes}
    return Identification(family, parts, tuple(name for name in shapes if name not in expected))

"""An identification in words. Names of the file are shown escaped: they may be anything."""

import shlex
from collections.abc import Iterable
from pathlib import Path

from sam3d.model.size import zoo_folder

from .families import FAMILIES
from .identification import FoundPart, Identification
from .shapes import Shapes, parameters

SHOWN_NAMES = 8
GRAPH_BYTES = 2 * 2**30  # that a file of ONNX can hold


def listed(names: Iterable[str]) -> str:
    every = list(names)
    shown = ", ".join(ascii(name)[1:-1] for name in every[:SHOWN_NAMES])
    more = len(every) - SHOWN_NAMES
    return f"{shown or 'none'}{f' and {more} more' if more > 0 else ''}"


def part_row(found: FoundPart) -> str:
    expected = found.part.shapes
    tensors = f"{len(found.found)} of {len(expected)}"
    use = found.part.use if found.complete else f"incomplete; would be {found.part.use}"
    return f"  {found.part.title:<17}{parameters(found.found):>13,}  {tensors:>12}  {use}"


def report_of(found: Identification, path: Path) -> str:
    family = found.family
    total = sum(parameters(part.found) for part in found.parts)
    misshapen = [
        f"{name} {was} should be {wanted}"
        for part in found.parts
        for name, (was, wanted) in part.misshapen.items()
    ]
    return "\n".join(
        [
            f"{family.title} ({family.source}): size {family.size} here",
            f"{total:,} parameters",
            "",
            f"  {'part':<17}{'parameters':>13}  {'tensors':>12}  here",
            *(part_row(part) for part in found.parts),
            "",
            f"missing: {listed(name for part in found.parts for name in part.missing)}",
            f"of another shape: {listed(misshapen)}",
            f"unexpected: {listed(found.unexpected)}",
            f"licence: {family.licence}",
            "",
            *next_steps(found, path),
        ]
    )


def next_steps(found: Identification, path: Path) -> list[str]:
    """From the file to a model that a server runs"""
    if not found.loadable:
        return ["It cannot be loaded: its image encoder is not whole."]
    size = found.family.size
    file = shlex.quote(str(path))
    start, run = f"runs/{size}", f"runs/{size}_adapted"
    export = (
        f"  python -m sam3d.export.export --checkpoint {run}/latest.pt --output zoo/{zoo_folder(size)}"
        if 4 * parameters(found.parts[0].found) < GRAPH_BYTES
        else "  No export: in float32 it is larger than the 2 GiB that a graph can hold."
    )
    return [
        "Next, in models/:",
        f"  python -m sam3d.training.inflate --checkpoint {file} --size {size} --run {start}",
        f"  python -m sam3d.training.train --config configs/given_base.yaml --size {size} "
        f"--initial {start}/latest.pt --run {run}",
        export,
    ]


def unknown_report(shapes: Shapes) -> str:
    known = ", ".join(family.title for family in FAMILIES)
    return "\n".join(
        [
            f"Of no family that is known here: {known}.",
            f"{len(shapes)} tensors, {parameters(shapes):,} numbers",
            f"names: {listed(shapes)}",
        ]
    )

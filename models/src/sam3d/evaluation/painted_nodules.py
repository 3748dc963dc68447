"""Clicks on nodules that are painted into unlabelled CT, with and without asking whether what was clicked
looks like what a look shows: python -m sam3d.evaluation.painted_nodules --model zoo/sam3d-tiny

There are no small lesions among the labelled volumes. Eight nodules a volume: of 6 to 16 mm in aerated lung,
of 8 to 22 mm in even soft tissue such as the liver's. Nothing is trained on them.
"""

import argparse
import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import ndimage

from sam3d.data.nifti import read_canonical
from sam3d.data.normalisation import value_range_of
from sam3d.data.region_image import Volume
from sam3d.data.volume_store import data_folder, read_entries

from .engine import OnnxEngine
from .protocols import play_clicks
from .zoom import ZoomPolicy

LUNGS = ("lidc-idri", "nsclc-radiogenomics")
ABDOMENS = ("colorectal-liver-metastases",)
NODULES_A_VOLUME = 8
LEAST_VOXELS = 8
EDGE_MM = 0.5  # of the soft border
SEED = 5
POLICIES = {"as served": ZoomPolicy(), "whatever it looks like": ZoomPolicy(unlike_deviations=math.inf)}


class Painted(NamedTuple):
    name: str
    case_id: str
    volume: Volume
    nodule: np.ndarray  # (K, J, I) bool


def aerated(voxels: np.ndarray) -> np.ndarray:
    return (ndimage.uniform_filter(voxels, 7) < -750) & (ndimage.uniform_filter(voxels, 15) > -930)


def even_tissue(voxels: np.ndarray) -> np.ndarray:
    mean = ndimage.uniform_filter(voxels, (3, 9, 9))
    variance = ndimage.uniform_filter(voxels**2, (3, 9, 9)) - mean**2
    even = (mean > 80) & (mean < 150) & (np.sqrt(np.maximum(variance, 0)) < 28)
    return ndimage.binary_erosion(even, iterations=3)


def painted(entry: dict[str, Any], folder: Path, rng: np.random.Generator) -> Iterator[Painted]:
    image = read_canonical(folder / entry["image"])
    voxels, spacing_mm = image.voxels.astype(np.float32), np.asarray(image.spacing_mm)
    in_lung = entry["source"] in LUNGS
    places = np.argwhere(aerated(voxels) if in_lung else even_tissue(voxels))
    for number in range(NODULES_A_VOLUME):
        place = places[rng.integers(len(places))]
        diameter_mm = rng.uniform(6, 16) if in_lung else rng.uniform(8, 22)
        k, j, i = (
            (np.arange(n) - at) * mm for n, at, mm in zip(voxels.shape, place, spacing_mm, strict=True)
        )
        squared = k[:, None, None] ** 2 + j[:, None] ** 2 / rng.uniform(0.7, 1.4)
        distance_mm = np.sqrt(squared + i**2 / rng.uniform(0.7, 1.4))
        nodule = distance_mm <= diameter_mm / 2
        if nodule.sum() < LEAST_VOXELS:
            continue
        share = 1 / (1 + np.exp(np.clip((distance_mm - diameter_mm / 2) / EDGE_MM, -50, 50)))
        inside = rng.normal(20, 40) if in_lung else voxels - rng.choice([50, 70, -50])
        mixed = (voxels * (1 - share) + share * inside).astype(np.float32)
        volume = Volume(mixed, spacing_mm, value_range_of("CT"), "CT")
        yield Painted("lung" if in_lung else "soft tissue", f"{entry['id']}/{number}", volume, nodule)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=Path("zoo/sam3d-tiny"))
    engine = OnnxEngine(parser.parse_args().model)
    folder, rng = data_folder(), np.random.default_rng(SEED)
    scores: dict[tuple[str, str], list[list[float]]] = defaultdict(list)
    for entry in read_entries(folder):
        if entry["source"] not in (*LUNGS, *ABDOMENS):
            continue
        for name, case_id, volume, nodule in painted(entry, folder, rng):
            for policy, zoom in POLICIES.items():
                play = play_clicks(engine, zoom, volume, nodule, case_id, true_zoom=False)
                scores[name, policy].append(play.dice)
    for (name, policy), plays in scores.items():
        shown = " / ".join(f"{np.mean([dice[n] for dice in plays]):.3f}" for n in (0, 2, 4))
        print(f"{name}, {policy}: Dice after 1 / 3 / 5 clicks {shown}, {len(plays)} nodules")


if __name__ == "__main__":
    main()

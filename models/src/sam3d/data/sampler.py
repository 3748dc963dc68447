"""The mix of training samples. Every sample depends on its seed alone, so that runs can be resumed."""

from collections.abc import Sequence

import numpy as np

from .augmentation import flipped, recoloured
from .hint import HINT_SHARE, MISTAKEN_SHARE, degraded, mistaken
from .normalisation import normalise
from .procedural import procedural_sample
from .pseudo_labels import pseudo_sample
from .real_objects import object_sample
from .sample import RawSample, Sample
from .volume_store import StoredVolume

PROCEDURAL = "procedural"
PSEUDO = "pseudo-labels"
PSEUDO_SOURCES = ("lidc-idri", "nsclc-radiogenomics", "colorectal-liver-metastases", "cmb-crc")


def draw_hint(sample: RawSample, rng: np.random.Generator) -> np.ndarray | None:
    if sample.fitted:
        return degraded(sample.target, rng) if rng.random() < HINT_SHARE else None
    return mistaken(sample.click, len(sample.target), rng) if rng.random() < MISTAKEN_SHARE else None


class Sampler:
    """shares: source name, or procedural, or pseudo-labels → relative weight; least_voxels: of the cube that
    a target fills; looks_kept: of the samples that are looks, not fitted regions"""

    def __init__(
        self,
        volumes: Sequence[StoredVolume],
        shares: dict[str, float],
        least_voxels: int = 0,
        looks_kept: float = 1.0,
    ) -> None:
        self.least_voxels, self.looks_kept = least_voxels, looks_kept
        self.volumes = {name: [v for v in volumes if v.source == name and v.objects] for name in shares}
        self.volumes[PSEUDO] = [v for v in volumes if v.source in PSEUDO_SOURCES]
        self.names = [name for name in shares if name == PROCEDURAL or self.volumes[name]]
        weights = np.array([shares[name] for name in self.names], np.float64)
        self.weights = weights / weights.sum()

    def raw_sample(self, name: str, cube: int, rng: np.random.Generator) -> RawSample | None:
        if name == PROCEDURAL:
            return procedural_sample(cube, rng)
        volumes = self.volumes[name]
        volume = volumes[rng.integers(len(volumes))]
        return pseudo_sample(volume, cube, rng) if name == PSEUDO else object_sample(volume, cube, rng)

    def sample(self, cube: int, seed: Sequence[int]) -> Sample:
        rng = np.random.default_rng(seed)
        while True:  # the kind is drawn anew, too: a kind that always fails cannot hang the run
            name = self.names[rng.choice(len(self.names), p=self.weights)]
            raw = self.raw_sample(name, cube, rng)
            if raw is None or int(raw.target.sum()) < self.least_voxels:
                continue
            if not raw.fitted and self.looks_kept < 1 and rng.random() >= self.looks_kept:
                continue
            raw = recoloured(flipped(raw, rng), rng)
            image = normalise(raw.image, raw.inside)
            return Sample(image, raw.target, raw.click, raw.outside_voxels, draw_hint(raw, rng))

"""Who prompts in training: opens with a click, a scribble or a box, then corrects the model's answers."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from sam3d.data.boxes import Box, slice_box, solid_box
from sam3d.data.clicks import correction_click
from sam3d.data.sample import Sample
from sam3d.data.scribbles import stroke
from sam3d.model.box_prompts import PADDING

SOLID_BOX_SHARE = 0.25  # of the openings
SLICE_BOX_SHARE = 0.1
SCRIBBLE_SHARE = 0.08
CLICK_BESIDE_BOX_SHARE = 0.25
CORRECTING_SCRIBBLE_SHARE = 0.12


Points = tuple[np.ndarray, np.ndarray]  # (N, 3) voxel (i, j, k), and (N,): 1 include, 0 exclude


class SimulatedReader:
    def __init__(self, sample: Sample, rng: np.random.Generator) -> None:
        self.target, self.rng = sample.target, rng
        self.coords: list[np.ndarray] = []  # (i, j, k) voxels of the cube
        self.labels: list[float] = []
        self.box: Box | None = None
        self.open(sample.click)

    def open(self, voxel: np.ndarray) -> None:
        kind = self.rng.random()
        if kind < SOLID_BOX_SHARE + SLICE_BOX_SHARE:
            solid = kind < SOLID_BOX_SHARE
            self.box = solid_box(self.target, self.rng) if solid else slice_box(self.target, voxel, self.rng)
            if self.rng.random() < CLICK_BESIDE_BOX_SHARE:
                self.point(voxel, True)
        elif kind < SOLID_BOX_SHARE + SLICE_BOX_SHARE + SCRIBBLE_SHARE:
            self.scribble(self.target, voxel, True)
        else:
            self.point(voxel, True)

    def point(self, voxel: np.ndarray, include: bool) -> None:
        """voxel (3,) as (k, j, i)"""
        self.coords.append(voxel[::-1].copy())
        self.labels.append(float(include))

    def scribble(self, mask: np.ndarray, voxel: np.ndarray, include: bool) -> None:
        for point in stroke(mask, voxel, self.rng):
            self.point(point, include)

    def correct(self, predicted: np.ndarray) -> None:
        """One to three corrections; predicted (n, n, n) bool"""
        for _ in range(int(self.rng.integers(1, 4))):
            if not self.correct_once(predicted):
                break
            if self.rng.random() < 0.5:  # else further clicks would fall into the same error
                break

    def correct_once(self, predicted: np.ndarray) -> bool:
        """predicted (n, n, n) bool → whether there was anything to correct"""
        click = correction_click(predicted, self.target, self.rng)
        if click is None:
            return False
        if self.rng.random() < CORRECTING_SCRIBBLE_SHARE:
            error = (predicted != self.target) & (self.target == click.include)
            self.scribble(error, click.voxel, click.include)
        else:
            self.point(click.voxel, click.include)
        return True

    def points(self, since: int = 0) -> Points:
        """Those from the one numbered since on"""
        return np.array(self.coords[since:], np.float64).reshape(-1, 3), np.array(self.labels[since:])


class ClickingReader(SimulatedReader):
    """Clicks alone, without boxes and scribbles"""

    def open(self, voxel: np.ndarray) -> None:
        self.point(voxel, True)

    def scribble(self, mask: np.ndarray, voxel: np.ndarray, include: bool) -> None:
        self.point(voxel, include)


def padded_points(told: Sequence[Points]) -> tuple[Tensor, Tensor]:
    """The points of each sample → coords (B, N, 3), labels (B, N)"""
    most = max(1, *(len(labels) for _, labels in told))
    coords = torch.zeros(len(told), most, 3)
    labels = torch.full((len(told), most), PADDING)
    for index, (places, signs) in enumerate(told):
        coords[index, : len(signs)] = torch.from_numpy(places.astype(np.float32))
        labels[index, : len(signs)] = torch.from_numpy(signs.astype(np.float32))
    return coords, labels


def padded_boxes(readers: Sequence[SimulatedReader]) -> tuple[Tensor, Tensor]:
    """→ coords (B, 1, 6), labels (B, 1)"""
    coords, labels = torch.zeros(len(readers), 1, 6), torch.full((len(readers), 1), PADDING)
    for index, reader in enumerate(readers):
        if reader.box is not None:
            coords[index, 0] = torch.from_numpy(reader.box.coords)
            labels[index, 0] = reader.box.label
    return coords, labels

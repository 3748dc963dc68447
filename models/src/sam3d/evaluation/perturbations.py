"""Changes to a volume, its truth and its click that should change the answer little, or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from sam3d.data.region_image import Volume

DIRECTIONS_TRIED = 64  # before a jittered click is put on the nearest voxel of the structure


class Scene(NamedTuple):
    volume: Volume
    truth: np.ndarray  # (K, J, I) bool
    click: np.ndarray  # (3,) (k, j, i)


@dataclass(frozen=True)
class Perturbation:
    name: str
    apply: Callable[[Scene, np.random.Generator], Scene]
    restore: Callable[[np.ndarray], np.ndarray] | None = lambda mask: (
        mask
    )  # onto the original grid; None: lossy
    needs_millimetres: bool = False


def jittered(scene: Scene, rng: np.random.Generator, distance_mm: float) -> Scene:
    """The click elsewhere in the structure, so far off if the structure reaches there."""
    volume, truth, click = scene
    directions = rng.normal(size=(DIRECTIONS_TRIED, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    targets = click + directions * distance_mm / volume.spacing_mm  # (m, 3) k-j-i
    voxels = np.rint(targets).astype(int)
    in_volume = np.all((voxels >= 0) & (voxels < truth.shape), axis=1)
    for voxel in voxels[in_volume]:
        if truth[tuple(voxel)]:
            return scene._replace(click=voxel)
    candidates = np.argwhere(truth)
    offsets_mm = (candidates - targets[0]) * volume.spacing_mm
    return scene._replace(click=candidates[(offsets_mm**2).sum(1).argmin()])


def with_voxels(scene: Scene, voxels: np.ndarray) -> Scene:
    return scene._replace(volume=scene.volume._replace(voxels=voxels))


def clipped(scene: Scene, rng: np.random.Generator, percentiles: tuple[float, float]) -> Scene:
    """Contrast lost, as by a window that is too narrow."""
    voxels = scene.volume.voxels
    return with_voxels(scene, np.clip(voxels, *np.percentile(voxels, percentiles)))


def rescaled(scene: Scene, rng: np.random.Generator, slope: float, intercept: float) -> Scene:
    """In other units: not Hounsfield's any more."""
    voxels = scene.volume.voxels * slope + intercept
    return scene._replace(volume=scene.volume._replace(voxels=voxels, value_range=None))


def noisy(scene: Scene, rng: np.random.Generator, fraction: float) -> Scene:
    """Gaussian noise; fraction: its deviation, of the range from the first to the 99th percentile"""
    voxels = scene.volume.voxels
    low, high = np.percentile(voxels, (1, 99))
    return with_voxels(scene, voxels + rng.normal(0, fraction * (high - low), voxels.shape))


def through_plane_axis(volume: Volume) -> int:
    """The coarsest; from foot to head where all are alike."""
    return int(np.argmax(volume.spacing_mm))


def thick(scene: Scene, rng: np.random.Generator) -> Scene:
    """Slices twice as thick, each the mean of two; a voxel belongs to the structure from a half on."""
    volume, truth, click = scene
    axis = through_plane_axis(volume)
    doubled = np.where(np.arange(3) == axis, 2, 1)
    thick_volume = volume._replace(
        voxels=pairs(volume.voxels.astype(np.float32), axis).mean(axis + 1),
        spacing_mm=volume.spacing_mm * doubled,
    )
    return Scene(thick_volume, pairs(truth, axis).mean(axis + 1) >= 0.5, click // doubled)


def pairs(array: np.ndarray, axis: int) -> np.ndarray:
    """(…, n, …) → (…, ⌈n / 2⌉, 2, …); an odd last slice is taken twice"""
    odd = array.shape[axis] % 2
    even = np.pad(array, [(0, odd if a == axis else 0) for a in range(3)], mode="edge")
    return even.reshape(*array.shape[:axis], -1, 2, *array.shape[axis + 1 :])


def flipped(scene: Scene, rng: np.random.Generator, axis: int) -> Scene:
    volume, truth, click = scene
    mirrored = np.where(np.arange(3) == axis, np.array(truth.shape) - 1 - click, click)
    return Scene(volume._replace(voxels=np.flip(volume.voxels, axis)), np.flip(truth, axis), mirrored)


def turned(scene: Scene, rng: np.random.Generator) -> Scene:
    """By 90° about the axis from foot to head."""
    volume, truth, click = scene
    k, j, i = click
    between_slices, between_rows, between_columns = volume.spacing_mm
    spacing_mm = np.array([between_slices, between_columns, between_rows])
    turned_volume = volume._replace(voxels=np.rot90(volume.voxels, 1, (1, 2)), spacing_mm=spacing_mm)
    return Scene(turned_volume, np.rot90(truth, 1, (1, 2)), np.array([k, truth.shape[2] - 1 - i, j]))


def perturbations() -> list[Perturbation]:
    return [
        *(
            Perturbation(f"click {mm} mm off", partial(jittered, distance_mm=mm), needs_millimetres=True)
            for mm in (2, 5, 10)
        ),
        Perturbation("clipped at percentiles 20 and 80", partial(clipped, percentiles=(20, 80))),
        Perturbation("× 0.5 + 100", partial(rescaled, slope=0.5, intercept=100)),
        *(
            Perturbation(f"noise {fraction:.0%}", partial(noisy, fraction=fraction))
            for fraction in (0.05, 0.1)
        ),
        Perturbation("slices twice as thick", thick, restore=None),
        *(
            Perturbation(f"flipped {name}", partial(flipped, axis=axis), partial(np.flip, axis=axis))
            for axis, name in enumerate(("foot–head", "front–back", "left–right"))
        ),
        Perturbation("turned by 90°", turned, partial(np.rot90, k=-1, axes=(1, 2))),
    ]

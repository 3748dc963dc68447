"""Training volumes, decoded once into memory-mapped arrays in a temporary cache."""

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage

from .nifti import read_canonical

CACHE_VERSION = 3
KINDS = {"image": np.dtype(np.int16), "label": np.dtype(np.uint8)}
INTERIOR_POINTS = 64  # candidate first clicks kept per object
MIN_OBJECT_VOXELS = 24
DATA_VARIABLE = "TOMOCLICK_TEST_DATA"
WHOLE_IF_SOURCE = ("hippocampus",)  # sources whose labels are parts of one organ: offer the whole, too


def data_folder() -> Path:
    default = Path(__file__).resolve().parents[4].parent / "shared" / "data"
    return Path(os.environ.get(DATA_VARIABLE, default))


def read_entries(folder: Path) -> list[dict[str, Any]]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def training_entries(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The only entries that weights may be fitted on."""
    return [
        entry
        for entry in entries
        if entry["split"] == "train" and (entry["image"] or entry["label"]).startswith("train/")
    ]


@dataclass(frozen=True)
class LabelledObject:
    values: tuple[int, ...]
    low: np.ndarray  # (3,) k-j-i, inclusive
    high: np.ndarray
    interior: np.ndarray  # (m, 3) k-j-i voxels near the middle
    size_voxels: int


@dataclass(frozen=True)
class StoredVolume:
    entry_id: str
    source: str
    modality: str
    spacing_mm: np.ndarray  # (3,) along k, j, i
    image: np.ndarray | None  # (K, J, I) int16, None for label maps
    label: np.ndarray | None  # (K, J, I) uint8
    objects: tuple[LabelledObject, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        grid = self.label if self.image is None else self.image
        assert grid is not None
        return grid.shape


def interior_points(mask: np.ndarray, spacing_mm: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Voxels of the mask, the deeper the likelier: readers click near the middle, not at it. → (m, 3)"""
    depth = ndimage.distance_transform_edt(np.pad(mask, 1), spacing_mm)[1:-1, 1:-1, 1:-1]
    voxels = np.argwhere(depth >= 0.5 * depth.max())
    weight = depth[tuple(voxels.T)] ** 2
    return voxels[rng.choice(len(voxels), INTERIOR_POINTS, p=weight / weight.sum())]


def find_objects(label: np.ndarray, spacing_mm: np.ndarray, whole: bool) -> list[LabelledObject]:
    rng = np.random.default_rng(0)
    values = [(int(v),) for v in np.unique(label) if v]
    if whole and len(values) > 1:
        values.append(tuple(v for (v,) in values))
    found = []
    for chosen in values:
        mask = np.isin(label, chosen)
        if mask.sum() < MIN_OBJECT_VOXELS:
            continue
        box = ndimage.find_objects(mask.astype(np.uint8))[0]
        low = np.array([s.start for s in box])
        points = interior_points(mask[box], spacing_mm, rng) + low
        found.append(
            LabelledObject(chosen, low, np.array([s.stop - 1 for s in box]), points, int(mask.sum()))
        )
    return found


def cache_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"sam3d-volumes-{CACHE_VERSION}"


def cached_at(entry: dict[str, Any], folder: Path) -> Path:
    """Elsewhere as soon as one of the entry's files is another, or has changed"""
    files = [folder / entry[kind] for kind in KINDS if entry[kind]]
    seen = [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    made_of = json.dumps([entry["source"], seen])
    return cache_folder() / f"{entry['id']}-{hashlib.sha256(made_of.encode()).hexdigest()[:12]}"


def in_type(voxels: np.ndarray, dtype: np.dtype, path: Path) -> np.ndarray:
    """Raises ValueError where values would become others."""
    converted = voxels.astype(dtype)
    if not np.array_equal(converted, voxels):
        raise ValueError(f"{path}: {voxels.min()} to {voxels.max()} cannot be kept as {dtype}")
    return converted


def decode(entry: dict[str, Any], folder: Path, target: Path) -> None:
    """Writes the entry's arrays and index beside the target, which is there at once or not at all: others may
    decode the same entry, and have mapped what one of them has written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=target.parent, prefix=f"{target.name}.", ignore_cleanup_errors=True
    ) as part:
        write_arrays(entry, folder, Path(part))
        try:
            Path(part).rename(target)
        except OSError:
            if not target.is_dir():
                raise  # nobody else was quicker


def write_arrays(entry: dict[str, Any], folder: Path, target: Path) -> None:
    spacing = None
    for kind, dtype in KINDS.items():
        if entry[kind]:
            volume = read_canonical(folder / entry[kind], as_stored=True)  # training looks at no units
            spacing = volume.spacing_mm
            np.save(target / f"{kind}.npy", in_type(volume.voxels, dtype, folder / entry[kind]))
    objects = []
    if entry["label"]:
        label = np.load(target / "label.npy")
        whole = entry["source"] in WHOLE_IF_SOURCE
        objects = find_objects(label, np.asarray(spacing), whole)
    index = {
        "spacing_mm": spacing,
        "objects": [
            {
                "values": o.values,
                "low": o.low.tolist(),
                "high": o.high.tolist(),
                "interior": o.interior.tolist(),
                "size_voxels": o.size_voxels,
            }
            for o in objects
        ],
    }
    (target / "index.json").write_text(json.dumps(index), encoding="utf-8")


def load(entry: dict[str, Any], folder: Path) -> StoredVolume:
    target = cached_at(entry, folder)
    if not target.is_dir():
        decode(entry, folder, target)
    index = json.loads((target / "index.json").read_text(encoding="utf-8"))
    arrays = {kind: np.load(target / f"{kind}.npy", mmap_mode="r") if entry[kind] else None for kind in KINDS}
    objects = tuple(
        LabelledObject(
            tuple(o["values"]),
            *(np.asarray(o[k]) for k in ("low", "high", "interior")),
            size_voxels=o["size_voxels"],
        )
        for o in index["objects"]
    )
    return StoredVolume(
        entry["id"],
        entry["source"],
        entry["modality"],
        np.asarray(index["spacing_mm"]),
        arrays["image"],
        arrays["label"],
        objects,
    )

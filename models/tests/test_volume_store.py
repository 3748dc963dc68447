"""Volumes are decoded once, and what is read of them is what their files hold now."""

import json
import tempfile
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest

from sam3d.data import volume_store
from sam3d.data.nifti import CanonicalVolume, read_canonical
from sam3d.data.volume_store import StoredVolume, load, read_entries

SHAPE = (8, 9, 10)


def save(path: Path, voxels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nibabel.save(nibabel.Nifti1Image(voxels, np.eye(4)), path)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One image and its label"""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    entry = {"id": "a", "source": "made", "modality": "MR", "image": "image.nii.gz", "label": "label.nii.gz"}
    data = tmp_path / "data"
    save(data / "image.nii.gz", np.full(SHAPE, 100, np.int16))
    label = np.zeros(SHAPE, np.uint8)
    label[2:6, 2:6, 2:6] = 1
    save(data / "label.nii.gz", label)
    (data / "manifest.json").write_text(json.dumps([entry]), encoding="utf-8")
    return data


def loaded(folder: Path) -> StoredVolume:
    return load(read_entries(folder)[0], folder)


def test_an_image_that_has_changed_is_read_anew(folder: Path) -> None:
    assert loaded(folder).image is not None
    save(folder / "image.nii.gz", np.full(SHAPE, 200, np.int16))
    image = loaded(folder).image
    assert image is not None
    assert np.unique(image).tolist() == [200]


def test_a_label_that_has_changed_has_its_own_objects(folder: Path) -> None:
    assert [o.values for o in loaded(folder).objects] == [(1,)]
    label = np.zeros(SHAPE, np.uint8)
    label[1:7, 1:7, 1:7] = 3
    save(folder / "label.nii.gz", label)
    found = loaded(folder)
    assert [o.values for o in found.objects] == [(3,)]
    assert found.label is not None
    assert found.objects[0].size_voxels == np.count_nonzero(found.label)


def test_folders_of_the_same_manifest_do_not_share_volumes(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    save(other / "image.nii.gz", np.full(SHAPE, 300, np.int16))
    save(other / "label.nii.gz", np.ones(SHAPE, np.uint8))
    (other / "manifest.json").write_bytes((folder / "manifest.json").read_bytes())
    first, second = loaded(folder).image, loaded(other).image
    assert first is not None
    assert second is not None
    assert (int(first.max()), int(second.max())) == (100, 300)


def test_who_decodes_at_the_same_time_leaves_alone_what_is_in_use(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is written anew ends the process that has it mapped."""
    in_use: list[dict[Path, int]] = []

    def written() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in Path(tempfile.gettempdir()).rglob("a*/*")}

    def read_while_another_ends(path: Path, **options: Any) -> CanonicalVolume:
        monkeypatch.setattr(volume_store, "read_canonical", read_canonical)
        loaded(folder)
        in_use.append(written())
        return read_canonical(path, **options)

    monkeypatch.setattr(volume_store, "read_canonical", read_while_another_ends)
    loaded(folder)
    assert len(in_use[0]) == 3
    assert written() == in_use[0]


@pytest.mark.parametrize("kind", ["image", "label"])
def test_values_that_would_become_others_are_refused(folder: Path, kind: str) -> None:
    save(folder / f"{kind}.nii.gz", np.full(SHAPE, 40000, np.int32))
    with pytest.raises(ValueError, match=rf"{kind}\.nii\.gz"):
        loaded(folder)

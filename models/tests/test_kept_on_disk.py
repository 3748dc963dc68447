"""Jobs of many large cases: their voxels lie on the disk, not in memory."""

from pathlib import Path

import numpy as np
import pytest

from sam3d.adaptation.cases import read_cases
from sam3d.adaptation.kept_on_disk import kept_on_disk
from sam3d.adaptation.level_case import level_case
from sam3d.data.sliding_window import Plan
from task_cases import LABELS, balls, write_case


def lies_on_disk(array: np.ndarray) -> bool:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return isinstance(array, np.memmap)


def test_what_is_large_is_read_back_from_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sam3d.adaptation.kept_on_disk.LARGE_BYTES", 1)
    files = write_case(tmp_path, 1)
    [case] = read_cases([files], LABELS)
    image, labels = balls(1)
    np.testing.assert_array_equal(case.volume.voxels, image)
    np.testing.assert_array_equal(case.labels, labels)
    level = level_case(case, Plan(1.6))
    for array in (case.volume.voxels, case.labels, level.image):
        assert lies_on_disk(array)


@pytest.mark.parametrize("kind", ["<f4", ">f4", ">i2", "u1", "?"])
def test_whatever_kind_its_voxels_are_of(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sam3d.adaptation.kept_on_disk.LARGE_BYTES", 1)
    array = np.arange(24).reshape(2, 3, 4).transpose(2, 1, 0).astype(kind)
    found = kept_on_disk(array)
    assert lies_on_disk(found) and found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)


def test_what_is_small_stays_where_it_is() -> None:
    array = np.zeros((4, 4, 4))
    assert kept_on_disk(array) is array


def test_where_the_disk_has_no_room_it_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("sam3d.adaptation.kept_on_disk.LARGE_BYTES", 1)
    monkeypatch.setattr("sam3d.adaptation.kept_on_disk.TemporaryFile", full)
    array = np.zeros((4, 4, 4))
    assert kept_on_disk(array) is array

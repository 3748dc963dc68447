"""Files of other programs are read as they are meant: units, byte order, axes."""

import gzip
import json
import struct
from pathlib import Path

import nibabel
import numpy as np
import pytest

from sam3d.data.nifti import corners_mm, read_canonical

STORED = np.arange(2 * 3 * 4, dtype=np.int16).reshape(2, 3, 4)  # (i, j, k), along R, A, S
AFFINE = np.array([[2.0, 0, 0, -5], [0, 3, 0, 7], [0, 0, 4, 11], [0, 0, 0, 1]])
AXES = json.loads((Path(__file__).parent / "vectors" / "canonical_axes.json").read_text(encoding="utf-8"))
CANONICAL = STORED[::-1, ::-1].transpose(2, 1, 0)  # (k, j, i), along S, P, L


def written(path: Path, image: nibabel.Nifti1Image) -> Path:
    nibabel.save(image, path)
    return path


def test_axes_lie_along_superior_posterior_left(tmp_path: Path) -> None:
    path = written(tmp_path / "a.nii.gz", nibabel.Nifti1Image(STORED, AFFINE))
    voxels, spacing_mm = read_canonical(path)
    np.testing.assert_array_equal(voxels, CANONICAL)
    assert voxels.dtype == np.int16
    assert spacing_mm == (4, 3, 2)
    low, high = corners_mm(path)[[0, -1]]
    np.testing.assert_allclose(low, [5 - 2, -7 - 3 * 2, 11])
    np.testing.assert_allclose(high, [5, -7, 11 + 4 * 3])


@pytest.mark.parametrize("case", AXES["cases"], ids=lambda case: case["title"])
def test_a_volume_lies_along_the_axes_that_the_server_sees_it_along(case: dict, tmp_path: Path) -> None:
    lps = np.eye(4)
    lps[:3, :3] = np.array(case["columnsLps"]).T
    image = nibabel.Nifti1Image(STORED, np.diag([-1.0, -1, 1, 1]) @ lps)
    expected = STORED.transpose(case["volumeAxes"])
    expected = np.flip(expected, [axis for axis in range(3) if case["flipped"][axis]])
    found = read_canonical(written(tmp_path / "a.nii", image)).voxels
    np.testing.assert_array_equal(found, expected.transpose(2, 1, 0))


def test_intensities_are_in_the_units_that_the_header_scales_them_to(tmp_path: Path) -> None:
    """As those of a CT that is stored without a sign."""
    raw = bytearray(nibabel.Nifti1Image(STORED, AFFINE).to_bytes())
    struct.pack_into("<2f", raw, 112, 0.5, -1024)
    path = tmp_path / "a.nii"
    path.write_bytes(raw)
    np.testing.assert_allclose(read_canonical(path).voxels, 0.5 * CANONICAL - 1024)
    stored = read_canonical(path, as_stored=True).voxels
    np.testing.assert_array_equal(stored, CANONICAL)
    assert stored.dtype == np.int16


def test_byte_order_is_the_files(tmp_path: Path) -> None:
    big = nibabel.Nifti1Image(STORED, AFFINE, nibabel.Nifti1Header(endianness=">"))
    path = written(tmp_path / "a.nii", big)
    assert path.read_bytes()[:4] == b"\0\0\x01\x5c"
    np.testing.assert_array_equal(read_canonical(path).voxels, CANONICAL)


def test_without_an_sform_the_qform_says_where_it_is(tmp_path: Path) -> None:
    image = nibabel.Nifti1Image(STORED, None)
    image.set_sform(None, 0)
    image.set_qform(AFFINE, 1)
    path = written(tmp_path / "a.nii", image)
    np.testing.assert_array_equal(read_canonical(path).voxels, CANONICAL)
    np.testing.assert_allclose(corners_mm(path)[-1], [5, -7, 23])


def test_one_volume_may_be_the_only_one_of_a_series(tmp_path: Path) -> None:
    path = written(tmp_path / "a.nii", nibabel.Nifti1Image(STORED[..., None], AFFINE))
    np.testing.assert_array_equal(read_canonical(path).voxels, CANONICAL)
    path = written(tmp_path / "b.nii", nibabel.Nifti1Image(np.stack([STORED, STORED], -1), AFFINE))
    with pytest.raises(ValueError, match=r"b\.nii: .*2, 3, 4, 2.* is not one volume"):
        read_canonical(path)


def test_what_is_no_volume_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.nii.gz"
    path.write_bytes(gzip.compress(b"no image" * 100))
    with pytest.raises(ValueError, match=r"a\.nii\.gz"):
        read_canonical(path)
    whole = nibabel.Nifti1Image(STORED, AFFINE).to_bytes()
    path.write_bytes(whole[:-8])
    with pytest.raises(ValueError, match=r"a\.nii\.gz"):
        read_canonical(path)


def test_an_axis_without_length_is_refused(tmp_path: Path) -> None:
    raw = bytearray(nibabel.Nifti1Image(STORED, AFFINE).to_bytes())
    raw[280:296] = bytes(16)  # the sform's first row
    path = tmp_path / "a.nii"
    path.write_bytes(raw)
    with pytest.raises(ValueError, match="lengths"):
        read_canonical(path)


@pytest.mark.parametrize("damage", ["cut off", "changed"])
def test_a_damaged_archive_is_named(tmp_path: Path, damage: str) -> None:
    whole = gzip.compress(nibabel.Nifti1Image(STORED, AFFINE).to_bytes())
    middle = len(whole) // 2
    path = tmp_path / "a.nii.gz"
    changed = whole[:middle] + bytes(byte ^ 255 for byte in whole[middle:])
    path.write_bytes(whole[:middle] if damage == "cut off" else changed)
    with pytest.raises(ValueError, match=r"a\.nii\.gz"):
        read_canonical(path)


@pytest.mark.parametrize(("units", "millimetres"), [(1, 1000), (2 + 8, 1), (3 + 8, 0.001), (0, 1), (255, 1)])
def test_lengths_are_in_the_headers_unit(tmp_path: Path, units: int, millimetres: float) -> None:
    """Bits above those of the length are of the time."""
    image = nibabel.Nifti1Image(STORED, AFFINE)
    image.header["xyzt_units"] = units
    path = written(tmp_path / "a.nii", image)
    np.testing.assert_allclose(read_canonical(path).spacing_mm, millimetres * np.array([4, 3, 2]))
    np.testing.assert_allclose(corners_mm(path)[0], millimetres * np.array([5 - 2, -7 - 3 * 2, 11]))

"""What training reads of CT is what servers show the model."""

import numpy as np

from sam3d.data.normalisation import HOUNSFIELD_WINDOW
from sam3d.data.real_objects import cut_out
from sam3d.data.region import Region
from sam3d.data.region_image import Volume, region_image
from sam3d.data.view import View
from sam3d.data.volume_store import LabelledObject, StoredVolume

SIDE = 64


def padded_voxels() -> np.ndarray:
    """Soft tissue, metal in it, and padding to one side"""
    voxels = np.random.default_rng(0).integers(-100, 200, (SIDE,) * 3).astype(np.int16)
    voxels[:, :, :10] = -3024
    voxels[30:34, 30:34, 30:34] = 3071
    return voxels


def cut_of(modality: str) -> np.ndarray:
    label = np.zeros((SIDE,) * 3, np.uint8)
    label[20:40, 20:40, 20:40] = 1
    box = LabelledObject((1,), np.full(3, 20), np.full(3, 39), np.full((1, 3), 30), 8000)
    volume = StoredVolume("a", "sts", modality, np.ones(3), padded_voxels(), label, (box,))
    view = View(step=np.ones(3), centre=np.full(3, SIDE / 2 - 0.5), fitted=True)
    return cut_out(volume, box, view, SIDE, np.random.default_rng(1), paint=False).image


def test_training_samples_of_ct_lie_in_the_window() -> None:
    low, high = HOUNSFIELD_WINDOW
    assert (cut_of("CT").min(), cut_of("CT").max()) == (low, high)


def test_others_keep_their_values() -> None:
    assert (cut_of("MR T1").min(), cut_of("MR T1").max()) == (-3024, 3071)


def test_regions_of_ct_do_not_show_how_padding_is_written() -> None:
    voxels, region = padded_voxels(), Region(1.0, (0, 0, 0))
    as_air = np.where(voxels == -3024, -1000, voxels)
    shown, expected = (
        region_image(Volume(v, np.ones(3), HOUNSFIELD_WINDOW), region) for v in (voxels, as_air)
    )
    beside = (slice(None), slice(None), slice(None), slice(12, None))  # at its edge padding mixes with tissue
    np.testing.assert_array_equal(shown[beside], expected[beside])

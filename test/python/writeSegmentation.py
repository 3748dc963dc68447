"""Writes a DICOM SEG of a single-frame series as highdicom does.

    python writeSegmentation.py BINARY|FRACTIONAL|LABELMAP IMAGES OUT

IMAGES is a folder of Part 10 files, OUT the file to write. Two segments of voxel (i, j, k), column, row and slice along
the normal: 1 where i + 2 j + 3 k is divisible by 5, 2 where i j + k is divisible by 3; in a LABELMAP voxels of both
are in 1. FRACTIONAL holds the probabilities 1.0 in the segment and 0.25 out of it.
"""

import pathlib
import sys

import highdicom as hd
import numpy as np
import pydicom
from pydicom.sr.codedict import codes


def sources_along_normal(folder: str) -> list[pydicom.Dataset]:
    images = [pydicom.dcmread(path) for path in sorted(pathlib.Path(folder).iterdir())]
    cosines = np.array(images[0].ImageOrientationPatient, dtype=float)
    normal = np.cross(cosines[:3], cosines[3:])
    return sorted(images, key=lambda image: float(np.dot(normal, image.ImagePositionPatient)))


def description(number: int, label: str, kind) -> hd.seg.SegmentDescription:
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=label,
        segmented_property_category=codes.SCT.AnatomicalStructure,
        segmented_property_type=kind,
        algorithm_type="MANUAL",
        tracking_uid=f"2.25.{900 + number}",
        tracking_id=f"{label} of the reader",
    )


def main(segmentation_type: str, folder: str, out: str) -> None:
    images = sources_along_normal(folder)
    k, j, i = np.indices((len(images), images[0].Rows, images[0].Columns))
    first = (i + 2 * j + 3 * k) % 5 == 0
    second = (i * j + k) % 3 == 0
    if segmentation_type == "LABELMAP":
        pixels = np.where(first, 1, np.where(second, 2, 0)).astype(np.uint8)
    elif segmentation_type == "FRACTIONAL":
        pixels = np.where(np.stack([first, second], axis=-1), 1.0, 0.25)
    else:
        pixels = np.stack([first, second], axis=-1).astype(np.uint8)
    seg = hd.seg.Segmentation(
        source_images=images,
        pixel_array=pixels,
        segmentation_type=segmentation_type,
        fractional_type="PROBABILITY",
        segment_descriptions=[
            description(1, "Liver", codes.SCT.Liver),
            description(2, "Spleen", codes.SCT.Spleen),
        ],
        series_instance_uid=hd.UID(),
        series_number=9,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="highdicom",
        manufacturer_model_name="highdicom",
        software_versions=hd.__version__,
        device_serial_number="0",
    )
    seg.save_as(out)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Prints the voxels of a DICOM SEG as highdicom and pydicom see them.

    python readSegmentation.py FILE

JSON on stdout: {"modality", "patientName", "frameOfReferenceUID", "segments": [{"segmentNumber",
"label", "categoryMeaning", "typeMeaning", "trackingUID", "voxels": [[x, y, z], ...]}]}, voxel centres in mm,
patient LPS, in the order of frames, rows, columns.
"""

import json
import sys

import highdicom as hd
import numpy as np
import pydicom


def voxels_lps(seg: hd.seg.Segmentation, segment_number: int) -> list[list[float]]:
    shared = seg.SharedFunctionalGroupsSequence[0]
    orientation = shared.PlaneOrientationSequence[0].ImageOrientationPatient
    voxels: list[list[float]] = []
    is_labelmap = seg.SegmentationType == "LABELMAP"
    for index, groups in enumerate(seg.PerFrameFunctionalGroupsSequence):
        if is_labelmap:
            frame = seg.get_stored_frame(index + 1) == segment_number
        elif groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber == segment_number:
            frame = seg.get_stored_frame(index + 1)
        else:
            continue
        # Shared, or where the images are not evenly spaced, of each frame.
        measures = shared if "PixelMeasuresSequence" in shared else groups
        rows, columns = np.nonzero(frame)
        if rows.size == 0:
            continue
        to_patient = hd.spatial.PixelToReferenceTransformer(
            image_position=groups.PlanePositionSequence[0].ImagePositionPatient,
            image_orientation=orientation,
            pixel_spacing=measures.PixelMeasuresSequence[0].PixelSpacing,
        )
        voxels.extend(to_patient(np.stack([columns, rows], axis=1)).round(6).tolist())
    return voxels


def main(path: str) -> None:
    pydicom.config.settings.reading_validation_mode = pydicom.config.RAISE
    seg = hd.seg.segread(path)
    segments = []
    for number in seg.segment_numbers:
        description = seg.get_segment_description(number)
        segments.append(
            {
                "segmentNumber": int(number),
                "label": description.segment_label,
                "categoryMeaning": description.segmented_property_category.meaning,
                "typeMeaning": description.segmented_property_type.meaning,
                "trackingUID": str(description.tracking_uid),
                "voxels": voxels_lps(seg, number),
            }
        )
    result = {
        "modality": seg.Modality,
        "patientName": str(seg.PatientName),
        "frameOfReferenceUID": str(seg.FrameOfReferenceUID),
        "segments": segments,
    }
    json.dump(result, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1])

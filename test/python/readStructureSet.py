"""Rasterises a DICOM RT Structure Set on the grid of its series, as pydicom reads it.

    python readStructureSet.py FILE GRID

GRID: JSON {"shapeIjk", "ijkToLps": 16 numbers, row-major, "images": [[SOPInstanceUID, frame or null] of each slice]}.
JSON on stdout: {"modality", "patientName", "frameOfReferenceUID", "rois": [{"number", "name", "colour", "volume",
"interpretedType", "code", "contourCount", "voxels": [[i, j, k], ...]}]}, voxels in the order of k, j, i.

A voxel belongs to a region when its centre lies inside. Toolkits unite the contours of one plane, or let inner ones
cut holes (even-odd): both are done here, and have to agree.
"""

import json
import sys

import numpy as np
import pydicom

PLANE_TOLERANCE_VOXELS = 1e-4


def rasterise(polygon: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Centres (rows, columns) inside a polygon of points (i, j), by the even-odd rule."""
    rows, columns = shape
    i, j = np.meshgrid(np.arange(columns), np.arange(rows))
    inside = np.zeros(shape, dtype=bool)
    for (i0, j0), (i1, j1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if j0 == j1:
            continue
        crosses = (j0 > j) != (j1 > j)
        inside ^= crosses & (i < (i1 - i0) * (j - j0) / (j1 - j0) + i0)
    return inside


def mask_of(contours: pydicom.Sequence, grid: dict) -> np.ndarray:
    columns, rows, slices = grid["shapeIjk"]
    to_index = np.linalg.inv(np.array(grid["ijkToLps"]).reshape(4, 4))
    even_odd = np.zeros((slices, rows, columns), dtype=bool)
    united = even_odd.copy()
    for contour in contours:
        assert contour.ContourGeometricType == "CLOSED_PLANAR"
        points = np.array(contour.ContourData, dtype=float).reshape(-1, 3)
        assert len(points) == contour.NumberOfContourPoints
        indices = (np.column_stack([points, np.ones(len(points))]) @ to_index.T)[:, :3]
        k = round(indices[0, 2])
        assert np.abs(indices[:, 2] - k).max() < PLANE_TOLERANCE_VOXELS, "a contour leaves its slice"
        image = contour.ContourImageSequence[0]
        frame = image.get("ReferencedFrameNumber")
        assert [str(image.ReferencedSOPInstanceUID), None if frame is None else int(frame)] == grid["images"][k]
        inside = rasterise(indices[:, :2], (rows, columns))
        even_odd[k] ^= inside
        united[k] |= inside
    assert (even_odd == united).all(), "contours of one plane overlap"
    return united


def main(path: str, grid_path: str) -> None:
    pydicom.config.settings.reading_validation_mode = pydicom.config.RAISE
    structure_set = pydicom.dcmread(path)
    with open(grid_path, encoding="utf-8") as file:
        grid = json.load(file)
    contours = {item.ReferencedROINumber: item for item in structure_set.ROIContourSequence}
    observations = {item.ReferencedROINumber: item for item in structure_set.RTROIObservationsSequence}
    rois = []
    for roi in structure_set.StructureSetROISequence:
        observation = observations[roi.ROINumber]
        contour = contours[roi.ROINumber]
        rois.append(
            {
                "number": int(roi.ROINumber),
                "name": roi.ROIName,
                "colour": [int(channel) for channel in contour.ROIDisplayColor],
                "volume": float(roi.ROIVolume),
                "interpretedType": observation.RTROIInterpretedType,
                "code": observation.RTROIIdentificationCodeSequence[0].CodeMeaning,
                "contourCount": len(contour.ContourSequence),
                "voxels": np.argwhere(mask_of(contour.ContourSequence, grid))[:, ::-1].tolist(),
            }
        )
    referenced = structure_set.ReferencedFrameOfReferenceSequence[0]
    result = {
        "modality": structure_set.Modality,
        "patientName": str(structure_set.PatientName),
        "frameOfReferenceUID": str(referenced.FrameOfReferenceUID),
        "rois": rois,
    }
    json.dump(result, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

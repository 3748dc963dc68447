"""A volume as a DICOM series: one image a slice, axial, rows to the patient's left, columns to the back."""

from typing import NamedTuple

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, MRImageStorage, generate_uid
from pydicom.valuerep import format_number_as_ds

from sam3d.data.normalisation import value_range_of
from sam3d.data.region_image import Volume

AXIAL = [1, 0, 0, 0, 1, 0]  # canonical arrays run to Superior, Posterior, Left: LPS without a turn
STORAGE = {"CT": CTImageStorage, "MR": MRImageStorage}
PATIENT = "Synthetic^Evaluation"


class SeriesGrid(NamedTuple):
    """Where the voxels of a series lie."""

    shape: tuple[int, ...]  # (K, J, I)
    spacing_mm: np.ndarray  # (3,) along k, j, i
    origin_lps: np.ndarray  # (3,) mm: the centre of voxel (0, 0, 0)

    def to_lps(self, voxel_kji: np.ndarray) -> np.ndarray:
        """(3,) voxel index (k, j, i) → (3,) mm (x, y, z)"""
        return self.origin_lps + (np.asarray(voxel_kji) * self.spacing_mm)[::-1]


class DicomSeries(NamedTuple):
    study_uid: str
    series_uid: str
    grid: SeriesGrid
    slices: list[Dataset]  # k ascending

    def volume(self) -> Volume:
        """As a reader of the series finds it: spacings have lost what decimal strings cannot hold."""
        voxels = np.stack([image.pixel_array for image in self.slices])
        modality = self.slices[0].Modality
        return Volume(voxels, self.grid.spacing_mm, value_range_of(modality), modality)


def as_decimal(value: float) -> str:
    return format_number_as_ds(float(value))


def grid_of(volume: Volume) -> SeriesGrid:
    """About the patient's origin, so that coordinates of both signs occur."""
    spacing_mm = np.array([float(as_decimal(spacing)) for spacing in volume.spacing_mm])
    middle = (np.array(volume.voxels.shape) - 1) / 2 * spacing_mm
    origin = np.array([float(as_decimal(-offset)) for offset in middle[::-1]])
    return SeriesGrid(volume.voxels.shape, spacing_mm, origin)


def dicom_series(volume: Volume, modality: str) -> DicomSeries:
    """modality: CT or MR. Voxels have to be whole numbers of int16."""
    stored = volume.voxels.astype("<i2")
    if not np.array_equal(stored, volume.voxels):
        raise ValueError("voxels do not fit int16: nothing is scaled here, so that both sides read the same")
    study_uid, series_uid, frame_uid = generate_uid(), generate_uid(), generate_uid()
    grid = grid_of(volume)
    slices = []
    for k, pixels in enumerate(stored):
        image = common_attributes(modality, grid)
        image.StudyInstanceUID, image.SeriesInstanceUID = study_uid, series_uid
        image.FrameOfReferenceUID = frame_uid
        image.InstanceNumber = k + 1
        image.ImagePositionPatient = [as_decimal(x) for x in grid.to_lps(np.array([k, 0, 0]))]
        image.PixelData = pixels.tobytes()
        slices.append(image)
    return DicomSeries(study_uid, series_uid, grid, slices)


def common_attributes(modality: str, grid: SeriesGrid) -> Dataset:
    image = Dataset()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = STORAGE[modality]
    image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    image.Modality = modality
    image.ImageType = ["DERIVED", "SECONDARY", "AXIAL" if modality == "CT" else "OTHER"]
    image.PatientName = PATIENT
    image.PatientID = "EVALUATION"
    image.PatientBirthDate = image.PatientSex = image.ReferringPhysicianName = ""
    image.StudyDate = image.StudyTime = image.StudyID = image.AccessionNumber = ""
    image.SeriesNumber = 1
    image.Manufacturer = image.PositionReferenceIndicator = image.PatientPosition = image.Laterality = ""
    if modality == "MR":
        image.ScanningSequence, image.SequenceVariant = "RM", "NONE"
        image.ScanOptions = image.MRAcquisitionType = ""
        image.EchoTime = image.RepetitionTime = image.EchoTrainLength = None
    else:
        image.KVP = image.AcquisitionNumber = None
    between_slices, between_rows, between_columns = (as_decimal(spacing) for spacing in grid.spacing_mm)
    image.ImageOrientationPatient = AXIAL
    image.PixelSpacing = [between_rows, between_columns]
    image.SliceThickness = image.SpacingBetweenSlices = between_slices
    _, image.Rows, image.Columns = grid.shape
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.BitsAllocated = image.BitsStored = 16
    image.HighBit, image.PixelRepresentation = 15, 1
    image.RescaleSlope, image.RescaleIntercept = 1, 0
    if modality == "CT":
        image.RescaleType = "HU"
    return image

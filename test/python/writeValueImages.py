"""Writes images whose numbers are known, and what pydicom makes of them, for the tests of the server.

usage: writeValueImages.py FOLDER

Each image is FOLDER/<name>.dcm; FOLDER/expected.json maps the name to {"units", "values"} with one number a pixel,
in modality units or SUVbw. SUV is calculated here with datetime arithmetic, apart from the server's way.
"""

import json
import math
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels import apply_modality_lut
from pydicom.sequence import Sequence
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

ROWS, COLUMNS = 4, 6
GENERATOR = np.random.default_rng(7)


def image(
    pixels: np.ndarray,
    bits_stored: int,
    high_bit: int | None = None,
    **attributes: object,
) -> Dataset:
    """`pixels` hold what is stored, with whatever lies outside of the stored bits."""
    ds = Dataset()
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    ds.SOPInstanceUID = "1.2.3.4.5"
    ds.StudyInstanceUID = "1.2.3"
    ds.SeriesInstanceUID = "1.2.3.4"
    ds.FrameOfReferenceUID = "1.2.3.9"
    ds.Modality = "CT"
    ds.ImagePositionPatient = [0, 0, 0]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing = [1, 1]
    ds.Rows, ds.Columns = pixels.shape
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.BitsAllocated = pixels.dtype.itemsize * 8
    ds.BitsStored = bits_stored
    ds.HighBit = bits_stored - 1 if high_bit is None else high_bit
    ds.PixelRepresentation = int(pixels.dtype.kind == "i")
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    ds.PixelData = pixels.tobytes()
    ds["PixelData"].VR = "OB" if ds.BitsAllocated == 8 else "OW"
    return ds


def random_pixels(dtype: str, low: int, high: int) -> np.ndarray:
    return GENERATOR.integers(low, high, (ROWS, COLUMNS), endpoint=True).astype(dtype)


def lut(first: int, entries: np.ndarray, bits: int, kind: str) -> Sequence:
    item = Dataset()
    item.add_new(
        "LUTDescriptor", "SS" if first < 0 else "US", [len(entries), first, bits]
    )
    item.ModalityLUTType = kind
    item.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    return Sequence([item])


def with_floor(values: np.ndarray, padding: np.ndarray) -> np.ndarray:
    return np.where(padding, values[~padding].min(), values)


# --- values ---------------------------------------------------------------------------------------------------


def value_images() -> dict[str, tuple[Dataset, str, np.ndarray]]:
    made: dict[str, tuple[Dataset, str, np.ndarray]] = {}

    def add(
        name: str, ds: Dataset, units: str, expected: np.ndarray | None = None
    ) -> None:
        if expected is None:
            expected = apply_modality_lut(ds.pixel_array, ds)
        made[name] = (ds, units, np.asarray(expected, dtype=np.float64))

    hounsfield = {"RescaleSlope": "1", "RescaleIntercept": "-1024"}
    for dtype, low, high, bits in [
        ("<u1", 0, 255, 8),
        ("<i1", -128, 127, 8),
        ("<u2", 0, 65535, 16),
        ("<i2", -32768, 32767, 16),
        ("<u2", 0, 4095, 12),
        ("<i2", -2048, 2047, 12),
    ]:
        pixels = random_pixels(dtype, low, high)
        add(
            f"{dtype[1:]}-{bits}",
            meta(image(pixels, bits, **hounsfield)),
            "HU",
            pixels.astype(float) - 1024,
        )

    values = random_pixels("<i2", -2048, 2047)
    overlay = (values & 0x0FFF) | random_pixels("<u2", 0, 15).astype("<i2") << 12
    add(
        "i2-12-overlay",
        meta(image(overlay.astype("<i2"), 12)),
        "HU",
        values.astype(float),
    )
    add(
        "i2-12-high",
        meta(image((values << 4).astype("<i2"), 12, 15)),
        "HU",
        values.astype(float),
    )

    fractional = {
        "RescaleSlope": "0.0123456789",
        "RescaleIntercept": "-7.25",
        "Modality": "MR",
    }
    add(
        "mr-fractional",
        meta(image(random_pixels("<u2", 0, 65535), 16, **fractional)),
        "",
    )
    typed = {**fractional, "RescaleType": "US"}
    add("mr-unspecified", meta(image(random_pixels("<u2", 0, 65535), 16, **typed)), "")
    add(
        "mr-diffusion",
        meta(
            image(
                random_pixels("<u2", 0, 999),
                16,
                **{**fractional, "RescaleType": "MM2/S"},
            )
        ),
        "MM2/S",
    )

    for syntax, name in [
        (ImplicitVRLittleEndian, "implicit"),
        (ExplicitVRBigEndian, "big-endian"),
    ]:
        pixels = random_pixels("<i2", -2048, 2047)
        stored = pixels.astype(">i2") if syntax == ExplicitVRBigEndian else pixels
        add(
            name,
            meta(image(stored, 16, **hounsfield), syntax),
            "HU",
            pixels.astype(float) - 1024,
        )

    table = GENERATOR.integers(0, 65535, 300)
    pixels = random_pixels("<i2", -200, 300)
    add(
        "lut-signed",
        meta(image(pixels, 16, ModalityLUTSequence=lut(-100, table, 16, "HU"))),
        "HU",
    )
    pixels = random_pixels("<u2", 0, 600)
    add(
        "lut-unsigned",
        meta(image(pixels, 16, ModalityLUTSequence=lut(50, table, 16, "US"))),
        "",
    )
    add(
        "lut-8",
        meta(image(pixels, 16, ModalityLUTSequence=lut(50, table % 256, 8, "OD"))),
        "OD",
    )

    pixels = random_pixels("<i2", -1000, 1000)
    pixels[0, :] = -2000
    ds = meta(image(pixels, 16, **hounsfield))
    ds.add_new("PixelPaddingValue", "SS", -2000)
    add("padding", ds, "HU", with_floor(pixels - 1024.0, pixels == -2000))
    pixels = random_pixels("<u2", 100, 1000)
    pixels[:, 0] = GENERATOR.integers(60000, 60010, ROWS)
    ds = meta(image(pixels, 16, Modality="MR"))
    ds.add_new("PixelPaddingValue", "US", 60010)
    ds.add_new("PixelPaddingRangeLimit", "US", 60000)
    add("padding-range", ds, "", with_floor(pixels.astype(float), pixels >= 60000))

    pixels = random_pixels("<u2", 0, 4095)
    inverse = {"PhotometricInterpretation": "MONOCHROME1"}
    add(
        "monochrome1-ct", meta(image(pixels, 12, **inverse)), "HU", pixels.astype(float)
    )
    add(
        "monochrome1-mr",
        meta(image(pixels, 12, Modality="MR", **inverse)),
        "",
        4095.0 - pixels,
    )
    return made


# --- PET ------------------------------------------------------------------------------------------------------

HALF_LIFE_S = 6586.2
DOSE_BQ = 370e6
WEIGHT_KG = 71.5
INJECTED = datetime(2024, 2, 29, 9, 12, 30)
SCANNED = INJECTED + timedelta(minutes=63, seconds=7)


def pet(**changes: object) -> Dataset:
    """One PET slice; a change of None leaves the attribute out. `Tracer` changes the radiopharmaceutical item."""
    pixels = random_pixels("<i2", 0, 32767)
    tracer = {
        "RadionuclideTotalDose": str(DOSE_BQ),
        "RadionuclideHalfLife": str(HALF_LIFE_S),
        "RadiopharmaceuticalStartTime": INJECTED.strftime("%H%M%S.00"),
        **changes.pop("Tracer", {}),
    }
    item = Dataset()
    for keyword, value in tracer.items():
        if value is not None:
            setattr(item, keyword, value)
    attributes = {
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.128",
        "Modality": "PT",
        "Units": "BQML",
        "CorrectedImage": ["DECY", "ATTN", "SCAT"],
        "DecayCorrection": "START",
        "SeriesDate": SCANNED.strftime("%Y%m%d"),
        "SeriesTime": SCANNED.strftime("%H%M%S"),
        "AcquisitionDate": SCANNED.strftime("%Y%m%d"),
        "AcquisitionTime": (SCANNED + timedelta(minutes=5)).strftime("%H%M%S"),
        "PatientWeight": str(WEIGHT_KG),
        "RescaleSlope": "0.731",
        "RescaleIntercept": "0",
        "RadiopharmaceuticalInformationSequence": Sequence([item]),
        **changes,
    }
    return meta(
        image(
            pixels,
            16,
            **{key: value for key, value in attributes.items() if value is not None},
        )
    )


def decayed(minutes_seconds: timedelta, half_life_s: float = HALF_LIFE_S) -> float:
    """Factor from Bq/ml to SUVbw."""
    left = DOSE_BQ * math.exp(
        -math.log(2) * minutes_seconds.total_seconds() / half_life_s
    )
    return WEIGHT_KG * 1000 / left


def enhanced_pet(
    mappings: dict[str, tuple[float, float]], **changes: object
) -> tuple[Dataset, np.ndarray]:
    """An Enhanced PET image of one frame, and what is stored. @param mappings slope and intercept by UCUM code"""
    ds = pet(
        Units=None,
        CorrectedImage=None,
        DecayCorrection=None,
        RescaleSlope=None,
        RescaleIntercept=None,
        **changes,
    )
    stored = ds.pixel_array.astype(np.float64)
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = (
        "1.2.840.10008.5.1.4.1.1.130"
    )
    ds.NumberOfFrames = 1
    shared, frame = Dataset(), Dataset()
    for sequence, keywords in {
        "PlaneOrientationSequence": ["ImageOrientationPatient"],
        "PixelMeasuresSequence": ["PixelSpacing"],
        "PlanePositionSequence": ["ImagePositionPatient"],
    }.items():
        item = Dataset()
        for keyword in keywords:
            setattr(item, keyword, ds[keyword].value)
            delattr(ds, keyword)
        setattr(
            frame if sequence == "PlanePositionSequence" else shared,
            sequence,
            Sequence([item]),
        )
    rescale = Dataset()
    rescale.RescaleSlope, rescale.RescaleIntercept, rescale.RescaleType = "1", "0", "US"
    frame.PixelValueTransformationSequence = Sequence([rescale])
    items = []
    for code, (slope, intercept) in mappings.items():
        item, units = Dataset(), Dataset()
        units.CodeValue, units.CodingSchemeDesignator, units.CodeMeaning = (
            code,
            "UCUM",
            code,
        )
        item.MeasurementUnitsCodeSequence = Sequence([units])
        item.RealWorldValueSlope, item.RealWorldValueIntercept = slope, intercept
        items.append(item)
    if items:
        frame.RealWorldValueMappingSequence = Sequence(items)
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    ds.PerFrameFunctionalGroupsSequence = Sequence([frame])
    return ds, stored


def enhanced_pet_images() -> dict[str, tuple[Dataset, str, np.ndarray]]:
    started = INJECTED.strftime("%Y%m%d%H%M%S.000000")
    corrected = {
        "Tracer": {
            "RadiopharmaceuticalStartTime": None,
            "RadiopharmaceuticalStartDateTime": started,
        },
        "DecayCorrected": "YES",
        "AttenuationCorrected": "YES",
        "DecayCorrectionDateTime": SCANNED.strftime("%Y%m%d%H%M%S.000000"),
    }
    usual = decayed(SCANNED - INJECTED)
    made: dict[str, tuple[Dataset, str, np.ndarray]] = {}

    def add(
        name: str,
        mappings: dict[str, tuple[float, float]],
        units: str,
        code: str,
        factor: float = 1,
        **changes: object,
    ) -> None:
        ds, stored = enhanced_pet(
            mappings,
            **{
                **{
                    k: dict(v) if isinstance(v, dict) else v
                    for k, v in corrected.items()
                },
                **changes,
            },
        )
        slope, intercept = mappings.get(code, (1, 0))
        made[f"enhanced-pet-{name}"] = (
            ds,
            units,
            (stored * slope + intercept) * factor,
        )

    add("activity", {"Bq/ml": (0.731, 12.5)}, "SUVbw", "Bq/ml", usual)
    add("kilobecquerels", {"kBq/mL": (0.000731, 0.0)}, "SUVbw", "kBq/mL", 1000 * usual)
    add(
        "to-injection",
        {"Bq/ml": (0.731, 0.0)},
        "SUVbw",
        "Bq/ml",
        decayed(timedelta(0)),
        DecayCorrectionDateTime=started,
    )
    add(
        "suv",
        {"Bq/ml": (0.731, 0.0), "{SUVbw}g/ml": (0.0004, 0.1)},
        "SUVbw",
        "{SUVbw}g/ml",
    )
    add("no-weight", {"Bq/ml": (0.731, 3.0)}, "BQML", "Bq/ml", PatientWeight=None)
    add(
        "no-date",
        {"Bq/ml": (0.731, 3.0)},
        "BQML",
        "Bq/ml",
        DecayCorrectionDateTime=None,
    )
    add(
        "not-corrected",
        {"Bq/ml": (0.731, 3.0)},
        "BQML",
        "Bq/ml",
        DecayCorrected="NO",
        AttenuationCorrected=None,
    )
    add("unmapped", {"1": (2.0, 1.0)}, "", "none")
    return made


def pet_images() -> dict[str, tuple[Dataset, str, np.ndarray]]:
    made: dict[str, tuple[Dataset, str, np.ndarray]] = {}

    def add(name: str, ds: Dataset, factor: float | None, units: str = "SUVbw") -> None:
        values = apply_modality_lut(ds.pixel_array, ds).astype(np.float64)
        made[f"pet-{name}"] = (ds, units, values * (1 if factor is None else factor))

    usual = decayed(SCANNED - INJECTED)
    add("plain", pet(), usual)
    dated = INJECTED.strftime("%Y%m%d%H%M%S.000000+0100")
    add(
        "dated",
        pet(
            Tracer={
                "RadiopharmaceuticalStartTime": None,
                "RadiopharmaceuticalStartDateTime": dated,
            }
        ),
        usual,
    )
    add("administration", pet(DecayCorrection="ADMIN"), decayed(timedelta(0)))
    add("gml", pet(Units="GML"), 1)

    late = {"RadiopharmaceuticalStartTime": "235000"}
    after_midnight = {
        "SeriesDate": "20240301",
        "SeriesTime": "003500",
        "AcquisitionDate": "20240301",
        "AcquisitionTime": "003600",
    }
    add("midnight", pet(Tracer=late, **after_midnight), decayed(timedelta(minutes=45)))

    # Series Time overwritten by a later reconstruction: Siemens tells the start by the frame's reference time.
    duration = timedelta(minutes=3)
    constant = math.log(2) / HALF_LIFE_S
    over_frame = constant * duration.total_seconds()
    average = timedelta(
        seconds=math.log(over_frame / (1 - math.exp(-over_frame))) / constant
    )
    reference = timedelta(minutes=11)
    acquired = SCANNED + reference - average
    overwritten = {
        "SeriesTime": "230000",
        "AcquisitionTime": acquired.strftime("%H%M%S.%f"),
        "FrameReferenceTime": str(reference.total_seconds() * 1000),
        "ActualFrameDuration": str(int(duration.total_seconds() * 1000)),
    }
    add("siemens", pet(**overwritten), usual)
    add("overwritten", pet(SeriesTime="230000"), None, "BQML")
    ge = pet(SeriesTime="230000")
    ge.add_new(0x00090010, "LO", "GEMS_PETD_01")
    ge.add_new(0x0009100D, "DT", SCANNED.strftime("%Y%m%d%H%M%S.00"))
    add("ge", ge, usual)

    philips = pet(Units="CNTS")
    philips.add_new(0x70530011, "LO", "Philips PET Private Group")
    philips.add_new(0x70531100, "DS", "0.000412")
    add("philips-suv", philips, 0.000412)
    philips = pet(Units="CNTS")
    philips.add_new(0x70530010, "LO", "Philips PET Private Group")
    philips.add_new(0x70531000, "DS", "0")
    philips.add_new(0x70531009, "DS", "1.75")
    add("philips-activity", philips, 1.75 * usual)
    add("counts", pet(Units="CNTS"), None, "CNTS")

    for name, changes in {
        "no-weight": {"PatientWeight": None},
        "weight-in-grams": {"PatientWeight": "71500"},
        "no-dose": {"Tracer": {"RadionuclideTotalDose": None}},
        "dose-in-mbq": {"Tracer": {"RadionuclideTotalDose": "370"}},
        "no-half-life": {"Tracer": {"RadionuclideHalfLife": None}},
        "no-start": {"Tracer": {"RadiopharmaceuticalStartTime": None}},
        "no-correction": {"CorrectedImage": ["SCAT"]},
        "decay-not-corrected": {"DecayCorrection": "NONE"},
        "slow-tracer-without-date": {"Tracer": {"RadionuclideHalfLife": "282276"}},
        "changed-dates": {
            "Tracer": {
                "RadiopharmaceuticalStartDateTime": (
                    INJECTED - timedelta(days=3)
                ).strftime("%Y%m%d%H%M%S")
            }
        },
    }.items():
        add(name, pet(**changes), None, "BQML")
    return made


def meta(ds: Dataset, syntax: str = ExplicitVRLittleEndian) -> Dataset:
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    return ds


def main() -> None:
    folder = Path(sys.argv[1])
    expected = {}
    for name, (ds, units, values) in {
        **value_images(),
        **pet_images(),
        **enhanced_pet_images(),
    }.items():
        ds.save_as(folder / f"{name}.dcm", enforce_file_format=True)
        expected[name] = {"units": units, "values": values.ravel().tolist()}
    (folder / "expected.json").write_text(json.dumps(expected))


if __name__ == "__main__":
    main()

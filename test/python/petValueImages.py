"""PET images, and their numbers as SUVbw: calculated with datetime arithmetic, apart from the server's way."""

import math
from datetime import datetime, timedelta, timezone

import numpy as np
from pydicom.dataset import Dataset
from pydicom.pixels import apply_modality_lut
from pydicom.sequence import Sequence
from valueImage import image, meta, random_pixels

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
    left = DOSE_BQ * math.exp(-math.log(2) * minutes_seconds.total_seconds() / half_life_s)
    return WEIGHT_KG * 1000 / left


def enhanced_pet(mappings: dict[str, tuple[float, float]], **changes: object) -> tuple[Dataset, np.ndarray]:
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
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.130"
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


def on_clock(moment: datetime, hours_of_moment: int, hours_east: int = 0) -> str:
    """DT of a moment that a clock `hours_of_moment` east of Greenwich tells, as one `hours_east` tells it."""
    told = moment.replace(tzinfo=timezone(timedelta(hours=hours_of_moment)))
    return told.astimezone(timezone(timedelta(hours=hours_east))).strftime("%Y%m%d%H%M%S.%f%z")


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
                **{k: dict(v) if isinstance(v, dict) else v for k, v in corrected.items()},
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
    # The same moments on the clocks of two zones.
    add(
        "zones",
        {"Bq/ml": (0.731, 0.0)},
        "SUVbw",
        "Bq/ml",
        usual,
        Tracer={"RadiopharmaceuticalStartDateTime": on_clock(INJECTED, 0)},
        DecayCorrectionDateTime=on_clock(SCANNED, 0, hours_east=1),
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
    # Dates and times are told by the clock of the scanner, two hours east; the injection in UTC.
    elsewhere = {
        "RadiopharmaceuticalStartTime": None,
        "RadiopharmaceuticalStartDateTime": on_clock(INJECTED, 2),
    }
    add("zone", pet(Tracer=elsewhere, TimezoneOffsetFromUTC="+0200"), usual)
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
    average = timedelta(seconds=math.log(over_frame / (1 - math.exp(-over_frame))) / constant)
    reference = timedelta(minutes=11)
    acquired = SCANNED + reference - average
    overwritten = {
        "SeriesTime": "230000",
        "AcquisitionTime": acquired.strftime("%H%M%S.%f"),
        "FrameReferenceTime": str(reference.total_seconds() * 1000),
        "ActualFrameDuration": str(int(duration.total_seconds() * 1000)),
    }
    add("siemens", pet(**overwritten), usual)
    # A reference time within the first frame would put the start of the scan behind the start of its frame.
    add(
        "overwritten-reference",
        pet(**{**overwritten, "FrameReferenceTime": "0"}),
        None,
        "BQML",
    )
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
                "RadiopharmaceuticalStartDateTime": (INJECTED - timedelta(days=3)).strftime("%Y%m%d%H%M%S")
            }
        },
    }.items():
        add(name, pet(**changes), None, "BQML")
    return made

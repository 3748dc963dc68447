"""Writes images whose numbers are known, and what pydicom makes of them, for the tests of the server.

usage: writeValueImages.py FOLDER

Each image is FOLDER/<name>.dcm; FOLDER/expected.json maps the name to {"units", "values"} with one number a pixel,
in modality units or SUVbw.
"""

import json
import sys
from pathlib import Path

import numpy as np
from petValueImages import enhanced_pet_images, pet_images
from pydicom.dataset import Dataset
from pydicom.pixels import apply_modality_lut
from pydicom.sequence import Sequence
from pydicom.uid import (
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
)
from valueImage import GENERATOR, ROWS, image, meta, random_pixels


def lut(first: int, entries: np.ndarray, bits: int, kind: str) -> Sequence:
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", [len(entries), first, bits])
    item.ModalityLUTType = kind
    item.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    return Sequence([item])


def with_floor(values: np.ndarray, padding: np.ndarray) -> np.ndarray:
    return np.where(padding, values[~padding].min(), values)


# --- values ---------------------------------------------------------------------------------------------------


def value_images() -> dict[str, tuple[Dataset, str, np.ndarray]]:
    made: dict[str, tuple[Dataset, str, np.ndarray]] = {}

    def add(name: str, ds: Dataset, units: str, expected: np.ndarray | None = None) -> None:
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
    # Water has the value of the padding: only what reaches the edge of the image was added to it.
    pixels = random_pixels("<i2", -80, -1)
    pixels[0, 2] = 60
    pixels[-1, -1] = -1000
    pixels[0, :2] = pixels[1, 0] = pixels[1, 2:4] = pixels[2, 4] = 0
    ds = meta(image(pixels, 16))
    ds.add_new("PixelPaddingValue", "SS", 0)
    padding = np.zeros(pixels.shape, dtype=bool)
    padding[0, :2] = padding[1, 0] = True
    add("padding-among-values", ds, "HU", with_floor(pixels.astype(float), padding))
    pixels = random_pixels("<u2", 100, 1000)
    pixels[:, 0] = GENERATOR.integers(60000, 60010, ROWS)
    ds = meta(image(pixels, 16, Modality="MR"))
    ds.add_new("PixelPaddingValue", "US", 60010)
    ds.add_new("PixelPaddingRangeLimit", "US", 60000)
    add("padding-range", ds, "", with_floor(pixels.astype(float), pixels >= 60000))

    pixels = random_pixels("<u2", 0, 4095)
    inverse = {"PhotometricInterpretation": "MONOCHROME1"}
    add("monochrome1-ct", meta(image(pixels, 12, **inverse)), "HU", pixels.astype(float))
    add(
        "monochrome1-mr",
        meta(image(pixels, 12, Modality="MR", **inverse)),
        "",
        4095.0 - pixels,
    )
    return made


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

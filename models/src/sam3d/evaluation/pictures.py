"""Pictures of the best, the median and the worst first answer of an evaluation:
python -m sam3d.evaluation.pictures --model zoo/sam3d-tiny --output runs/pictures

They show the data: they are for looking at, and stay out of the repository.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import argparse
import re
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

from sam3d.data.volume_store import data_folder, read_entries

from .cases import Case, load_case, select_cases
from .click_session import ClickSession
from .engine import OnnxEngine
from .methods import END_TO_END
from .metrics import dice
from .protocols import opening_click
from .records import read_log
from .tables import Record
from .zoom import ZoomPolicy

WINDOW = (1.0, 99.0)  # percentiles of the slice
LONGER_SIDE = 640  # pixels
FILL = np.array([255, 140, 0])  # the mask
FILL_SHARE = 0.4
OUTLINE = (0, 220, 255)  # the truth
CROSS = (255, 0, 90)  # the click
CROSS_ARM = 9  # pixels


def shown(records: list[Record]) -> dict[str, Record]:
    """By Dice of the first answer, end to end"""
    ranked = sorted(
        (record for record in records if record["method"] == END_TO_END), key=lambda record: record["dice"][0]
    )
    return {"best": ranked[-1], "median": ranked[len(ranked) // 2], "worst": ranked[0]}


def case_of_record(record: Record) -> Case:
    cases = select_cases(read_entries(data_folder()), record["split"], record["passedOver"])
    return next(case for case in cases if (case.set_name, case.case_id) == (record["set"], record["case"]))


def enlarged(plane: np.ndarray, spacing_mm: np.ndarray, resampling: Image.Resampling) -> np.ndarray:
    """plane (J, I) uint8, spacing_mm (2,) along j, i → square pixels, the longer side LONGER_SIDE"""
    extent_mm = np.array(plane.shape) * spacing_mm
    height, width = np.maximum(np.rint(LONGER_SIDE * extent_mm / extent_mm.max()), 1).astype(int).tolist()
    return np.asarray(Image.fromarray(plane).resize((width, height), resampling))


def grey(plane: np.ndarray) -> np.ndarray:
    low, high = np.percentile(plane.astype(np.float64), WINDOW)
    return np.clip((plane - low) / max(high - low, 1e-6) * 255, 0, 255).astype(np.uint8)


def overlay(
    image: np.ndarray, mask: np.ndarray, truth: np.ndarray, click: np.ndarray, spacing_mm: np.ndarray
) -> np.ndarray:
    """image, mask, truth (J, I) of an axial slice; click (2,) (j, i) → (height, width, 3) uint8

    The patient's left is to the right.
    """
    canvas = enlarged(grey(image), spacing_mm, Image.Resampling.BILINEAR)[..., None].repeat(3, 2)
    filled, outlined = (
        enlarged(part.astype(np.uint8), spacing_mm, Image.Resampling.NEAREST) > 0 for part in (mask, truth)
    )
    canvas[filled] = (1 - FILL_SHARE) * canvas[filled] + FILL_SHARE * FILL
    canvas[outlined & ~ndimage.binary_erosion(outlined, iterations=2)] = OUTLINE
    y, x = ((np.asarray(click) + 0.5) * canvas.shape[:2] / image.shape).astype(int)
    canvas[max(0, y - CROSS_ARM) : y + CROSS_ARM + 1, x] = CROSS
    canvas[y, max(0, x - CROSS_ARM) : x + CROSS_ARM + 1] = CROSS
    return canvas


def picture_of(case: Case, engine: OnnxEngine) -> tuple[np.ndarray, float]:
    """→ overlay of the slice clicked in, and Dice of the whole mask"""
    volume, truth = load_case(case, data_folder())
    click = opening_click(volume, truth, case.case_id)
    mask = ClickSession(engine, volume, ZoomPolicy()).click(click)
    k = int(click.voxel[0])
    planes = (volume.voxels[k], mask[k], truth[k])
    return overlay(*planes, click.voxel[1:], volume.spacing_mm[1:]), dice(mask, truth)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--log", type=Path, default=Path("records/evaluation.jsonl"))
    parser.add_argument("--output", type=Path, default=Path("runs/pictures"))
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    engine = OnnxEngine(arguments.model)
    for rank, record in shown(read_log(arguments.log)).items():
        canvas, score = picture_of(case_of_record(record), engine)
        name = re.sub(r"[^\w.-]+", "-", f"{rank}_{record['set']}_{record['case']}_dice_{score:.3f}.png")
        Image.fromarray(canvas).save(arguments.output / name)


if __name__ == "__main__":
    main()

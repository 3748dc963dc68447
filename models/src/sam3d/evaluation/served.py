"""Does the served product answer as the evaluation does?

python -m sam3d.evaluation.served --url http://127.0.0.1:3000 --model zoo/sam3d-tiny

Plays the same clicks through the running server and through ClickSession; fails where their masks differ.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from sam3d.data.volume_store import data_folder, read_entries

from .cases import Case, load_case, select_cases
from .click_session import ClickSession
from .dicom_series import STORAGE, dicom_series
from .engine import OnnxEngine
from .metrics import dice
from .protocols import CLICKS, opening_click
from .served_product import ServedProduct
from .simulated_reader import GridClick, next_click
from .zoom import ZoomPolicy

# The same arithmetic, but sums in float32 on one side are in float64 on the other, and threads add in another
# order: voxels whose logit is next to nothing fall to either side, others do not.
LEAST_AGREEMENT = 0.98


def agreement(one: np.ndarray, other: np.ndarray) -> float:
    """Dice; two empty masks agree."""
    return dice(one, other) if (one | other).any() else 1.0


def chosen_cases(modalities: dict[str, str], cases: list[Case]) -> list[tuple[Case, str]]:
    """The first case of each set of which a slice stack can be made, and its modality"""
    chosen: dict[str, tuple[Case, str]] = {}
    for case in cases:
        modality = modalities[case.entry_id].split()[0]
        if modality in STORAGE:
            chosen.setdefault(case.set_name, (case, modality))
    return list(chosen.values())


def compare(product: ServedProduct, engine: OnnxEngine, model_id: str, case: Case, modality: str) -> float:
    """Prints a line a click. → the least agreement"""
    volume, truth = load_case(case, data_folder())
    series = dicom_series(volume, modality)
    session = ClickSession(engine, series.volume(), ZoomPolicy())
    clicks: list[GridClick] = []
    click: GridClick | None = opening_click(session.volume, truth, case.case_id)
    least = 1.0
    product.store(series)
    try:
        while click is not None and len(clicks) < CLICKS:
            clicks.append(click)
            expected = session.click(click)
            served = product.predict(series, model_id, clicks)
            agreed = agreement(served, expected)
            least = min(least, agreed)
            print(
                f"{case.set_name} {case.case_id} click {len(clicks)} {click_text(click)}: "
                f"served {dice(served, truth):.4f}, evaluated {dice(expected, truth):.4f}, "
                f"agreement {agreed:.4f}, {int((served != expected).sum())} of {int(expected.sum())} voxels"
                f"{'' if agreed >= LEAST_AGREEMENT else ': DISAGREES'}",
                flush=True,
            )
            click = next_click(expected, truth, np.ones_like(truth), session.volume.spacing_mm)
    finally:
        product.remove(series)
    return least


def click_text(click: GridClick) -> str:
    return f"{'+' if click.include else '-'}{tuple(click.voxel.tolist())}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", required=True)
    parser.add_argument("--model", type=Path, required=True, help="the zoo folder that the server runs")
    parser.add_argument("--cases", type=int, help="so many of them; all by default")
    parser.add_argument("--split", choices=("dev", "train"), default="dev")
    arguments = parser.parse_args()
    manifest = json.loads((arguments.model / "manifest.json").read_text(encoding="utf-8"))
    product = ServedProduct(arguments.url)
    served_version = product.model_version(manifest["id"])
    if served_version != manifest["version"]:
        sys.exit(f"{manifest['id']} {manifest['version']} is here, served is {served_version or 'none'}")
    entries = read_entries(data_folder())
    modalities = {entry["id"]: entry["modality"] for entry in entries}
    chosen = chosen_cases(modalities, select_cases(entries, arguments.split))[: arguments.cases]
    engine = OnnxEngine(arguments.model)
    leasts = [compare(product, engine, manifest["id"], case, modality) for case, modality in chosen]
    disagreeing = sum(least < LEAST_AGREEMENT for least in leasts)
    print(f"{len(leasts)} cases, least agreement {min(leasts, default=1.0):.4f}, {disagreeing} disagree")
    if disagreeing or not leasts:
        sys.exit(1)


if __name__ == "__main__":
    main()

"""Does the served product answer as the evaluation does?

python -m sam3d.evaluation.served --url http://127.0.0.1:3000 --model zoo/sam3d-tiny

Plays the same clicks through the running server and through ClickSession, with the exported graphs and with
the weights in PyTorch; fails where the server's masks and the graphs' differ. Writes a JSON line a case, for
RESULTS.md.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sam3d.data.region_image import Volume
from sam3d.data.volume_store import data_folder, read_entries
from sam3d.export.export import WEIGHTS

from .cases import Case, load_case, select_cases
from .click_session import ClickSession
from .dicom_series import STORAGE, dicom_series
from .engine import Engine, OnnxEngine
from .logged_plays import log_of
from .metrics import dice
from .model_name import model_name
from .protocols import CLICKS, opening_box, opening_click
from .served_product import GridPrompt, ServedProduct
from .served_table import HTTP, ONNX, PYTORCH
from .simulated_reader import GridBox, next_click
from .tables import Record
from .torch_engine import TorchEngine, model_of
from .zoom import ZoomPolicy

Opening = Callable[[Volume, np.ndarray, str], GridPrompt]
Way = Callable[[list[GridPrompt]], np.ndarray]  # all prompts so far → mask (K, J, I) bool

OPENINGS: dict[str, Opening] = {
    "click": opening_click,
    "box": lambda _, truth, case_id: opening_box(truth, case_id),
}
# The same arithmetic, but sums in float32 on one side are in float64 on the other, and threads add in another
# order: voxels whose logit is next to nothing fall to either side, others do not.
LEAST_AGREEMENT = 0.98


def agreement(one: np.ndarray, other: np.ndarray) -> float:
    """Dice; two empty masks agree."""
    return dice(one, other) if (one | other).any() else 1.0


def chosen_cases(modalities: dict[str, str], cases: list[Case]) -> list[tuple[Case, str]]:
    """Of each set the first case of which a slice stack can be made, or else its first; and its modality"""
    chosen: dict[str, tuple[Case, str]] = {}
    for case in cases:
        modality = modalities[case.entry_id].split()[0]
        before = chosen.get(case.set_name)
        if before is None or (before[1] not in STORAGE and modality in STORAGE):
            chosen[case.set_name] = case, modality
    return list(chosen.values())


def session_way(engine: Engine, volume: Volume) -> Way:
    session = ClickSession(engine, volume, ZoomPolicy())

    def answer(prompts: list[GridPrompt]) -> np.ndarray:
        last = prompts[-1]
        return session.box(*last) if isinstance(last, GridBox) else session.click(last)

    return answer


def play_ways(
    ways: dict[str, Way], volume: Volume, truth: np.ndarray, case: Case, opening: Opening
) -> Record:
    """Prints a line a prompt; clicks correct the answer of the exported graphs. → Dice by way, and the least
    agreement with the graphs of the other ways"""
    scores: dict[str, list[float]] = {way: [] for way in ways}
    agreed: dict[str, list[float]] = {way: [] for way in ways if way != ONNX}
    prompts: list[GridPrompt] = []
    prompt: GridPrompt | None = opening(volume, truth, case.case_id)
    while prompt is not None and len(prompts) < CLICKS:
        prompts.append(prompt)
        masks = {way: answer(prompts) for way, answer in ways.items()}
        for way, mask in masks.items():
            scores[way].append(round(dice(mask, truth), 4))
        for way in agreed:
            agreed[way].append(agreement(masks[way], masks[ONNX]))
        print(
            f"{case.set_name} {case.case_id} prompt {len(prompts)} {prompt_text(prompt)}: "
            + "; ".join(way_text(masks, way, truth) for way in ways),
            flush=True,
        )
        prompt = next_click(masks[ONNX], truth, np.ones_like(truth), volume.spacing_mm)
    return {
        "set": case.set_name,
        "case": case.case_id,
        "dice": scores,
        "agreement": {way: round(min(found), 4) for way, found in agreed.items()},
    }


def way_text(masks: dict[str, np.ndarray], way: str, truth: np.ndarray) -> str:
    text = f"{way} {dice(masks[way], truth):.4f}"
    if way == ONNX:
        return text
    agreed = agreement(masks[way], masks[ONNX])
    disagrees = " DISAGREES" if way == HTTP and agreed < LEAST_AGREEMENT else ""
    apart = int((masks[way] != masks[ONNX]).sum())
    return f"{text}, agreement {agreed:.4f}, {apart} of {int(masks[ONNX].sum())} voxels{disagrees}"


def compare(
    engines: dict[str, Engine],
    product: ServedProduct | None,
    model_id: str,
    case: Case,
    modality: str,
    opening: Opening,
) -> Record:
    """Through the product, too, where there is one, and a series can be made of the case"""
    volume, truth = load_case(case, data_folder())
    if product is None or modality not in STORAGE:
        ways = {way: session_way(engine, volume) for way, engine in engines.items()}
        return play_ways(ways, volume, truth, case, opening)
    series = dicom_series(volume, modality)
    read = series.volume()
    ways = {way: session_way(engine, read) for way, engine in engines.items()}
    product.store(series)
    try:
        return play_ways(
            ways | {HTTP: partial(product.predict, series, model_id)}, read, truth, case, opening
        )
    finally:
        product.remove(series)


def prompt_text(prompt: GridPrompt) -> str:
    if isinstance(prompt, GridBox):
        return f"box {tuple(prompt.low_voxel.tolist())} to {tuple(prompt.high_voxel.tolist())}"
    return f"{'+' if prompt.include else '-'}{tuple(prompt.voxel.tolist())}"


def product_at(url: str, manifest: dict[str, Any]) -> ServedProduct:
    """Exits where it serves another version."""
    product = ServedProduct(url)
    version = product.model_version(manifest["id"])
    if version != manifest["version"]:
        sys.exit(f"{manifest['id']} {manifest['version']} is here, served is {version or 'none'}")
    return product


def read_arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """words: of the command line; None: those that it was started with"""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", help="of the running server; without it PyTorch and ONNX alone are compared")
    parser.add_argument("--model", type=Path, required=True, help="the zoo folder that the server runs")
    parser.add_argument("--opening", choices=OPENINGS, default="click")
    parser.add_argument(
        "--log", type=Path, help="default: in records/ of what RESULTS.md shows, else in runs/"
    )
    parser.add_argument("--cases", type=int, help="so many of them; all by default")
    parser.add_argument("--split", choices=("dev", "train"), default="dev")
    arguments = parser.parse_args(words)
    name = "served" if arguments.opening == "click" else f"served_{arguments.opening}"
    is_result = arguments.split == "dev" and arguments.cases is None
    arguments.log = arguments.log or log_of(name, is_result)
    return arguments


def main() -> None:
    arguments = read_arguments()
    manifest = json.loads((arguments.model / "manifest.json").read_text(encoding="utf-8"))
    product = None if arguments.url is None else product_at(arguments.url, manifest)
    entries = read_entries(data_folder())
    modalities = {entry["id"]: entry["modality"] for entry in entries}
    chosen = chosen_cases(modalities, select_cases(entries, arguments.split))[: arguments.cases]
    engines = {
        PYTORCH: TorchEngine(model_of(arguments.model / WEIGHTS)),
        ONNX: OnnxEngine(arguments.model),
    }
    origin = {"split": arguments.split, "model": model_name(arguments.model)}
    opening, log = arguments.opening, arguments.log
    log.parent.mkdir(parents=True, exist_ok=True)
    part = log.with_name(f"{log.name}.part")
    leasts = []
    with part.open("w", encoding="utf-8") as lines:
        for case, modality in chosen:
            record = compare(engines, product, manifest["id"], case, modality, OPENINGS[opening]) | origin
            lines.write(json.dumps(record) + "\n")
            lines.flush()
            if HTTP in record["agreement"]:
                leasts.append(record["agreement"][HTTP])
    part.replace(log)
    if product is None:
        return
    disagreeing = sum(least < LEAST_AGREEMENT for least in leasts)
    print(f"{len(leasts)} cases, least agreement {min(leasts, default=1.0):.4f}, {disagreeing} disagree")
    if disagreeing or not leasts:
        sys.exit(1)


if __name__ == "__main__":
    main()

"""What a reader's accepted corrections make of the answers that come after:
python -m sam3d.evaluation.online --model zoo/sam3d-tiny

Streams of patients of one structure, in random orders. Each is played by a reader who corrects the opening
answer with five clicks and accepts what is then shown; it is predicted with what the cases before have
taught, then learned from. In a stream with a wrong teacher the masks accepted from the middle on are another
structure's. Appends a record a case to the log, which RESULTS.md is made from by
`python -m sam3d.evaluation.results`.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import argparse
import json
from collections import defaultdict
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sam3d.data.region_image import Volume
from sam3d.data.volume_store import data_folder, read_entries
from sam3d.online.adaptation import OnlineAdaptation

from .cases import Case, case_of, load_case, set_name
from .click_session import ClickSession
from .engine import Engine, OnnxEngine
from .model_name import model_name
from .native_grid import mask_logits
from .protocols import corrected, opening_click
from .tables import Record
from .zoom import ZoomPolicy

LOG = Path("records/online.jsonl")
LONGEST_STREAM = 9
SHORTEST_STREAM = 4
WRONG_FROM = 4  # cases of a right teacher, then a wrong one's
WRONG_VALUES = {  # set → the value that the wrong teacher accepts instead
    "hippocampus anterior": 2,
    "hippocampus posterior": 1,
    "right ventricle cavity": 3,
    "left ventricle cavity": 2,
}


class Played(NamedTuple):
    session: ClickSession
    dice: list[float]  # after each click
    accepted: np.ndarray  # (K, J, I) bool


def streams_of(entries: list[dict[str, Any]], split: str, passed_over: int) -> dict[str, list[Case]]:
    """By set: one case of each of the first patients behind those passed over"""
    found: dict[str, dict[str, Case]] = defaultdict(dict)
    for entry in entries:
        if entry["split"] != split or not entry["image"]:
            continue
        for value, structure in (entry["labels"] or {}).items():
            name = set_name(entry, structure)
            if name is not None:
                found[name].setdefault(entry["patient"], case_of(entry, name, int(value)))
    chosen = {
        name: list(cases.values())[passed_over : passed_over + LONGEST_STREAM]
        for name, cases in found.items()
    }
    return {name: cases for name, cases in chosen.items() if len(cases) >= SHORTEST_STREAM}


@lru_cache(LONGEST_STREAM)
def loaded(case: Case) -> tuple[Volume, np.ndarray]:
    return load_case(case, data_folder())


def played(engine: Engine, case: Case, adaptation: OnlineAdaptation | None, corrections: int = 5) -> Played:
    volume, truth = loaded(case)
    session = ClickSession(engine, volume, ZoomPolicy(), adaptation=adaptation)
    opening = session.click(opening_click(volume, truth, case.case_id))
    everywhere = np.ones_like(truth)
    play = corrected(opening, session.click, truth, everywhere, volume.spacing_mm, corrections)
    return Played(session, play.dice, session.mask)


def learn(adaptation: OnlineAdaptation, case: Case, play: Played, accepted: np.ndarray) -> None:
    if play.session.opening is None:
        return
    region, opening = play.session.opening
    wanted = mask_logits(accepted, play.session.volume, region, 1) > 0
    adaptation.learn(case.case_id, case.patient, opening, wanted)


def right_stream(engine: Engine, frozen: dict[Case, Played], cases: list[Case]) -> list[Record]:
    adaptation, records = OnlineAdaptation(), []
    for accepted, case in enumerate(cases):
        gain = adaptation.gain
        fused = played(engine, case, adaptation) if gain > 0 else frozen[case]
        records.append(record_of(case, accepted, gain, frozen[case].dice, fused.dice))
        learn(adaptation, case, fused, fused.accepted)
    return records


def wrong_stream(engine: Engine, frozen: dict[Case, Played], cases: list[Case]) -> list[Record]:
    """Opening answers alone"""
    adaptation, records = OnlineAdaptation(), []
    for accepted, case in enumerate(cases):
        gain = adaptation.gain
        fused = played(engine, case, adaptation, 0) if gain > 0 else frozen[case]
        records.append(record_of(case, accepted, gain, frozen[case].dice[:1], fused.dice[:1]))
        taught = frozen[case].accepted
        if accepted >= WRONG_FROM:
            taught = loaded(replace(case, value=WRONG_VALUES[case.set_name]))[1]
        learn(adaptation, case, fused, taught)
    return records


def record_of(case: Case, accepted: int, gain: float, frozen: list[float], fused: list[float]) -> Record:
    return {
        "set": case.set_name,
        "case": case.case_id,
        "patient": case.patient,
        "trainedSource": case.trained_source,
        "accepted": accepted,
        "gain": gain,
        "frozen": [round(score, 4) for score in frozen],
        "fused": [round(score, 4) for score in fused],
    }


def evaluate_streams(
    engine: Engine, streams: dict[str, list[Case]], orders: int, origin: Record, log: Path
) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as lines:
        for name, cases in streams.items():
            frozen = {case: played(engine, case, None) for case in cases}
            for order in range(orders):
                shuffled = [cases[place] for place in np.random.default_rng(order).permutation(len(cases))]
                records = {"right": right_stream(engine, frozen, shuffled)}
                if name in WRONG_VALUES and len(cases) > WRONG_FROM:
                    records["wrong"] = wrong_stream(engine, frozen, shuffled)
                for teacher, found in records.items():
                    for record in found:
                        lines.write(json.dumps(origin | {"teacher": teacher, "order": order} | record) + "\n")
                    gained = [record["fused"][0] - record["frozen"][0] for record in found]
                    print(
                        f"{name}, order {order}, {teacher}:", *(f"{one:+.3f}" for one in gained), flush=True
                    )
                lines.flush()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--log", type=Path, default=LOG)
    parser.add_argument("--split", choices=("dev", "train"), default="dev", help="train: to choose by")
    parser.add_argument("--passed-over", type=int, default=0, help="patients a set")
    parser.add_argument("--orders", type=int, default=2)
    parser.add_argument("--sets", nargs="*", help="instead of all that have patients enough")
    arguments = parser.parse_args()
    streams = streams_of(read_entries(data_folder()), arguments.split, arguments.passed_over)
    if arguments.sets:
        streams = {name: streams[name] for name in arguments.sets}
    origin = {
        "split": arguments.split,
        "passedOver": arguments.passed_over,
        "model": model_name(arguments.model),
    }
    evaluate_streams(OnnxEngine(arguments.model), streams, arguments.orders, origin, arguments.log)


if __name__ == "__main__":
    main()

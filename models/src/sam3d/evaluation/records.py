"""Raw records: what a case's scores were, by which method."""

import json
from pathlib import Path

from .cases import Case
from .protocols import Play
from .tables import Record

BASELINES = Path("records/baselines")  # records of methods that are played apart from the model


def record_of(case: Case, method: str, play: Play) -> Record:
    return {
        "set": case.set_name,
        "case": case.case_id,
        "patient": case.patient,
        "modality": case.modality,
        "trainedSource": case.trained_source,
        "method": method,
        "dice": [round(score, 4) for score in play.dice],
        "nsd": [round(score, 4) for score in play.nsd] if case.spacing_known else None,
    }


def read_log(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read_log_if_any(path: Path) -> list[Record]:
    return read_log(path) if path.exists() else []


def baseline_records(played: list[Record], folder: Path = BASELINES) -> list[Record]:
    """Of the cases that an evaluation has played; none where they were never played by a baseline"""
    records = [record for path in sorted(folder.glob("*.jsonl")) for record in read_log(path)]
    cases = {played_case(record) for record in played}
    return [record for record in records if played_case(record) in cases]


def played_case(record: Record) -> tuple[str, int, str, str]:
    return record["split"], record["passedOver"], record["set"], record["case"]

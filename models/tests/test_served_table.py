"""What RESULTS.md says of the log of `served`."""

import json
from pathlib import Path
from typing import Any

from conftest import ZOO
from sam3d.evaluation.model_name import model_name
from sam3d.evaluation.records import read_log_if_any
from sam3d.evaluation.served_table import HTTP, NOT_MEASURED, ONNX, PYTORCH, served_table

MODEL = "sam3d-tiny 0.5.0 (12345678)"


def record(name: str, dice: dict[str, list[float]], agreement: dict[str, float]) -> dict[str, Any]:
    return {
        "set": name,
        "case": "1",
        "split": "dev",
        "model": MODEL,
        "dice": dice,
        "agreement": agreement,
    }


def records() -> list[dict[str, Any]]:
    rising = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    return [
        record(
            "organ CT",
            {PYTORCH: rising, ONNX: [0.2] * 6, HTTP: [0.25] * 6},
            {PYTORCH: 0.9876, HTTP: 0.9999},
        ),
        record("tumour PET", {PYTORCH: [0.5] * 6, ONNX: [0.8, 1.0]}, {PYTORCH: 0.5}),
    ]


def test_each_way_has_its_scores() -> None:
    lines = served_table(records(), MODEL).splitlines()
    assert lines[0] == "| set | PyTorch | ONNX | HTTP | PyTorch agrees | HTTP agrees |"
    assert lines[2] == (
        "| organ CT | .100 / .300 / .500 | .200 / .200 / .200 | .250 / .250 / .250 | .988 | 1.000 |"
    )
    assert lines[3] == "| tumour PET | .500 / .500 / .500 | .800 / 1.000 / 1.000 | – | .500 | – |"


def test_means_are_of_the_same_sets_in_every_column() -> None:
    lines = served_table(records(), MODEL).splitlines()
    assert lines[4] == ("| mean, 2 in all | **.300 / .400 / .500** | **.500 / .600 / .600** | – |  |  |")
    assert lines[5] == (
        "| mean, 1 in all | **.100 / .300 / .500** | **.200 / .200 / .200** | **.250 / .250 / .250** |  |  |"
    )
    assert len(served_table(records()[:1], MODEL).splitlines()) == 4


def test_another_version_was_not_measured() -> None:
    assert served_table([], MODEL) == NOT_MEASURED
    assert served_table(records(), "sam3d-tiny 0.6.0 (12345678)") == NOT_MEASURED
    assert served_table(records(), None) == NOT_MEASURED
    assert served_table([one | {"split": "train"} for one in records()], MODEL) == NOT_MEASURED


def test_a_log_may_be_absent(tmp_path: Path) -> None:
    log = tmp_path / "served.jsonl"
    assert read_log_if_any(log) == []
    log.write_text("".join(json.dumps(one) + "\n" for one in records()), encoding="utf-8")
    assert read_log_if_any(log) == records()


def test_a_models_name_changes_with_its_graphs(tmp_path: Path) -> None:
    manifest = json.loads((ZOO / "manifest.json").read_text(encoding="utf-8"))
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert model_name(tmp_path) == model_name(ZOO)
    assert model_name(ZOO).startswith(f"{manifest['id']} {manifest['version']} (")
    manifest["graphs"]["maskDecoder"]["sha256"] = "0" * 64
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert model_name(tmp_path) != model_name(ZOO)

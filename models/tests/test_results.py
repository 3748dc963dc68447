"""What RESULTS.md says of raw records."""

import json
from pathlib import Path

import numpy as np
import pytest

from sam3d.evaluation.bootstrap import RESAMPLES, SetScores, interval_of_mean, mean_of_sets
from sam3d.evaluation.cases import Case
from sam3d.evaluation.methods import END_TO_END, PROMPTED_UNET, RANDOM_WALKER
from sam3d.evaluation.protocols import Play
from sam3d.evaluation.records import baseline_records, read_log, record_of
from sam3d.evaluation.release_gate import gate_table
from sam3d.evaluation.results import main, protocol, publish, results_tables
from sam3d.evaluation.tables import (
    Record,
    dice_of,
    measured_with,
    nsd_of,
    short,
    table_of_sets,
    whole_dice_of,
)

ORIGIN = {"split": "dev", "passedOver": 0}


def case(name: str, patient: str, modality: str = "CT", spacing_known: bool = True) -> Case:
    return Case(name, patient, "train/image", "label", 1, patient, modality, spacing_known)


def records_of(one: Case, model: list[float], walker: list[float]) -> list[Record]:
    return [
        record_of(one, method, Play(scores, [score / 2 for score in scores])) | ORIGIN
        for method, scores in ((END_TO_END, model), (RANDOM_WALKER, walker))
    ]


def rising(first: float) -> list[float]:
    return [first + 0.1 * n for n in range(6)]


def records() -> list[Record]:
    return [
        *records_of(case("tumour CT", "a"), rising(0.2), rising(0.1)),
        *records_of(case("tumour CT", "b"), rising(0.4), rising(0.3)),
        *records_of(case("gland US", "c", "US", False), rising(0.1), [0.0, 0.5, 0.5, 0.5, 0.4, 0.4]),
    ]


def test_a_record_says_whose_case_it_is() -> None:
    record = records()[0]
    assert (record["patient"], record["modality"], record["trainedSource"]) == ("a", "CT", True)
    assert record["dice"] == pytest.approx([0.2, 0.3, 0.4, 0.5, 0.6, 0.7])
    assert record["nsd"] == pytest.approx([0.1, 0.15, 0.2, 0.25, 0.3, 0.35])


def test_nothing_is_measured_in_mm_where_the_spacing_is_unknown() -> None:
    assert records()[-1]["nsd"] is None
    rows = table_of_sets(records(), [whole_dice_of, nsd_of]).splitlines()
    assert rows[3].startswith("| gland US | 1 | .600 / .350; – |")
    assert rows[2].startswith("| tumour CT | 2 | .800 / .550; .150 / .350 / .275 |")
    assert "**.150 / .350 / .275**" in rows[4]  # of the other set alone


def test_sets_have_equal_weight() -> None:
    rows = table_of_sets(records(), [dice_of]).splitlines()
    assert rows[2] == "| tumour CT | 2 | .300 / .500 / .700 | .200 / .400 / .600 |"
    assert rows[4].startswith("| mean of 2 sets |  | **.200 / .400 / .600**<br>.150–.250 / .350–.450")


def test_sets_of_other_sources_are_marked() -> None:
    foreign = [record | {"trainedSource": False} for record in records()]
    assert "| tumour CT † |" in table_of_sets(foreign, [dice_of])
    assert "†" not in table_of_sets(records(), [dice_of])


def test_the_gate_is_missed_where_the_random_walker_is_as_good() -> None:
    rows = gate_table(records()).splitlines()
    assert rows[2].endswith("| +.100 / +.100 / +.100 | pass |")
    assert rows[3] == (
        "| US | 1 | .100 / .300 / .500 | .000 / .500 / .400 | +.100 / -.200 / +.100 | miss after 3 |"
    )
    equal = gate_table(records_of(case("s", "a", "MR"), rising(0.2), rising(0.2)))
    assert "miss after 1, 3, 5" in equal


def test_only_what_was_measured_becomes_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, target = tmp_path / "log.jsonl", tmp_path / "RESULTS.md"
    log.write_text("".join(json.dumps(record) + "\n" for record in records()), encoding="utf-8")
    publish(target, [record | {"split": "train"} for record in read_log(log)])
    publish(target, [record | {"passedOver": 4} for record in read_log(log)])
    assert not target.exists()
    assert "| mean of 2 sets |" in capsys.readouterr().out
    publish(target, read_log(log))
    assert results_tables(records()) in target.read_text(encoding="utf-8")


def test_scores_are_short() -> None:
    assert [short(score) for score in (0.05, 0.9999, 0.0)] == [".050", "1.000", ".000"]


def test_the_interval_is_that_of_a_mean() -> None:
    rng = np.random.default_rng(1)
    patients = tuple(map(str, range(400)))
    sets = [SetScores(patients, rng.normal(0.5, 0.2, (400, 1)))]
    low, high = interval_of_mean(sets)[:, 0]
    assert low < mean_of_sets(sets)[0] < high
    assert high - low == pytest.approx(2 * 1.96 * 0.2 / 20, rel=0.15)
    assert np.array_equal(interval_of_mean(sets), interval_of_mean(sets))


def test_structures_of_the_same_patients_are_no_further_patients() -> None:
    scores = np.random.default_rng(1).normal(0.5, 0.2, (50, 1))
    patients = tuple(map(str, range(50)))
    others = tuple(f"{patient} of another set" for patient in patients)
    alone = np.ptp(interval_of_mean([SetScores(patients, scores)]))
    same = np.ptp(interval_of_mean([SetScores(patients, scores)] * 2))
    further = np.ptp(interval_of_mean([SetScores(patients, scores), SetScores(others, scores)]))
    assert same == pytest.approx(alone)
    assert further == pytest.approx(alone / np.sqrt(2), rel=0.2)
    assert RESAMPLES >= 1000


def test_a_baseline_that_was_played_apart_joins_the_same_cases(tmp_path: Path) -> None:
    played = [record | {"method": PROMPTED_UNET} for record in records()[::2]]
    others = [record | {"passedOver": 4} for record in played]
    lines = [json.dumps(record) for record in [*played, *others]]
    (tmp_path / "one.jsonl").write_text("\n".join(lines), encoding="utf-8")
    kept = baseline_records(records(), tmp_path)
    assert kept == played
    assert baseline_records([record | {"split": "train"} for record in records()], tmp_path) == []
    assert baseline_records(records()[:1], tmp_path) == played[:1]
    assert PROMPTED_UNET not in protocol(records())
    assert f"through the image.\n- *{PROMPTED_UNET}*" in protocol([*records(), *kept])
    assert f"| set | n | {END_TO_END} | {RANDOM_WALKER} | {PROMPTED_UNET} |" in results_tables(
        [*records(), *kept]
    )


def test_tables_say_which_model_was_measured() -> None:
    of_model = [record | {"model": "some model 1.0"} for record in records()]
    assert measured_with(of_model) == "Measured with some model 1.0.\n"
    assert measured_with([*of_model, {"model": "another"}]) == "Measured with some model 1.0, another.\n"
    assert measured_with(records()) == ""


def test_means_over_several_models_are_no_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Logs that evaluations append to may hold those of an earlier version, too."""
    target = tmp_path / "RESULTS.md"
    target.write_text("as it was\n", encoding="utf-8")
    lines = [
        {"model": model, "split": "dev", "passedOver": 0, "teacher": "right", "order": 0, "set": "a"}
        | {"case": "x", "patient": "x", "trainedSource": True, "accepted": 0, "gain": 0.0}
        | {"frozen": [score] * 6, "fused": [score] * 6}
        for model, score in (("tiny 1.0", 0.2), ("tiny 2.0", 0.8))
    ]
    (tmp_path / "online.jsonl").write_text(
        "".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8"
    )
    monkeypatch.setattr("sys.argv", ["results", "--logs", str(tmp_path), "--results", str(target)])
    main()
    assert target.read_text(encoding="utf-8") == "as it was\n"
    assert "online.jsonl: left out, since it is of tiny 1.0 and tiny 2.0" in capsys.readouterr().out


def test_all_that_the_logs_hold_is_written_and_the_rest_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    logs, target = tmp_path / "runs", tmp_path / "RESULTS.md"
    logs.mkdir()
    target.write_text("## Learned tasks\n\nof another day\n", encoding="utf-8")

    def logged(name: str, found: list[Record]) -> None:
        (logs / name).write_text("".join(json.dumps(record) + "\n" for record in found), encoding="utf-8")

    logged("evaluation.jsonl", records())
    unchanged = [record | {"method": "unchanged"} for record in records() if record["method"] == END_TO_END]
    logged("robustness.jsonl", unchanged)
    logged("precisions.jsonl", [record | {"split": "train", "megabytes": 1.0} for record in unchanged])
    monkeypatch.setattr("sys.argv", ["results", "--logs", str(logs), "--results", str(target)])
    main()
    text = target.read_text(encoding="utf-8")
    assert "| tumour CT | 2 | .300 / .500 / .700 |" in text
    assert "| unchanged | 3 | .200 / .400 |  |  |" in text
    assert "of another day" in text
    assert "## Precisions" not in text
    assert "precisions.jsonl: left out" in capsys.readouterr().out

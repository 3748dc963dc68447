"""What RESULTS.md says of online adaptation, and which streams are played."""

from pathlib import Path

from sam3d.evaluation.online import LONGEST_STREAM, streams_of
from sam3d.evaluation.online_table import online_section
from sam3d.evaluation.result_sections import write_section
from sam3d.evaluation.results import publish
from sam3d.evaluation.tables import Record
from sam3d.evaluation.task_table import task_section
from test_results import records as evaluation_records
from test_task_table import record as task_record


def record(accepted: int, added: float, order: int = 0, **changes: object) -> Record:
    frozen = [0.5, 0.6, 0.7, 0.7, 0.8, 0.8]
    return {
        "set": "liver",
        "case": str(accepted),
        "patient": str(accepted),
        "trainedSource": True,
        "split": "dev",
        "passedOver": 0,
        "teacher": "right",
        "order": order,
        "accepted": accepted,
        "gain": 1.0 if added else 0.0,
        "frozen": frozen,
        "fused": [score + added for score in frozen],
    } | changes


def test_what_is_added_is_told_by_the_number_of_accepted_cases() -> None:
    stream = [record(0, 0), record(1, 0), record(2, 0.1), record(3, 0.2), record(4, -0.1)]
    row = next(line for line in online_section(stream).splitlines() if line.startswith("| liver"))
    assert row.startswith(
        "| liver | 5 | .500 / .700 / .800 | +.150 / +.150 / +.150 | -.100 / -.100 / -.100 | – |"
    )
    assert row.endswith("| +.040 / +.040 / +.040 | 60 % | +.040 |")


def test_the_worst_stream_is_named() -> None:
    text = online_section([record(0, 0.1), record(1, 0.1), record(0, -0.2, 1), record(1, 0.1, 1)])
    assert "| -.050 |" in text


def test_a_wrong_teacher_has_a_table_of_its_own() -> None:
    wrong = [record(n, added, teacher="wrong") for n, added in ((4, 0.1), (5, -0.2), (6, 0.0))]
    text = online_section([record(0, 0), *wrong])
    assert text.splitlines()[-1] == "| liver | 3 | +.100 (+.100) | -.200 (-.200) | +.000 (+.000) |"


def test_its_section_and_that_of_tasks_survive_each_other(tmp_path: Path) -> None:
    target = tmp_path / "RESULTS.md"
    publish(target, evaluation_records())
    write_section(target, task_section([task_record("x", 0.4, 0.6)]))
    write_section(target, online_section([record(0, 0), record(2, 0.1)]))
    before = target.read_text(encoding="utf-8")
    assert "## Learned tasks" in before and "## Online adaptation" in before
    publish(target, evaluation_records())
    assert target.read_text(encoding="utf-8") == before


def test_streams_hold_each_patient_once_and_one_split() -> None:
    def entry(patient: str, split: str) -> dict:
        files = {"id": patient, "image": "train/a", "label": "train/b", "spacingKnown": True}
        labels = {"labels": {"1": "hippocampus anterior"}}
        return (
            {"patient": patient, "split": split, "source": "hippocampus", "modality": "MR"} | files | labels
        )

    entries = [entry(str(n // 2), "dev") for n in range(40)] + [entry("other", "train")]
    (cases,) = streams_of(entries, "dev", 0).values()
    assert len(cases) == LONGEST_STREAM
    assert len({case.patient for case in cases}) == LONGEST_STREAM
    assert streams_of(entries, "train", 0) == {}

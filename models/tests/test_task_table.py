"""What RESULTS.md says of learned tasks."""

import json
from pathlib import Path

import pytest

from sam3d.evaluation.result_sections import section_of, with_section, write_section
from sam3d.evaluation.results import publish
from sam3d.evaluation.tables import ABSENT, Record
from sam3d.evaluation.task_table import ONE_CLICK, TITLE, task_section
from sam3d.evaluation.tasks import TASKS, files_of
from test_results import records as evaluation_records


def record(patient: str, anterior: float, posterior: float | None, **changes: object) -> Record:
    return {
        "task": "hippocampus MR",
        "method": "samed",
        "seed": 0,
        "exemplars": ["a", "b"],
        "config": {"steps": 60, "samples_per_step": 2},
        "learnedParameters": 1_756_984,
        "learnedBytes": 7_040_000,
        "peakMb": 1434,
        "seconds": 100.0,
        "case": patient,
        "patient": patient,
        "dice": {"anterior": anterior, "posterior": posterior},
    } | changes


def one_click(patient: str, dice: float) -> Record:
    changes = {"method": ONE_CLICK, "exemplars": [], "config": {}, "learnedParameters": 0}
    found = record(patient, dice, dice, **changes)
    del found["learnedBytes"], found["peakMb"]
    return found


def rows_of(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("| hippocampus")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_section_says_which_model_was_learned_on() -> None:
    text = task_section([record("x", 0.4, 0.6, model="some model 1.0"), one_click("x", 0.3)])
    assert "Measured with some model 1.0." in text


def test_a_row_holds_means_of_patients_over_seeds() -> None:
    text = task_section(
        [
            record("x", 0.4, 0.6),
            record("x", 0.6, 0.8, seed=1, seconds=200.0, peakMb=2048),
            record("y", 0.8, None),
            record("x", 0.1, 0.1, method="vanilla"),
            one_click("x", 0.3),
        ]
    )
    samed, vanilla, clicked = rows_of(text)[:3]
    assert samed[1:7] == ["2", "samed", "60 × 2", "2", "2", "**.700**<br>.600–.800"]
    assert samed[7:] == ["anterior .650<br>posterior .700", "1.76 M", "7.0 MB", "133", "2.0 GiB"]
    assert vanilla[1:7] == ["2", "vanilla", "60 × 2", "1", "1", "**.100**<br>.100–.100"]
    assert clicked[1:7] == ["0", ONE_CLICK, ABSENT, ABSENT, "1", "**.300**<br>.300–.300"]
    assert clicked[8:] == [ABSENT] * 4


def test_gains_are_of_the_patients_that_both_have() -> None:
    text = task_section(
        [
            record("x", 0.4, 0.6),
            record("y", 0.9, 0.9),
            record("x", 0.2, 0.2, method="vanilla"),
            record("y", 0.8, 0.8, method="scratch"),
            record("x", 0.5, 0.5, method="scratch", config={"steps": 90, "samples_per_step": 2}),
            one_click("x", 0.6),
            one_click("y", 0.6),
        ]
    )
    gains = {row[2]: row[3:] for row in rows_of(text)[5:] if row[3] == "60 × 2"}
    same, over_click = "**+.000**<br>+.000 to +.000", "**+.100**<br>-.100 to +.300"
    assert gains["samed"] == [
        "60 × 2",
        "**+.300**<br>+.300 to +.300",
        "**+.100**<br>+.100 to +.100",
        "",
        over_click,
    ]
    assert gains["vanilla"][1] == ""
    assert same not in text


def test_the_methods_that_the_table_shows_are_explained() -> None:
    config = {"steps": 60, "samples_per_step": 2, "synthesis_share": 0.5}
    synthesis = record("x", 0.1, 0.1, method="vanilla", config=config)
    text = task_section([record("x", 0.4, 0.6, method="ma_sam"), synthesis])
    listed = [line.split("*")[1] for line in text.splitlines() if line.startswith("- ")]
    assert listed == ["vanilla", "ma_sam", "synthesis"]


def test_the_section_is_replaced_and_survives_the_other_results(tmp_path: Path) -> None:
    target = tmp_path / "RESULTS.md"
    publish(target, evaluation_records())
    before = target.read_text(encoding="utf-8")
    write_section(target, task_section([record("x", 0.4, 0.6)]))
    assert target.read_text(encoding="utf-8").startswith(before.rstrip())
    write_section(target, task_section([record("x", 0.2, 0.2)]))
    with_tasks = target.read_text(encoding="utf-8")
    assert with_tasks.count("## Learned tasks") == 1
    assert "**.200**" in with_tasks
    publish(target, evaluation_records())
    assert target.read_text(encoding="utf-8") == with_tasks


def test_a_section_ends_where_the_next_begins() -> None:
    text = "# Results\n\n## Learned tasks\n\nsome\n\n## Release gate\n\nothers\n"
    assert section_of(text, TITLE) == "## Learned tasks\n\nsome\n\n"
    assert section_of("# Results\n", TITLE) == ""
    assert "others" in with_section(text, "## Learned tasks\n\nnew\n")


@pytest.mark.parametrize("name", TASKS)
def test_patients_learned_from_and_measured_on_are_others(name: str, data: Path) -> None:
    entries = json.loads((data / "manifest.json").read_text(encoding="utf-8"))
    training, held_out = (
        files_of([e for e in entries if e["split"] == split], TASKS[name], data, 10)
        for split in ("train", "dev")
    )
    assert len({files.patient_key for files in training}) == len(training) == 10
    assert len({files.patient_key for files in held_out}) == len(held_out) >= 4
    assert not {files.patient_key for files in training} & {files.patient_key for files in held_out}

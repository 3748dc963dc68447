"""What RESULTS.md says of learned tasks."""

import json
from pathlib import Path

import pytest

from sam3d.evaluation.result_sections import section_of, with_section
from sam3d.evaluation.results import publish, publish_tasks
from sam3d.evaluation.tables import Record
from sam3d.evaluation.task_table import TITLE, task_section
from sam3d.evaluation.tasks import TASKS, files_of
from test_results import records as evaluation_records


def record(patient: str, anterior: float, posterior: float | None, **changes: object) -> Record:
    return {
        "task": "hippocampus MR",
        "method": "samed",
        "seed": 0,
        "exemplars": ["a", "b"],
        "config": {"steps": 60},
        "learnedParameters": 1_756_984,
        "seconds": 100.0,
        "case": patient,
        "patient": patient,
        "dice": {"anterior": anterior, "posterior": posterior},
    } | changes


def test_a_row_holds_means_of_patients_over_seeds() -> None:
    rows = task_section(
        [
            record("x", 0.4, 0.6),
            record("x", 0.6, 0.8, seed=1, seconds=200.0),
            record("y", 0.8, None),
            record("x", 0.1, 0.1, method="vanilla"),
        ]
    ).splitlines()
    samed, vanilla = rows[-2:]
    assert samed.startswith("| hippocampus MR | 2 | samed | 60 | 2 | 2 | **.700**<br>.600–.800 |")
    assert samed.endswith("| anterior .650<br>posterior .700 | 1.76 M | 133 |")
    assert vanilla.startswith("| hippocampus MR | 2 | vanilla | 60 | 1 | 1 | **.100**")


def test_the_methods_that_the_table_shows_are_explained() -> None:
    synthesis = record("x", 0.1, 0.1, method="vanilla", config={"steps": 60, "synthesis_share": 0.5})
    text = task_section([record("x", 0.4, 0.6, method="ma_sam"), synthesis])
    listed = [line.split("*")[1] for line in text.splitlines() if line.startswith("- ")]
    assert listed == ["vanilla", "ma_sam", "synthesis"]


def test_the_section_is_replaced_and_survives_the_other_results(tmp_path: Path) -> None:
    target = tmp_path / "RESULTS.md"
    publish(target, evaluation_records())
    before = target.read_text(encoding="utf-8")
    publish_tasks(target, [record("x", 0.4, 0.6)])
    assert target.read_text(encoding="utf-8").startswith(before.rstrip())
    publish_tasks(target, [record("x", 0.2, 0.2)])
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
    found = [
        {
            files.patient_key
            for files in files_of([e for e in entries if e["split"] == split], TASKS[name], data, 10)
        }
        for split in ("train", "dev")
    ]
    assert all(len(patients) == 10 for patients in found)
    assert not found[0] & found[1]

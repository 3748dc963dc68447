"""What each prompt adds, and the flag where it takes away."""

from typing import Any

import pytest

from sam3d.evaluation.methods import CLICK_IN_BOX, COMPARED, END_TO_END, LASSOS, PROMPT_KINDS, SCRIBBLES
from sam3d.evaluation.prompt_kinds import BOX_BEFORE_CLICK, gains_of, prompt_kinds_table
from sam3d.evaluation.results import results_tables


def record(method: str, case: str, dice: list[float], name: str = "a set") -> dict[str, Any]:
    return {
        "set": name,
        "case": case,
        "patient": case,
        "modality": "CT",
        "trainedSource": True,
        "method": method,
        "dice": dice,
        "nsd": None,
    }


def rows(records: list[dict[str, Any]]) -> dict[str, list[str]]:
    lines = prompt_kinds_table(records).splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {name: others for name, *others in cells}


def test_a_gain_is_against_the_prompt_before() -> None:
    assert gains_of(record(SCRIBBLES, "1", [0.2, 0.5, 0.48, 0.48, 0.6, 0.9])) == [0.3, -0.02, 0.0, 0.12]


def test_gains_are_means_of_sets_and_losses_shares_of_cases() -> None:
    records = [
        record(SCRIBBLES, "1", [0.2, 0.4, 0.3, 0.3, 0.4, 0.4]),
        record(SCRIBBLES, "2", [0.2, 0.6, 0.7, 0.7, 0.8, 0.8]),
        record(SCRIBBLES, "3", [0.5, 0.6, 0.5, 0.49, 0.6, 0.6], "another set"),
    ]
    n, scores, *gains, verdict = rows(records)[SCRIBBLES]
    assert n == "3"
    assert scores.startswith("**.350 / .500 / .600**<br>")
    # (mean of .2 and .4, and .1) / 2; (mean of -.1 and .1, and -.1) / 2; -.01 loses less than is counted
    assert gains == ["+.200; 0 %", "**-.050**; 67 %", "**-.005**; 0 %", "+.105; 0 %"]
    assert verdict == "worse by prompt 3, 4"


def test_a_kind_that_never_loses_passes() -> None:
    found = rows([record(LASSOS, "1", [0.2, 0.3, 0.3, 0.4, 0.5, 0.6])])
    assert found[LASSOS][2:] == ["+.100; 0 %", "+.000; 0 %", "+.100; 0 %", "+.100; 0 %", "pass"]
    assert list(found) == [LASSOS]  # the others were not played


def test_a_mean_gain_hides_no_losing_case() -> None:
    records = [
        record(LASSOS, "1", [0.2, 0.5, 0.5, 0.5, 0.5, 0.5]),
        record(LASSOS, "2", [0.5, 0.47, 0.5, 0.5, 0.5, 0.5]),
    ]
    assert rows(records)[LASSOS][2] == "+.135; 50 %"


def test_a_box_is_held_against_its_click_alone() -> None:
    records = [
        record(END_TO_END, "1", [0.6, 0.7, 0.7, 0.7, 0.7, 0.7]),
        record(END_TO_END, "2", [0.5, 0.7, 0.7, 0.7, 0.7, 0.7]),
        record(CLICK_IN_BOX, "1", [0.2, 0.5, 0.7, 0.7, 0.7, 0.7]),
        record(CLICK_IN_BOX, "2", [0.4, 0.54, 0.7, 0.7, 0.7, 0.7]),
    ]
    found = rows(records)
    assert found[BOX_BEFORE_CLICK] == ["2", "–", "**-.030**; 50 %", "–", "–", "–", "worse by prompt 2"]
    assert found[CLICK_IN_BOX][2] == "+.220; 0 %"
    assert BOX_BEFORE_CLICK not in rows(records[:2])
    assert BOX_BEFORE_CLICK not in rows(records[2:])


def test_kinds_of_prompts_have_a_section_of_their_own() -> None:
    records = [record(method, "1", [0.5] * 6) for method in dict.fromkeys(COMPARED + PROMPT_KINDS)]
    records += [record("random walker", "1", [0.5] * 6)]
    sections = dict(part.split("\n", 1) for part in results_tables(records).split("## ")[1:])
    assert list(sections) == [
        "Dice after 1 / 3 / 5 prompts",
        "The whole interaction",
        "Kinds of prompts",
        "Served as evaluated",
        "Release gate",
    ]
    assert SCRIBBLES not in sections["Dice after 1 / 3 / 5 prompts"]
    assert f"| {SCRIBBLES} | 1 |" in sections["Kinds of prompts"]
    assert "random walker" not in sections["Kinds of prompts"]


@pytest.mark.parametrize("method", PROMPT_KINDS)
def test_every_kind_is_a_row(method: str) -> None:
    assert method in rows([record(method, "1", [0.5] * 6)])

"""RESULTS.md says what the raw records beside it say."""

from pathlib import Path

import pytest

from sam3d.evaluation.logged_sections import LOGGED_SECTIONS, LoggedSection
from sam3d.evaluation.matrix_table import matrix_section
from sam3d.evaluation.records import read_log

MODELS = Path(__file__).parents[1]
RECORDS = MODELS / "records"
RESULTS = (MODELS / "RESULTS.md").read_text(encoding="utf-8")
KEPT = [section for section in LOGGED_SECTIONS if (RECORDS / section.log).exists()]


@pytest.mark.parametrize("section", KEPT, ids=lambda section: section.log)
def test_a_section_is_made_of_its_records(section: LoggedSection) -> None:
    assert section.text(read_log(RECORDS / section.log)).strip() in RESULTS


def test_the_matrix_is_made_of_its_records() -> None:
    """What follows it, the cells that were not run, is asked of the machine that writes it."""
    assert matrix_section(read_log(RECORDS / "matrix.jsonl"), []).strip() in RESULTS

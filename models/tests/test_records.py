"""RESULTS.md says what the raw records beside it say."""

from pathlib import Path

import pytest

from sam3d.evaluation.logged_sections import LOGGED_SECTIONS, LoggedSection
from sam3d.evaluation.matrix_table import matrix_section
from sam3d.evaluation.records import baseline_records, read_log, read_log_if_any
from sam3d.evaluation.results import protocol, results_tables
from sam3d.evaluation.tables import measured_with

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


def test_the_tables_are_made_of_the_records_of_the_evaluation() -> None:
    records = read_log(RECORDS / "evaluation.jsonl")
    records += baseline_records(records, RECORDS / "baselines")
    tables = results_tables(records, read_log_if_any(RECORDS / "served.jsonl"))
    assert f"{protocol(records)}\n{measured_with(records)}\n{tables}".strip() in RESULTS

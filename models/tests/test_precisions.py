"""What smaller numbers cost, as a table."""

from pathlib import Path

import numpy as np

from sam3d.evaluation.precisions import PRECISIONS, Exported, precision_table


def test_losses_are_against_the_largest_numbers() -> None:
    exported = [Exported(precision, 10.0 / n, Path()) for n, precision in enumerate(PRECISIONS, 1)]
    scores = np.array([[0.5, 0.6, 0.7], [0.5, 0.6, 0.7], [0.25, 0.625, 0.7]])
    lines = precision_table(exported, scores).splitlines()[2:]
    assert lines[0] == "| fp32 | 10.0 | 0.500 / 0.600 / 0.700 | +0.000 / +0.000 / +0.000 |"
    assert lines[2] == "| int8 | 3.3 | 0.250 / 0.625 / 0.700 | -0.250 / +0.025 / +0.000 |"

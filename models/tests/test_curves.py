"""Learning curves are drawn from the log, also of a run that was stopped and went on."""

import json
from pathlib import Path

import numpy as np
import pytest

from sam3d.training.curves import LOG, PICTURE, read_log, smoothed, write_curves


def test_smoothing_keeps_a_level_up_to_the_ends() -> None:
    assert smoothed(np.full(20, 3.0)) == pytest.approx(np.full(20, 3.0))
    assert smoothed(np.array([0.0, 3.0, 0.0]), 3) == pytest.approx([1.5, 1.0, 1.5])


def test_curves_are_drawn_of_the_last_line_of_each_step(tmp_path: Path) -> None:
    lines = [
        {"step": s, "loss": v, "diceFirst": 0.4, "diceLast": 0.5} for s, v in ((50, 9), (100, 8), (50, 1))
    ]
    (tmp_path / LOG).write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert {line["step"]: line["loss"] for line in read_log(tmp_path)} == {50: 1, 100: 8}
    write_curves(tmp_path)
    assert (tmp_path / PICTURE).read_bytes().startswith(b"\x89PNG")

"""What smaller numbers cost, as a section."""

from sam3d.evaluation.precision_table import precision_section
from sam3d.evaluation.precisions import PRECISIONS
from sam3d.evaluation.tables import Record


def record(name: str, case: str, precision: str, megabytes: float, dice: float) -> Record:
    """The fifth prompt adds a tenth."""
    return {
        "set": name,
        "case": case,
        "patient": case,
        "method": precision,
        "megabytes": megabytes,
        "model": "sam3d-tiny 0.0.0",
        "dice": [dice, dice, dice, dice, dice + 0.1, dice],
    }


def test_losses_are_against_the_largest_numbers() -> None:
    records = [
        record("a set", name, precision, megabytes, dice)
        for name, losses in (("a", (0, 0, 0.25)), ("b", (0, 0, 0.125)))
        for precision, megabytes, loss in zip(PRECISIONS, (10.0, 5.0, 10 / 3), losses, strict=True)
        for dice in (0.5 - loss,)
    ]
    lines = precision_section(records).splitlines()
    assert "Measured with sam3d-tiny 0.0.0." in lines
    assert "| fp32 | 10.0 | 2 | .500 / .500 / .600 |  |" in lines
    assert lines[-2].startswith("| fp16 | 5.0 | 2 | .500 / .500 / .600 | +.000 / +.000 / +.000<br>")
    assert lines[-1].startswith("| int8 | 3.3 | 2 | .312 / .312 / .412 | -.188 / -.188 / -.188<br>")

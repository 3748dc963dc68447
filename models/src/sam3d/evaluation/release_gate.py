"""Is the model better than a method that learned nothing? By modality, since a mean over all hides one."""

import numpy as np

from .bootstrap import mean_of_sets
from .methods import END_TO_END, RANDOM_WALKER
from .tables import REPORTED_PROMPTS, Record, dice_of, distinct, joined, row, set_scores

MODALITIES = ("CT", "MR", "PET", "US")


def gains(records: list[Record]) -> np.ndarray:
    """Dice of the model above that of the random walker, after each of REPORTED_PROMPTS"""
    model, walker = (
        mean_of_sets(set_scores(records, method, dice_of)) for method in (END_TO_END, RANDOM_WALKER)
    )
    return model - walker


def verdict(gained: np.ndarray) -> str:
    missed = [str(prompt) for prompt, gain in zip(REPORTED_PROMPTS, gained, strict=True) if not gain > 0]
    return f"miss after {', '.join(missed)}" if missed else "pass"


def gate_table(records: list[Record]) -> str:
    """A modality without a case has no row, and decides nothing."""
    lines = [
        row(["modality", "n", END_TO_END, RANDOM_WALKER, "difference", "gate"]),
        "|---|---|---|---|---|---|",
    ]
    for modality in MODALITIES:
        chosen = [record for record in records if record["modality"] == modality]
        if not chosen:
            continue
        scores = [
            joined(mean_of_sets(set_scores(chosen, method, dice_of)))
            for method in (END_TO_END, RANDOM_WALKER)
        ]
        gained = gains(chosen)
        difference = " / ".join(f"{gain:+.3f}".replace("0.", ".", 1) for gain in gained)
        cases = str(len(distinct(chosen, "case")))
        lines.append(row([modality, cases, *scores, difference, verdict(gained)]))
    return "\n".join(lines) + "\n"

"""Does a prompt of any kind make the result worse than without it?"""

import numpy as np

from .bootstrap import SetScores, mean_of_sets
from .methods import CLICK_IN_BOX, END_TO_END, PROMPT_KINDS
from .tables import ABSENT, Record, dice_of, mean_cell, row, set_scores

GAINING_PROMPTS = (2, 3, 4, 5)
LOSS = 0.02  # of Dice: who loses more has been led astray
BOX_BEFORE_CLICK = "box before the same click"


def gains_of(record: Record) -> list[float]:
    """Dice that each of GAINING_PROMPTS adds to that of the same session without it"""
    scores = record["dice"]
    return [round(scores[prompt - 1] - scores[prompt - 2], 4) for prompt in GAINING_PROMPTS]


def box_gains(records: list[Record]) -> list[SetScores]:
    """Dice that a box adds to the click that follows it, against that click alone"""
    alone = {
        (record["set"], record["case"]): record["dice"][0]
        for record in records
        if record["method"] == END_TO_END
    }

    def gain(record: Record) -> list[float] | None:
        without = alone.get((record["set"], record["case"]))
        return None if without is None else [round(record["dice"][1] - without, 4)]

    return set_scores(records, CLICK_IN_BOX, gain)


def losing_share(sets: list[SetScores]) -> np.ndarray:
    """→ (c,): of all cases, those that lose more than LOSS"""
    return np.mean(np.concatenate([one.scores for one in sets]) < -LOSS, axis=0)


def gain_cell(gain: float, losing: float) -> str:
    text = f"{gain:+.3f}".replace("0.", ".", 1)
    return f"{f'**{text}**' if gain < 0 else text}; {100 * losing:.0f} %"


def verdict(gains: np.ndarray) -> str:
    worse = [str(prompt) for prompt, gain in zip(GAINING_PROMPTS, gains, strict=False) if gain < 0]
    return f"worse by prompt {', '.join(worse)}" if worse else "pass"


def kind_row(name: str, n: int, scores: str, sets: list[SetScores]) -> str:
    gains = mean_of_sets(sets)
    cells = [gain_cell(*pair) for pair in zip(gains.tolist(), losing_share(sets).tolist(), strict=True)]
    cells += [ABSENT] * (len(GAINING_PROMPTS) - len(cells))
    return row([name, str(n), scores, *cells, verdict(gains)])


def prompt_kinds_table(records: list[Record]) -> str:
    """Of the kinds that were played"""
    heads = [f"prompt {prompt}" for prompt in GAINING_PROMPTS]
    lines = [
        row(["prompts", "n", "Dice after 1 / 3 / 5", *heads, "verdict"]),
        f"|---|---|---|{'---|' * len(heads)}---|",
    ]
    for method in PROMPT_KINDS:
        sets = set_scores(records, method, gains_of)
        if sets:
            lines.append(kind_row(method, cases_in(sets), mean_cell(records, method, dice_of), sets))
    sets = box_gains(records)
    if sets:
        lines.append(kind_row(BOX_BEFORE_CLICK, cases_in(sets), ABSENT, sets))
    return "\n".join(lines) + "\n"


def cases_in(sets: list[SetScores]) -> int:
    return sum(len(one.patients) for one in sets)

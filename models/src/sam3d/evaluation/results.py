"""RESULTS.md, made from the raw records of an evaluation."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

REPORTED_CLICKS = (1, 3, 5)

PROTOCOL = """# Results

Written by `python -m sam3d.evaluation.evaluate`. Dice after 1 / 3 / 5 clicks on the volume's own grid, n
cases a set, sets of equal weight in the mean. The cases are of the `dev` split and of `research/`; none was
trained on. The first click lies near the middle of the structure (at least 0.75 of its greatest depth), the
same for every method; each further click is the deepest point of the largest remaining error (for region
growing: of its cube).

- *end to end*: the exported graphs with the zoom policy and the refinement of the manifest, as served.
- *zoom from truth*: the first region's level follows from the true mask's size, its place from the click.
- *region growing*: confidence-connected (multiplier 2.5, 4 iterations), in the cube of *zoom from truth*.

Sets marked † come from sources of which no volume was trained on.
"""


def mean_scores(records: Iterable[dict[str, Any]]) -> np.ndarray:
    return np.mean([record["dice"] for record in records], 0)


def cell(scores: np.ndarray) -> str:
    return " / ".join(f"{scores[click - 1]:.3f}".lstrip("0") for click in REPORTED_CLICKS)


def results_table(records: list[dict[str, Any]]) -> str:
    methods = list(dict.fromkeys(record["method"] for record in records))
    names = list(dict.fromkeys(record["set"] for record in records))
    lines = [f"| set | n | {' | '.join(methods)} |", f"|---|---|{'---|' * len(methods)}"]
    means: dict[str, list[np.ndarray]] = {method: [] for method in methods}
    for name in names:
        chosen = [record for record in records if record["set"] == name]
        for method in methods:
            means[method].append(mean_scores(r for r in chosen if r["method"] == method))
        count = len(chosen) // len(methods)
        mark = "" if chosen[0]["trainedSource"] else " †"
        lines.append(f"| {name}{mark} | {count} | {' | '.join(cell(means[m][-1]) for m in methods)} |")
    overall = (f"**{cell(np.mean(means[method], 0))}**" for method in methods)
    lines.append(f"| mean of {len(names)} sets | | {' | '.join(overall)} |")
    return "\n".join(lines) + "\n"


def write_results(path: Path, records: list[dict[str, Any]]) -> None:
    path.write_text(f"{PROTOCOL}\n{results_table(records)}", encoding="utf-8")

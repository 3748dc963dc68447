"""A run's learning curves as a picture: python -m sam3d.training.curves --run runs/sam3d_tiny"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

LOG = "log.jsonl"
PICTURE = "curves.png"
SMOOTHED_OVER = 9  # lines of the log: single ones are of few samples


def smoothed(values: np.ndarray, width: int = SMOOTHED_OVER) -> np.ndarray:
    """Running mean over as many values as there are around each, up to width; (n,) → (n,)"""
    kernel = np.ones(min(width, len(values)))
    return np.convolve(values, kernel, "same") / np.convolve(np.ones_like(values), kernel, "same")


def read_log(run: Path) -> list[dict[str, Any]]:
    """Of a run that was resumed, the later lines of a step count."""
    lines = (json.loads(line) for line in (run / LOG).read_text(encoding="utf-8").splitlines())
    return list({line["step"]: line for line in lines}.values())


def write_curves(run: Path) -> None:
    log = sorted(read_log(run), key=lambda line: line["step"])
    steps = np.array([line["step"] for line in log])
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    loss_axes, dice_axes = figure.subplots(1, 2)
    for axes, names in ((loss_axes, ("loss",)), (dice_axes, ("diceFirst", "diceLast"))):
        for name in names:
            values = np.array([line[name] for line in log], np.float64)
            (drawn,) = axes.plot(steps, smoothed(values), label=name)
            axes.plot(steps, values, color=drawn.get_color(), alpha=0.25)
        axes.set_xlabel("step")
        axes.legend()
    FigureCanvasAgg(figure).print_png(run / PICTURE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True)
    write_curves(parser.parse_args().run)


if __name__ == "__main__":
    main()

"""A training run's settings, read from a YAML file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import yaml

from sam3d.model.adaptation import Adaptation
from sam3d.model.half_precision import SMALLEST_CUBE

Device = Literal["cpu", "cuda"]
Episodes = Literal["answering", "sessions", "refining", "reconstructing", "distilling"]


@dataclass(frozen=True)
class Stage:
    cube: int  # edge in voxels
    steps: int

    def __post_init__(self) -> None:
        if self.cube < SMALLEST_CUBE or self.cube % 16:
            raise ValueError(f"cube must be a multiple of 16, at least {SMALLEST_CUBE}, not {self.cube}")


@dataclass(frozen=True)
class TrainingConfig:
    seed: int
    processes: int  # data-parallel, one thread each
    samples_per_step: int  # of each process
    learning_rate: float
    weight_decay: float
    warm_up_steps: int
    average_decay: float  # of the exponential moving average that is exported
    checkpoint_every_steps: int
    stages: tuple[Stage, ...]
    shares: dict[str, float]
    size: str = "tiny"  # of SIZES
    trained: str = ""  # prefix of the parameters that learn; the others stay as they are
    # Added before training: it learns, and of the model's own parameters those that `trained` names, if any.
    adaptation: Adaptation | None = None
    episodes: Episodes = "answering"  # what is learned in them
    least_voxels: int = 0  # of the cube that a sample's target fills
    looks_kept: float = 1.0  # share of the samples that are looks: corrections are made in fitted regions
    # cuda: one process learns, of samples_per_step, and the processes draw the samples
    device: Device = "cpu"
    replays: int = 0  # on a GPU: steps of samples that were learned from before, for each step of new ones

    def __post_init__(self) -> None:
        if self.episodes not in get_args(Episodes):
            raise ValueError(f"episodes must be one of {get_args(Episodes)}, not {self.episodes}")
        if self.device not in get_args(Device):
            raise ValueError(f"device must be one of {get_args(Device)}, not {self.device}")
        if self.device != "cpu" and (self.episodes != "answering" or len(self.stages) != 1):
            raise ValueError("a GPU learns to answer, in one stage")

    @property
    def steps(self) -> int:
        return sum(stage.steps for stage in self.stages)

    def cube_at(self, step: int) -> int:
        for stage in self.stages:
            if step < stage.steps:
                return stage.cube
            step -= stage.steps
        return self.stages[-1].cube


def read_config(path: Path) -> TrainingConfig:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    raw["stages"] = tuple(Stage(**stage) for stage in raw["stages"])
    if "adaptation" in raw:
        raw["adaptation"] = read_adaptation(raw["adaptation"])
    return TrainingConfig(**raw)


def read_adaptation(raw: dict[str, int | list[str]]) -> Adaptation:
    return Adaptation(**{name: tuple(v) if isinstance(v, list) else v for name, v in raw.items()})

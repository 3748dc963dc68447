"""What every method has in common: how long and from what it learns."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TaskSettings:
    seed: int = 0
    folds: int = 3  # of the cross-validation; no more than there are patients
    steps: int = 150  # of each fit
    samples_per_step: int = 2
    learning_rate: float = 0.003
    weight_decay: float = 0.1
    warm_up_steps: int = 20
    synthesis_share: float = 0.0  # of the samples that are drawn again, guided by another exemplar

    def __post_init__(self) -> None:
        if self.folds < 2:
            raise ValueError(f"folds must be at least 2, not {self.folds}: nothing would be held back")
        if min(self.steps, self.samples_per_step, self.warm_up_steps) < 1:
            raise ValueError("steps, samples_per_step and warm_up_steps must be at least 1")
        if not 0 <= self.synthesis_share <= 1:
            raise ValueError(f"synthesis_share must be between 0 and 1, not {self.synthesis_share}")

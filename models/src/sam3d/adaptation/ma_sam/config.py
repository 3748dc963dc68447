"""MA-SAM (Chen et al. 2024): adapters along the depth, and FacT's shared low-rank factors on q and v."""

from dataclasses import dataclass

from sam3d.adaptation.settings import TaskSettings


@dataclass(frozen=True, kw_only=True)
class MaSamConfig(TaskSettings):
    learning_rate: float = 0.01
    adapter_channels: int = 32  # 384 there: a file for each task would be of 100 MB
    fact_rank: int = 32
    fact_scale: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.adapter_channels < 1 or self.fact_rank < 1:
            raise ValueError("adapter_channels and fact_rank must be at least 1")

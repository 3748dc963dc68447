"""The ways to fine-tune that finetune-SAM (Gu et al. 2024) compares: which parts learn, and what of them."""

from dataclasses import dataclass
from typing import Literal, get_args

from sam3d.adaptation.settings import TaskSettings

Parts = Literal["encoder+decoder", "decoder"]
Change = Literal["vanilla", "adapter", "LoRA"]  # all of their weights, or what is added to them
# Chosen on training patients (models/README.md)
LEARNING_RATES: dict[Change, float] = {"vanilla": 0.003, "adapter": 0.03, "LoRA": 0.01}
PROMPTABLE_LEARNING_RATES: dict[Change, float] = {"vanilla": 0.0003, "adapter": 0.01, "LoRA": 0.01}


@dataclass(frozen=True, kw_only=True)
class FinetunedConfig(TaskSettings):
    learning_rate: float = 0.0  # 0: what was chosen for the change
    parts: Parts = "encoder+decoder"
    change: Change = "vanilla"
    adapter_channels: int = 8
    lora_rank: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.parts not in get_args(Parts):
            raise ValueError(f"parts must be one of {', '.join(get_args(Parts))}, not {self.parts}")
        if self.change not in get_args(Change):
            raise ValueError(f"change must be one of {', '.join(get_args(Change))}, not {self.change}")
        if self.adapter_channels < 1 or self.lora_rank < 1:
            raise ValueError("adapter_channels and lora_rank must be at least 1")
        if self.learning_rate == 0:
            object.__setattr__(self, "learning_rate", LEARNING_RATES[self.change])

"""SAMed (Zhang and Liu 2023) in 3D: LoRA in the image encoder, a semantic decoder that learns as a whole."""

from dataclasses import dataclass

from sam3d.adaptation.settings import TaskSettings

# SAMed adapts q and v of its transformer. That of the tiny encoder has no influence yet, so that its
# convolutions are adapted: all but those of the keys, which clicks are compared by.
ENCODER_CONVOLUTIONS = ("down_*", "up_*", "fuse_*", "to_half", "to_quarter", "to_eighth", "half_to_quarter")


@dataclass(frozen=True, kw_only=True)
class SamedConfig(TaskSettings):
    learning_rate: float = 0.01
    lora_rank: int = 4
    lora_targets: tuple[str, ...] = ENCODER_CONVOLUTIONS  # names of the encoder's layers

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lora_rank < 1 or not self.lora_targets:
            raise ValueError("lora_rank must be at least 1, and lora_targets must name a layer")

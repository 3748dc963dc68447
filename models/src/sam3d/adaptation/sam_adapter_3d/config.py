"""3DSAM-adapter (Gong et al. 2024): spatial adapters, tables of the depth, clicks, a decoder of levels."""

from dataclasses import dataclass

from sam3d.adaptation.settings import TaskSettings


@dataclass(frozen=True, kw_only=True)
class SamAdapter3dConfig(TaskSettings):
    learning_rate: float = 0.01
    adapter_channels: int = 32
    decoder_channels: int = 16
    global_queries: int = 10
    click_share: float = 0.5  # of the samples that are learned with a click on one of the structures

    def __post_init__(self) -> None:
        super().__post_init__()
        if min(self.adapter_channels, self.decoder_channels, self.global_queries) < 1:
            raise ValueError("adapter_channels, decoder_channels and global_queries must be at least 1")
        if self.decoder_channels % 8:
            raise ValueError(f"decoder_channels must be a multiple of 8, not {self.decoder_channels}")
        if not 0 <= self.click_share <= 1:
            raise ValueError(f"click_share must be between 0 and 1, not {self.click_share}")

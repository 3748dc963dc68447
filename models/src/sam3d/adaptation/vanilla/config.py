"""The decoder alone learns: what adapters in the encoder are compared with."""

from dataclasses import dataclass

from sam3d.adaptation.settings import TaskSettings


@dataclass(frozen=True, kw_only=True)
class VanillaConfig(TaskSettings):
    learning_rate: float = 0.01

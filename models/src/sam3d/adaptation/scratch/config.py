"""The same network, a 3D U-Net, without anything learned before: what the base is worth. For comparison."""

from dataclasses import dataclass

from sam3d.adaptation.settings import TaskSettings


@dataclass(frozen=True, kw_only=True)
class ScratchConfig(TaskSettings):
    pass

"""Earlier samples are seen again, changed, where a GPU learns faster than processes draw new ones."""

import torch

from .augmentation import mirrored, recoloured, warped
from .prompted_batch import PromptedBatch


class Replay:
    """Keeps the latest samples on their device."""

    def __init__(self, kept: int) -> None:
        self.kept = kept
        self.store: PromptedBatch | None = None
        self.added = 0

    def add(self, batch: PromptedBatch) -> None:
        if self.store is None:
            self.store = PromptedBatch(
                *(
                    torch.empty((self.kept, *field.shape[1:]), dtype=field.dtype, device=field.device)
                    for field in batch
                )
            )
        count = len(batch.image)
        places = (torch.arange(count, device=batch.image.device) + self.added) % self.kept
        for stored, field in zip(self.store, batch, strict=True):
            stored[places] = field
        self.added += count

    def drawn(self, count: int, generator: torch.Generator) -> PromptedBatch:
        """Any of those kept, mirrored, warped and recoloured"""
        assert self.store is not None, "nothing was added"
        index = torch.randint(
            min(self.added, self.kept), (count,), generator=generator, device=self.store.image.device
        )
        return recoloured(warped(mirrored(self.store.chosen(index), generator), generator), generator)

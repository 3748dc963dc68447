"""New samples, drawn by processes while the GPU learns."""

from collections.abc import Iterator
from itertools import count
from queue import Queue
from threading import Thread

import torch
from torch.utils.data import DataLoader

from sam3d.data.sampler import Sampler
from sam3d.training.config import TrainingConfig

from .prompted_batch import PromptedBatch, PromptedSamples, stacked

PREFETCHED = 3  # batches of each process
WAITING = 4  # batches that are ready


def prepare_process(_: int) -> None:
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)


def batches(config: TrainingConfig, sampler: Sampler, first: int) -> Iterator[PromptedBatch]:
    """Those from the number first on, without end: a run within a time does not know how many it takes"""
    size = config.samples_per_step
    torch.multiprocessing.set_sharing_strategy("file_system")  # batches are many open files otherwise
    return iter(
        DataLoader(
            PromptedSamples(sampler, config.cube_at(0), config.seed),
            size,
            sampler=count(first * size),
            num_workers=config.processes,
            collate_fn=stacked,
            pin_memory=torch.cuda.is_available(),
            worker_init_fn=prepare_process,
            prefetch_factor=PREFETCHED if config.processes else None,
        )
    )


class DrawnBatches:
    def __init__(self, drawn: Iterator[PromptedBatch]) -> None:
        self.waiting: Queue[PromptedBatch | Exception] = Queue(WAITING)
        Thread(target=self.fill, args=(drawn,), daemon=True).start()

    def fill(self, drawn: Iterator[PromptedBatch]) -> None:
        try:
            for batch in drawn:
                self.waiting.put(batch)
        except Exception as error:  # told to whoever waits for the next batch
            self.waiting.put(error)

    @property
    def ready(self) -> bool:
        return not self.waiting.empty()

    def next(self) -> PromptedBatch:
        """Waits. Raises what drawing it raised."""
        batch = self.waiting.get()
        if isinstance(batch, Exception):
            raise batch
        return batch

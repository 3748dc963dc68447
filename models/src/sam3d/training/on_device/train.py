"""Training on a GPU: processes draw samples, everything after that happens where the model is.

Called by sam3d.training.train for configurations of the device cuda. A run that is started again goes on at
its last checkpoint with the samples that follow; what it replays begins anew.
"""

import json
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from sam3d.data.sampler import Sampler
from sam3d.model.sam3d import Sam3d
from sam3d.training.checkpoint import load_checkpoint, save_checkpoint
from sam3d.training.config import TrainingConfig
from sam3d.training.curves import LOG, write_curves
from sam3d.training.schedule import (
    GRADIENT_NORM_LIMIT,
    LOG_EVERY_STEPS,
    initial_model,
    learning_rate,
    optimiser_of,
    update_average,
)

from .batched_episode import run_batched_episodes
from .drawn_batches import DrawnBatches, batches
from .prompted_batch import PromptedBatch
from .replay import Replay

REPLAYED_STEPS = 256  # of new samples, that are kept


class DeviceTrainer:
    """Learns for the steps of the configuration; or for a time in seconds, then of new samples whenever some
    are ready, and of earlier ones else."""

    def __init__(
        self,
        config: TrainingConfig,
        device: torch.device,
        run: Path,
        initial: Path | None = None,
        within_s: float | None = None,
    ) -> None:
        torch.manual_seed(config.seed)
        self.config, self.device, self.run, self.within_s = config, device, run, within_s
        self.started = time.monotonic()
        model = initial_model(config, initial)
        assert isinstance(model, Sam3d), "baselines learn on the processor"
        state = load_checkpoint(run)
        self.step, self.batches_drawn = 0, 0
        if state is not None:
            model.load_state_dict(state["model"])
            self.step, self.batches_drawn = state["step"], state["batchesDrawn"]
            self.started -= state["elapsedS"]
        self.model = model.to(device)
        self.parameters = [p for p in self.model.parameters() if p.requires_grad]
        self.optimiser = optimiser_of(self.parameters, config)
        self.average = {name: value.clone() for name, value in self.model.state_dict().items()}
        if state is not None:
            self.average = {name: value.to(device) for name, value in state["average"].items()}
            self.optimiser.load_state_dict(state["optimiser"])
        self.replay = Replay(REPLAYED_STEPS * config.samples_per_step)

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self.started

    @property
    def progress(self) -> float:
        """Share of the run that is over"""
        return self.step / self.config.steps if self.within_s is None else self.elapsed_s / self.within_s

    def learns_anew(self, drawn: DrawnBatches) -> bool:
        if self.replay.added == 0:
            return True
        return self.step % (1 + self.config.replays) == 0 if self.within_s is None else drawn.ready

    def next_batch(self, drawn: DrawnBatches, generator: torch.Generator) -> PromptedBatch:
        if not self.learns_anew(drawn):
            return self.replay.drawn(self.config.samples_per_step, generator)
        batch = drawn.next().to(self.device)
        self.replay.add(batch)
        self.batches_drawn += 1
        return batch

    def train_step(self, drawn: DrawnBatches) -> tuple[Tensor, Tensor]:
        """→ (B,) losses, (rounds, B) Dice; a GPU may not have computed them yet"""
        config = self.config
        generator = torch.Generator(self.device).manual_seed(config.seed * 10**6 + self.step)
        batch = self.next_batch(drawn, generator)
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(config, self.step, min(1.0, self.progress))
        self.optimiser.zero_grad(set_to_none=True)
        rng = np.random.default_rng((config.seed, self.step))
        losses, dice = run_batched_episodes(self.model, batch, rng, generator)
        losses.mean().backward()
        nn.utils.clip_grad_norm_(self.parameters, GRADIENT_NORM_LIMIT)
        self.optimiser.step()
        self.step += 1
        update_average(self.average, self.model, config.average_decay, self.step)
        return losses.detach(), dice

    def save(self) -> None:
        """Raises FloatingPointError of weights that are no numbers, which no step waits to find out: the
        checkpoint before them stays."""
        if not all(bool(value.isfinite().all()) for value in self.average.values()):
            raise FloatingPointError(f"weights are no numbers any more, after {self.step} steps")
        state = {
            "step": self.step,
            "batchesDrawn": self.batches_drawn,
            "elapsedS": self.elapsed_s,
            "size": self.config.size,
            "adaptation": None,
            "model": {name: value.cpu() for name, value in self.model.state_dict().items()},
            "average": {name: value.cpu() for name, value in self.average.items()},
            "optimiser": self.optimiser.state_dict(),
        }
        save_checkpoint(self.run, state)


def train_on_device(
    config: TrainingConfig,
    sampler: Sampler,
    run: Path,
    device: torch.device,
    initial: Path | None = None,
    within_s: float | None = None,
) -> DeviceTrainer:
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    trainer = DeviceTrainer(config, device, run, initial, within_s)
    if trainer.progress >= 1:
        return trainer
    drawn = DrawnBatches(batches(config, sampler, trainer.batches_drawn))
    recent: list[tuple[Tensor, Tensor]] = []
    while trainer.progress < 1:
        recent.append(trainer.train_step(drawn))
        if trainer.step % LOG_EVERY_STEPS == 0:
            log_progress(trainer, recent)
            recent = []
        if trainer.step % config.checkpoint_every_steps == 0 or trainer.progress >= 1:
            trainer.save()
    if (run / LOG).exists():
        write_curves(run)
    return trainer


def log_progress(trainer: DeviceTrainer, recent: list[tuple[Tensor, Tensor]]) -> None:
    line = {
        "step": trainer.step,
        "batchesDrawn": trainer.batches_drawn,
        "loss": round(float(torch.cat([losses for losses, _ in recent]).mean()), 4),
        "diceFirst": round(float(torch.cat([dice[0] for _, dice in recent]).mean()), 4),
        "diceLast": round(float(torch.cat([dice[-1] for _, dice in recent]).mean()), 4),
        "elapsedS": round(trainer.elapsed_s, 1),
        "progress": round(trainer.progress, 4),
    }
    with (trainer.run / LOG).open("a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")

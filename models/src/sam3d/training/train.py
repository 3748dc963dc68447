"""Trains a model: python -m sam3d.training.train --config configs/sam3d_tiny.yaml

Data-parallel over processes of one thread each: on few cores that wastes less than threads that wait for
each other after every operation. A configuration of the device cuda is trained on a GPU (on_device). A run
that is started again goes on at its last checkpoint and gives the same weights as an uninterrupted one.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import argparse
import json
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import nn

from sam3d.data.sampler import Sampler
from sam3d.data.volume_store import StoredVolume, data_folder, load, read_entries, training_entries

from .checkpoint import load_checkpoint, save_checkpoint
from .config import TrainingConfig, read_config
from .curves import LOG, write_curves
from .distillation_episode import DistillationEpisodes
from .episode import Play, run_episodes
from .on_device.train import train_on_device
from .provenance import write_provenance
from .reconstruction_episode import run_reconstruction_episodes
from .refining_episode import run_refining_episodes
from .schedule import (
    GRADIENT_NORM_LIMIT,
    LOG_EVERY_STEPS,
    initial_model,
    learning_rate,
    optimiser_of,
    update_average,
)
from .session_episode import run_session_episodes
from .trainable import TRAINABLE

PLAYS: dict[str, Play] = {
    "answering": run_episodes,
    "sessions": run_session_episodes,
    "refining": run_refining_episodes,
    "reconstructing": run_reconstruction_episodes,
}


def play_of(config: TrainingConfig, initial: Path | None) -> Play:
    """initial: where episodes are of distilling, the teacher"""
    if config.episodes != "distilling":
        return PLAYS[config.episodes]
    if initial is None:
        raise ValueError("a teacher is needed: --initial")
    return DistillationEpisodes(initial)


def average_gradients(parameters: list[nn.Parameter]) -> None:
    flat = torch.cat([p.grad.reshape(-1) for p in parameters if p.grad is not None])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    offset = 0
    for parameter in parameters:
        if parameter.grad is not None:
            count = parameter.grad.numel()
            parameter.grad.copy_(flat[offset : offset + count].view_as(parameter.grad))
            offset += count


class Trainer:
    def __init__(
        self, config: TrainingConfig, sampler: Sampler, run: Path, rank: int, initial: Path | None = None
    ) -> None:
        torch.manual_seed(config.seed)
        self.config, self.sampler, self.run, self.rank = config, sampler, run, rank
        self.model = initial_model(config, initial)
        self.play = play_of(config, initial)
        self.parameters = [p for p in self.model.parameters() if p.requires_grad]
        self.optimiser = optimiser_of(self.parameters, config)
        self.average = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.step = 0
        state = load_checkpoint(run)
        if state is not None:
            self.model.load_state_dict(state["model"])
            self.average = state["average"]
            self.optimiser.load_state_dict(state["optimiser"])
            self.step = state["step"]

    def train_step(self) -> list[list[float]]:
        config, cube = self.config, self.config.cube_at(self.step)
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(config, self.step, self.step / config.steps)
        self.optimiser.zero_grad(set_to_none=True)
        seeds = [(config.seed, self.step, self.rank, index) for index in range(config.samples_per_step)]
        samples = [self.sampler.sample(cube, seed) for seed in seeds]
        result = self.play(self.model, samples, [np.random.default_rng((*seed, 1)) for seed in seeds])
        result.loss.backward()
        if dist.is_initialized():
            average_gradients(self.parameters)
        # Raises RuntimeError where it is no number: weights would become none, too.
        nn.utils.clip_grad_norm_(self.parameters, GRADIENT_NORM_LIMIT, error_if_nonfinite=True)
        self.optimiser.step()
        self.step += 1
        update_average(self.average, self.model, config.average_decay, self.step)
        if self.rank == 0 and (self.step % config.checkpoint_every_steps == 0 or self.step == config.steps):
            self.save()
        return [[loss, *dice] for loss, dice in zip(result.losses, result.dice, strict=True)]

    def save(self) -> None:
        state = {
            "step": self.step,
            "size": self.config.size,
            "adaptation": self.config.adaptation and asdict(self.config.adaptation),
            "model": self.model.state_dict(),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
        }
        save_checkpoint(self.run, state)


def train_process(
    rank: int, config: TrainingConfig, volumes_of: Path, run: Path, initial: Path | None
) -> None:
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)  # Gaussian tails would make convolutions crawl
    if config.processes > 1:
        dist.init_process_group(
            "gloo", init_method=(run / "rendezvous").as_uri(), rank=rank, world_size=config.processes
        )
    volumes = load_volumes(volumes_of)
    sampler = Sampler(volumes, config.shares, config.least_voxels, config.looks_kept)
    trainer = Trainer(config, sampler, run, rank, initial)
    recent: list[list[float]] = []
    started, first_step = time.monotonic(), trainer.step
    while trainer.step < config.steps:
        recent += trainer.train_step()
        if trainer.step % LOG_EVERY_STEPS == 0:
            if rank == 0:
                elapsed_s = time.monotonic() - started
                step_s = elapsed_s / (trainer.step - first_step)
                timing = {"elapsedS": elapsed_s, "etaS": step_s * (config.steps - trainer.step)}
                log_progress(run / LOG, trainer.step, recent, timing)
            recent = []
    if rank == 0 and (run / LOG).exists():
        write_curves(run)
    if dist.is_initialized():
        dist.destroy_process_group()


def log_progress(path: Path, step: int, recent: list[list[float]], timing: dict[str, float]) -> None:
    line = {
        "step": step,
        "loss": round(float(np.mean([r[0] for r in recent])), 4),
        "diceFirst": round(float(np.mean([r[1] for r in recent])), 4),
        "diceLast": round(float(np.mean([r[-1] for r in recent])), 4),
        **{name: round(seconds, 1) for name, seconds in timing.items()},
    }
    with path.open("a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")


def load_volumes(folder: Path) -> list[StoredVolume]:
    return [load(entry, folder) for entry in training_entries(read_entries(folder))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--run", type=Path, help="folder of the run, default runs/<config's name>")
    parser.add_argument(
        "--initial", type=Path, help="checkpoint whose averaged weights a new run starts from, or learns from"
    )
    parser.add_argument("--size", choices=TRAINABLE, help="of the model, instead of the configuration's")
    parser.add_argument("--within-s", type=float, help="on a GPU: as many steps as there is time for")
    arguments = parser.parse_args()
    config = read_config(arguments.config)
    if arguments.size is not None:
        config = replace(config, size=arguments.size)
    run = arguments.run or Path("runs") / arguments.config.stem
    run.mkdir(parents=True, exist_ok=True)
    folder = data_folder()
    volumes = load_volumes(folder)  # fills the cache once, before the processes start
    sampler = Sampler(volumes, config.shares, config.least_voxels, config.looks_kept)
    absent = [name for name in config.shares if name not in sampler.names]
    if absent:  # others would be seen more often than the configuration says
        parser.error(f"{folder} has no volumes of {', '.join(absent)}, of which the configuration has shares")
    entries = training_entries(read_entries(folder))
    try:
        play_of(config, arguments.initial)
        within_s = arguments.within_s if config.device == "cuda" else None
        write_provenance(run / "provenance.json", config, entries, folder, arguments.initial, within_s)
    except ValueError as error:
        parser.error(str(error))
    (run / "rendezvous").unlink(missing_ok=True)
    if config.device == "cuda":
        train_on_device(config, sampler, run, torch.device("cuda"), arguments.initial, arguments.within_s)
    elif config.processes == 1:
        train_process(0, config, folder, run, arguments.initial)
    else:
        torch.multiprocessing.spawn(
            train_process, (config, folder, run.resolve(), arguments.initial), nprocs=config.processes
        )


if __name__ == "__main__":
    main()

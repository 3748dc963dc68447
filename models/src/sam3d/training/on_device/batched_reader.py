"""Who corrects a whole batch of answers in training, where the model is."""

import torch
from torch import Tensor

from sam3d.model.box_prompts import PADDING
from sam3d.training.simulated_reader import CORRECTING_SCRIBBLE_SHARE

from .corrections import Errors, correction_clicks, errors_of, random_cells, voxels_of
from .prompted_batch import PromptedBatch

FURTHER_CLICK_SHARE = 0.3  # of the corrections: a second one of the same answer
SCRIBBLE_POINTS = 6
SCRIBBLE_REACH_VOXELS = 10


class BatchedReader:
    def __init__(self, batch: PromptedBatch, generator: torch.Generator) -> None:
        self.target, self.generator = batch.target, generator
        self.coords, self.labels = batch.coords, batch.labels

    def correct(self, shown: Tensor) -> None:
        """One correction of each answer, of some a second; shown (B, n, n, n) bool"""
        errors = errors_of(shown, self.target)
        self.correct_once(errors, torch.ones(len(shown), dtype=torch.bool, device=shown.device))
        self.correct_once(errors, self.drawn(len(shown)) < FURTHER_CLICK_SHARE)

    def drawn(self, count: int) -> Tensor:
        return torch.rand(count, generator=self.generator, device=self.target.device)

    def correct_once(self, errors: Errors, asked: Tensor) -> None:
        """asked (B,) bool: of which samples"""
        click = correction_clicks(errors, self.generator)
        told = click.needed & asked
        cells = random_cells(click.component, SCRIBBLE_POINTS, self.generator)
        stroke = voxels_of(cells, self.target.shape[-1] // 2)
        near = (stroke - click.voxels[:, None]).abs().amax(-1) <= SCRIBBLE_REACH_VOXELS
        scribbled = self.drawn(len(told)) < CORRECTING_SCRIBBLE_SHARE
        drawn = click.component.gather(1, cells) & near & scribbled[:, None]
        given = torch.cat([torch.ones_like(told)[:, None], drawn], 1) & told[:, None]
        voxels = torch.cat([click.voxels[:, None], stroke], 1)
        labels = torch.where(given, click.include.float()[:, None], PADDING)
        self.coords = torch.cat([self.coords, voxels.flip(-1).float()], 1)
        self.labels = torch.cat([self.labels, labels], 1)

    def points(self) -> tuple[Tensor, Tensor]:
        """coords (B, N, 3), labels (B, N): as few as hold those of the sample that has most"""
        given = self.labels > -0.5
        order = torch.argsort((~given).to(torch.uint8), dim=1, stable=True)
        order = order[:, : max(1, int(given.sum(1).max()))]
        return self.coords.gather(1, order[..., None].expand(-1, -1, 3)), self.labels.gather(1, order)

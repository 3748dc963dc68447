"""Random changes of samples that are seen again, in a whole batch at once."""

import torch
from torch import Tensor
from torch.nn import functional as F

from sam3d.data.normalisation import OUTSIDE

from .prompted_batch import PromptedBatch

WARPED_SHARE = 0.7  # of the samples without boxes
LARGEST_ANGLE = 0.35
SCALE = 0.15  # of a logarithm, and a third of that along each axis
LARGEST_BEND = 0.04  # of the cube
BEND_CELLS = 4
CLICK_MISSES_VOXELS = 2.0  # a click that moved farther than this out of the cube is lost
FEWEST_VOXELS = 8
GAIN = (0.8, 1.2)
OFFSET = 0.1  # of intensities in [-1, 1]
REMAPPED_SHARE = 0.25
KNOTS = 7  # of a curve of intensities
UNEVEN_SHARE = 0.25
UNEVEN = 0.2
BLURRED_SHARE = 0.15
NOISY_SHARE = 0.5
LARGEST_NOISE = 0.1


def uniform(generator: torch.Generator, *shape: int) -> Tensor:
    return torch.rand(shape, generator=generator, device=generator.device)


def normal(generator: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(shape, generator=generator, device=generator.device)


def where_of_sample(chosen: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """chosen (B,) bool; the others (B, …)"""
    return torch.where(chosen.reshape(-1, *[1] * (first.dim() - 1)), first, second)


def mirrored(batch: PromptedBatch, generator: torch.Generator) -> PromptedBatch:
    """Each axis of each sample, by chance"""
    image, target, known = batch.image, batch.target, batch.known
    coords, boxes = batch.coords, batch.box_coords
    n = image.shape[-1]
    for axis in range(3):  # i, j, k
        flips = uniform(generator, len(image)) < 0.5
        image = where_of_sample(flips, image.flip(-1 - axis), image)
        target = where_of_sample(flips, target.flip(-1 - axis), target)
        known = where_of_sample(flips, known.flip(-1 - axis), known)
        moved, turned = coords.clone(), boxes.clone()
        moved[..., axis] = n - 1 - coords[..., axis]
        coords = where_of_sample(flips, moved, coords)
        turned[..., axis], turned[..., axis + 3] = n - 1 - boxes[..., axis + 3], n - 1 - boxes[..., axis]
        boxes = where_of_sample(flips, turned, boxes)
    return batch._replace(image=image, target=target, known=known, coords=coords, box_coords=boxes)


def random_matrices(count: int, generator: torch.Generator) -> Tensor:
    """Small turns (Rodrigues) and changes of size → (count, 3, 3)"""
    axis = F.normalize(normal(generator, count, 3), dim=1)
    angle = LARGEST_ANGLE * (2 * uniform(generator, count, 1, 1) - 1)
    cross = torch.zeros(count, 3, 3, device=axis.device)
    for row, column, of_axis, sign in ((0, 1, 2, -1), (0, 2, 1, 1), (1, 2, 0, -1)):
        cross[:, row, column] = sign * axis[:, of_axis]
        cross[:, column, row] = -sign * axis[:, of_axis]
    turn = torch.eye(3, device=axis.device) + angle.sin() * cross + (1 - angle.cos()) * (cross @ cross)
    spread = 2 * uniform(generator, count, 4) - 1
    scale = torch.exp(SCALE * (spread[:, :1] + spread[:, 1:] / 3))
    return turn * scale[:, None]


def random_sources(count: int, n: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Where each voxel is read: (count, n, n, n, 3) voxels (k, j, i); and how many for each, (count,)"""
    matrix = random_matrices(count, generator)
    axis = torch.arange(n, device=matrix.device, dtype=torch.float32) - (n - 1) / 2
    place = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), -1)
    # not as a matrix product, which a GPU does in lower precision
    turned = (place[None, ..., None, :] * matrix[:, None, None, None]).sum(-1)
    bend = F.interpolate(
        normal(generator, count, 3, *[BEND_CELLS] * 3), [n] * 3, mode="trilinear", align_corners=True
    )
    amplitude = LARGEST_BEND * n * uniform(generator, count, 1, 1, 1, 1)
    source = turned + amplitude * bend.permute(0, 2, 3, 4, 1) + (n - 1) / 2
    return source, torch.linalg.det(matrix).abs()


def read_at(source: Tensor, volume: Tensor) -> Tensor:
    """source (B, n, n, n, 3) voxels (k, j, i), volume (B, C, n, n, n) → same, trilinear, 0 beyond"""
    grid = (source.flip(-1) * 2 + 1) / volume.shape[-1] - 1
    return F.grid_sample(volume, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def moved_points(source: Tensor, coords: Tensor) -> tuple[Tensor, Tensor]:
    """The voxels that are read nearest to points, looked for at half resolution; coords (B, P, 3) (i, j, k)
    → (B, P, 3) the same way, (B, P) how far off the nearest was read"""
    coarse = source[:, ::2, ::2, ::2]
    m = coarse.shape[1]
    coarse = coarse.flatten(1, 3)
    distance = sum(
        (coarse[:, None, :, axis] - coords[..., 2 - axis, None]).square() for axis in range(3)
    )  # (B, P, m³)
    assert isinstance(distance, Tensor)
    squared, cell = distance.min(2)
    found = 2 * torch.stack([cell % m, cell // m % m, cell // (m * m)], -1)
    return found.float(), squared.sqrt()


def warped(batch: PromptedBatch, generator: torch.Generator) -> PromptedBatch:
    """Turned, scaled and bent, where no box is drawn and no click is lost by it"""
    b, n = len(batch.image), batch.image.shape[-1]
    source, size = random_sources(b, n, generator)
    stack = torch.cat([batch.image.float() - OUTSIDE, batch.target[:, None], batch.known[:, None]], 1)
    read = read_at(source, stack)
    image, target, known = read[:, :2] + OUTSIDE, read[:, 2] >= 0.5, read[:, 3] >= 0.5
    coords, off = moved_points(source, batch.coords)
    k, j, i = coords.flip(-1).long().unbind(-1)
    hit = target[torch.arange(b, device=k.device)[:, None], k, j, i]
    given = batch.labels > -0.5
    kept = ((hit == (batch.labels > 0.5)) & (off < CLICK_MISSES_VOXELS)) | ~given
    seen = target.flatten(1).sum(1).float()
    whole = (batch.target.flatten(1).sum(1) + batch.outside_voxels) / size
    outside = whole - seen
    outside = torch.where(outside > 0.1 * seen, outside, 0.0)
    outside = torch.where(batch.outside_voxels > 0, outside, torch.where(outside > 0.3 * seen, outside, 0.0))
    known_left = known.flatten(1).any(1) | (batch.has_known < 0.5)
    chosen = uniform(generator, b) < WARPED_SHARE
    chosen &= kept.all(1) & (batch.box_labels[:, 0] < -0.5) & (seen >= FEWEST_VOXELS) & known_left
    changed = batch._replace(
        image=image.to(batch.image.dtype), target=target, known=known, coords=coords, outside_voxels=outside
    )
    return PromptedBatch(
        *(where_of_sample(chosen, new, old) for new, old in zip(changed, batch, strict=True))
    )


def recoloured(batch: PromptedBatch, generator: torch.Generator) -> PromptedBatch:
    """Curves of intensities, gain, slow changes, blur, noise; what lies outside of the volume stays so"""
    image = batch.image.float()
    b, n = image.shape[0], image.shape[-1]
    outside = (image <= OUTSIDE).all(1, keepdim=True)
    image = where_of_sample(uniform(generator, b) < REMAPPED_SHARE, remapped(image, generator), image)
    blurry = F.avg_pool3d(image, 3, 1, 1, count_include_pad=False)
    image = where_of_sample(uniform(generator, b) < BLURRED_SHARE, blurry, image)
    draw = uniform(generator, 6, b, 1, 1, 1, 1)
    image = (GAIN[0] + (GAIN[1] - GAIN[0]) * draw[0]) * image + OFFSET * (2 * draw[1] - 1)
    slow = F.interpolate(normal(generator, b, 1, 4, 4, 4), [n] * 3, mode="trilinear", align_corners=True)
    image = image + UNEVEN * draw[2] * (draw[3] < UNEVEN_SHARE) * slow
    noise = normal(generator, b, 1, n, n, n)
    noise = where_of_sample(uniform(generator, b) < 0.5, noise, 3 * F.avg_pool3d(noise, 3, 1, 1))
    image = image + LARGEST_NOISE * draw[4] * (draw[5] < NOISY_SHARE) * noise
    image = torch.where(outside, OUTSIDE, image.clamp(-1, 1))
    return batch._replace(image=image.to(batch.image.dtype))


def remapped(image: Tensor, generator: torch.Generator) -> Tensor:
    """Along a random curve of each sample, which may fall in places; (B, C, n, n, n) in [-1, 1] → same"""
    b = image.shape[0]
    straight = torch.linspace(-1, 1, KNOTS, device=image.device)
    strength = 0.3 + 0.5 * uniform(generator, b, 1)
    curve = straight + strength * (2 * uniform(generator, b, KNOTS) - 1 - straight)
    position = (image.flatten(1) + 1) * ((KNOTS - 1) / 2)
    low = position.floor().clamp(0, KNOTS - 2)
    values = [curve.gather(1, low.long() + step) for step in (0, 1)]
    return torch.lerp(values[0], values[1], position - low).reshape(image.shape)

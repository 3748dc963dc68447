"""Images made from label maps, and organ contrasts changed through them."""

import numpy as np

from .random_fields import blurred, smooth_field, texture

FREESURFER_SOURCE = "synthseg"
FIRST_EXTRACEREBRAL = 200  # of the head's label maps
TISSUE_SHARE = 0.45  # of heads that look like T1 (or, inverted, like T2) weighted images
STRIPPED_SHARE = 0.4  # of heads without skull and skin
CLASSES_SHARE = 0.5
FIRST_BACKGROUND = 240
BACKGROUND_CLASSES = 6

# Relative T1 signal by FreeSurfer's colour table: left and right of a structure look alike.
T1_SIGNAL = {
    0.85: (2, 41, 7, 46),  # white matter
    0.76: (16, 28, 60, 13, 52),  # brain stem, ventral diencephalon, pallidum
    0.68: (10, 49),  # thalamus
    0.6: (11, 50, 12, 51, 26, 58),  # caudate, putamen, accumbens
    0.54: (3, 42, 8, 47, 17, 53, 18, 54),  # cortex, hippocampus, amygdala
    0.15: (4, 5, 14, 15, 24, 43, 44),  # ventricles and other fluid
}


def label_means(source: str, rng: np.random.Generator) -> np.ndarray:
    """(256,) intensity of each label, 0 to 1"""
    means = rng.uniform(0, 1, 256)
    if source == FREESURFER_SOURCE and rng.random() < TISSUE_SHARE:
        for signal, values in T1_SIGNAL.items():
            means[list(values)] = signal
        means[:FIRST_EXTRACEREBRAL] += rng.normal(0, 0.03, FIRST_EXTRACEREBRAL)
        if rng.random() < 0.25:
            means = 1 - means
    elif rng.random() < CLASSES_SHARE:  # neighbours often look nearly alike
        classes = rng.uniform(0, 1, int(rng.integers(3, 8)))
        means = classes[rng.integers(len(classes), size=256)] + rng.normal(0, 0.03, 256)
    if rng.random() < 0.5:
        means[0] = 0
    if source == FREESURFER_SOURCE and rng.random() < STRIPPED_SHARE:
        means[FIRST_EXTRACEREBRAL:] = means[0]
    return means.astype(np.float32)


def painted(
    labels: np.ndarray, source: str, rng: np.random.Generator, alike: tuple[int, ...] = ()
) -> np.ndarray:
    """An intensity per label, with noise and slow variation; labels (n, n, n) uint8 → float32

    The labels in alike look like one structure.
    """
    n = labels.shape[0]
    noise = np.float32(np.exp(rng.uniform(np.log(0.01), np.log(0.15))))
    means = label_means(source, rng)
    means[list(alike)] = means[list(alike[:1])]
    image = blurred(means[labels], int(rng.integers(0, 3)))
    image += noise * texture(rng, n)
    image += np.float32(rng.uniform(0, 0.1)) * smooth_field(rng, n, 3)
    return image * 1000


def labels_with_background(image: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Unlabelled voxels are grouped by intensity, so that the rest of the body is painted, too."""
    edges = np.sort(rng.choice(image.reshape(-1), BACKGROUND_CLASSES - 1))
    background = FIRST_BACKGROUND + np.digitize(blurred(image, 1), edges)
    return np.where(labels > 0, labels, background).astype(np.uint8)


def contrast_changed(image: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shifts some labels' intensities, as another contrast phase would."""
    shift = rng.normal(0, 30, 256).astype(np.float32) * (rng.random(256) < 0.5)
    shift[0] = 0
    return image + blurred(shift[labels], 1)

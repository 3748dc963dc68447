"""The methods without a model find a bright ball, and let go of its neighbour."""

from collections.abc import Callable

import numpy as np
import pytest

from sam3d.data.normalisation import HOUNSFIELD_WINDOW
from sam3d.data.region import CUBE, Region
from sam3d.data.region_image import Volume
from sam3d.evaluation.cube_session import CubeSession, Segment
from sam3d.evaluation.geodesic import Geodesic, doubled, halved
from sam3d.evaluation.image_graph import image_graph
from sam3d.evaluation.metrics import dice
from sam3d.evaluation.protocols import CLICKS, play_in_cube
from sam3d.evaluation.random_walker import RandomWalker
from sam3d.evaluation.region_growing import RegionGrowing
from sam3d.evaluation.simulated_reader import GridClick
from sam3d.evaluation.zoom import ZoomPolicy

METHODS = [RegionGrowing, RandomWalker, Geodesic]
Method = Callable[[np.ndarray, np.ndarray], Segment]
LEFT, RIGHT = (22.0, 32.0, 32.0), (41.0, 32.0, 32.0)  # i, j, k
RADIUS = 10


def ball(centre_ijk: tuple[float, float, float], radius: float = RADIUS) -> np.ndarray:
    k, j, i = np.indices((CUBE, CUBE, CUBE))
    return sum((a - c) ** 2 for a, c in zip((i, j, k), centre_ijk, strict=True)) <= radius**2


def cube_of(bright: np.ndarray) -> np.ndarray:
    return np.where(bright, 100, 0) + np.random.default_rng(0).normal(0, 2, bright.shape)


@pytest.mark.parametrize("method", METHODS)
def test_one_click_finds_a_ball(method: Method) -> None:
    truth = ball((30.0, 34.0, 28.0))
    segment = method(cube_of(truth).astype(np.float32), np.ones_like(truth))
    assert dice(segment(np.array([[32.0, 34, 27]]), np.ones(1)) > 0, truth) > 0.9


@pytest.mark.parametrize("method", METHODS)
def test_an_exclude_click_takes_a_touching_ball_away(method: Method) -> None:
    left, right = ball(LEFT), ball(RIGHT)
    assert (left & right).any()
    segment = method(cube_of(left | right).astype(np.float32), np.ones_like(left))
    coords = np.array([LEFT, RIGHT])
    both = segment(coords[:1], np.ones(1)) > 0
    one = segment(coords, np.array([1.0, 0.0])) > 0
    assert both[right].mean() > 0.8
    assert one[right & ~left].mean() < 0.1
    assert dice(one, left & ~right) > 0.8  # with both balls it is 0.67


@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_found_outside_the_volume(method: Method) -> None:
    truth = ball((30.0, 34.0, 28.0))
    inside = np.zeros_like(truth)
    inside[:, :, 28:] = True
    values = method(np.where(inside, cube_of(truth), 0).astype(np.float32), inside)(
        np.array([[32.0, 34, 28]]), np.ones(1)
    )
    assert dice(values > 0, truth & inside) > 0.85
    assert not (values > 0)[:, :, :27].any()


@pytest.mark.parametrize("method", [RandomWalker, Geodesic])
def test_a_volume_within_the_cube_has_a_background(method: Method) -> None:
    truth = ball((30.0, 34.0, 28.0))
    inside = np.zeros_like(truth)
    inside[10:50, 10:58, 10:54] = True
    segment = method(np.where(inside, cube_of(truth), 0).astype(np.float32), inside)
    assert dice(segment(np.array([[32.0, 34, 27]]), np.ones(1)) > 0, truth) > 0.9


@pytest.mark.parametrize("method", [RandomWalker, Geodesic])
def test_without_edges_the_border_is_background(method: Method) -> None:
    inside = np.ones((CUBE, CUBE, CUBE), bool)
    mask = method(np.zeros(inside.shape, np.float32), inside)(np.full((1, 3), 32.0), np.ones(1)) > 0
    assert mask[32, 32, 32]
    assert 0 < mask.mean() < 0.5
    assert not mask[0].any()


def test_walkers_go_on_from_the_last_answer_to_the_same_one() -> None:
    left, right = ball(LEFT), ball(RIGHT)
    cube, inside = cube_of(left | right).astype(np.float32), np.ones_like(left)
    coords, labels = np.array([LEFT, RIGHT]), np.array([1.0, 0.0])
    warm = RandomWalker(cube, inside)
    warm(coords[:1], labels[:1])
    assert dice(warm(coords, labels) > 0, RandomWalker(cube, inside)(coords, labels) > 0) > 0.98


def test_a_prior_is_put_onto_the_images_edges() -> None:
    truth, believed = ball((30.0, 32.0, 32.0)), ball((34.0, 32.0, 32.0))
    prior = np.where(believed, 0.9, 0.1)
    told = RandomWalker(cube_of(truth).astype(np.float32), np.ones_like(truth), prior)
    assert dice(believed, truth) < 0.75
    assert dice(told(np.array([[31.0, 32, 32]]), np.ones(1)) > 0, truth) > 0.95


def test_a_click_has_the_say_over_a_small_ball_whatever_the_prior() -> None:
    wanted, other = ball((18.0, 32.0, 32.0)), ball((48.0, 32.0, 32.0), radius=6)
    prior = np.where(wanted | other, 0.9, 0.1)
    told = RandomWalker(cube_of(wanted | other).astype(np.float32), np.ones_like(wanted), prior)
    coords = np.array([[18.0, 32, 32], [48.0, 32, 32]])
    both, one = (told(coords[:n], np.array([1.0, 0.0])[:n]) > 0 for n in (1, 2))
    assert both[other].mean() > 0.9
    assert one[other].mean() < 0.1
    assert one[wanted].mean() > 0.9


def test_neighbours_are_joined_with_their_change_of_intensity() -> None:
    image = np.arange(27.0).reshape(3, 3, 3) ** 2
    inside = np.ones((3, 3, 3), bool)
    inside[0] = False
    graph = image_graph(image, inside)
    assert graph.size == 18
    assert graph.edges.shape == (2, 9 + 12 + 12)
    values = image[inside]
    assert np.allclose(graph.changes, np.abs(values[graph.edges[0]] - values[graph.edges[1]]))
    changes = graph.matrix(graph.changes).toarray()
    assert np.array_equal(changes, changes.T)


def test_a_click_beyond_the_volume_counts_for_the_nearest_voxel() -> None:
    inside = np.zeros((6, 6, 6), bool)
    inside[2:5, :, :] = True
    graph = image_graph(np.zeros((6, 6, 6)), inside)
    around = graph.clicked(np.array([[3.0, 3.4, 0.6]]))[0]
    assert around[0] == graph.nodes[2, 3, 3]
    assert set(around) == {
        graph.nodes[v] for v in [(2, 3, 3), (3, 3, 3), (2, 2, 3), (2, 4, 3), (2, 3, 2), (2, 3, 4)]
    }


def test_half_resolution_and_back_keeps_a_ramp() -> None:
    ramp = np.broadcast_to(np.arange(16.0), (16, 16, 16))
    assert np.allclose(doubled(halved(ramp))[:, :, 1:-1], ramp[:, :, 1:-1])


def test_a_session_clicks_in_its_cube() -> None:
    """Voxel (i, j, k) of the cube is what was clicked in mm, and comes back there."""
    seen: list[np.ndarray] = []

    def segment(coords: np.ndarray, labels: np.ndarray) -> np.ndarray:
        seen.append(coords)
        values = -np.ones((CUBE, CUBE, CUBE))
        i, j, k = coords[-1].astype(int)
        values[k, j, i] = 1
        return values

    volume = Volume(np.zeros((20, 30, 40), np.int16), np.array([0.8, 0.8, 0.8]))
    mask = CubeSession(segment, volume, Region(0.8, (-8, 0, 8))).click(
        GridClick(np.array([12, 20, 30]), True)
    )
    assert np.allclose(seen[0], [[38, 20, 4]])
    assert np.argwhere(mask).tolist() == [[12, 20, 30]]


def test_a_case_is_played_in_the_cube() -> None:
    truth = ball((30.0, 34.0, 28.0))
    volume = Volume(cube_of(truth), np.array([1.0, 1.0, 1.0]))
    play = play_in_cube(RandomWalker, ZoomPolicy(), volume, truth, "case")
    assert len(play.dice) == len(play.nsd) == CLICKS
    assert play.dice[0] > 0.9
    assert play.nsd[0] > 0.9


def test_baselines_see_of_the_image_what_the_model_sees() -> None:
    """Metal, and padding about the field of view, take contrast from theirs, too; and a baseline that has
    learned was trained on images within that range."""
    truth = ball((30.0, 34.0, 28.0))
    voxels = cube_of(truth).astype(np.float32)
    voxels[8:12], voxels[44:48] = 3000, -3024
    volume = Volume(voxels, np.ones(3), HOUNSFIELD_WINDOW, "CT")
    seen = []

    def method(cube: np.ndarray, inside: np.ndarray) -> Segment:
        seen.append(cube[inside])
        return RegionGrowing(cube, inside)

    play_in_cube(method, ZoomPolicy(), volume, truth, "case")
    assert (float(seen[0].min()), float(seen[0].max())) == HOUNSFIELD_WINDOW

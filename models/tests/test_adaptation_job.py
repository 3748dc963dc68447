"""Jobs never let a patient stand on both sides, end as if nothing had interrupted them, stop when told."""

import io
import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from sam3d.adaptation.base import Base
from sam3d.adaptation.brightness import brightness_of
from sam3d.adaptation.card import mistaken_text
from sam3d.adaptation.cases import TaskCase
from sam3d.adaptation.job import Job, JobResult, OtherCheckpoint
from sam3d.adaptation.level_case import level_case
from sam3d.adaptation.loss import task_loss
from sam3d.adaptation.plan import plan_of
from sam3d.adaptation.progress import JobCancelled, Progress
from sam3d.adaptation.samples import draw_sample
from sam3d.adaptation.score import CaseScores, case_scores, class_quality, mistakes
from sam3d.adaptation.settings import TaskSettings
from sam3d.adaptation.split import patient_folds, split_warnings, unlearned_warnings
from sam3d.adaptation.synthesis import resynthesised
from sam3d.adaptation.task_model import TaskModel
from sam3d.adaptation.views import COPIES, viewed_plan
from sam3d.data.region import SPACINGS_MM
from sam3d.data.region_image import Volume
from sam3d.data.sliding_window import MOST_PROBABILITIES, Plan, level_shape
from task_cases import LABELS, task_case

SETTINGS = TaskSettings(steps=4, folds=2, samples_per_step=1, warm_up_steps=2, learning_rate=0.05)


class OneLayer(TaskModel):
    """Quick, and enough to tell balls from noise"""

    def __init__(self) -> None:
        nn.Module.__init__(self)
        self.layer = nn.Conv3d(2, 1 + len(LABELS), 1)

    def forward(self, image: Tensor) -> Tensor:
        return self.layer(image)


class Recorder:
    """Stops the job at a step of all"""

    def __init__(self, until: int | None = None, cancelled: bool = False) -> None:
        self.until, self.cancelled = until, cancelled
        self.told: list[Progress] = []
        self.latest: bytes | None = None

    def progress(self, progress: Progress) -> None:
        self.told.append(progress)
        if self.until is not None and len(self.losses) >= self.until:
            raise JobCancelled if self.cancelled else KeyboardInterrupt

    def checkpoint(self, data: bytes) -> None:
        self.latest = data

    @property
    def losses(self) -> dict[tuple[str, int], float]:
        return {(one.phase, one.step): one.loss for one in self.told if one.loss is not None}


@pytest.fixture(autouse=True)
def checkpoint_at_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sam3d.adaptation.job.CHECKPOINT_EVERY_S", 0.0)


def run(recorder: Recorder, checkpoint: bytes | None = None) -> JobResult:
    cases = [task_case(seed) for seed in (1, 2, 3)]
    return Job(cases, LABELS, SETTINGS, OneLayer, recorder, checkpoint).run()


def test_a_job_holds_back_every_patient_once_and_then_learns_from_all() -> None:
    recorder = Recorder()
    result = run(recorder)
    assert sorted(one.case_id for one in result.scores) == ["case-1", "case-2", "case-3"]
    phases = list(dict.fromkeys(phase for phase, _ in recorder.losses))
    assert phases == ["fold 1 of 2", "fold 2 of 2", "all cases"]
    assert len(recorder.losses) == 3 * SETTINGS.steps


@pytest.mark.parametrize("until", [2, 4, 6, 10])
def test_resumed_after_a_kill_gives_the_same_curve_scores_and_weights(until: int) -> None:
    whole, first, second = Recorder(), Recorder(until), Recorder()
    expected = run(whole)
    with pytest.raises(KeyboardInterrupt):
        run(first)
    found = run(second, first.latest)
    assert len(second.losses) < len(whole.losses)
    assert first.losses | second.losses == whole.losses
    assert found.scores == expected.scores
    for one, other in zip(found.model.parameters(), expected.model.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_checkpoint_that_takes_long_to_hand_over_is_not_followed_by_the_next_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As one of all weights over a slow line: else a step was learned for each."""

    class SlowLine(Recorder):
        now_s, sent = 0.0, 0

        def progress(self, progress: Progress) -> None:
            self.now_s += 1

        def checkpoint(self, data: bytes) -> None:
            self.now_s += 100
            self.sent += 1

    recorder = SlowLine()
    monkeypatch.setattr("sam3d.adaptation.job.CHECKPOINT_EVERY_S", 60.0)
    monkeypatch.setattr("sam3d.adaptation.job.time", SimpleNamespace(monotonic=lambda: recorder.now_s))
    run(recorder)
    assert recorder.sent == 2, "one behind each fold"


def test_a_case_that_was_scored_before_a_kill_is_not_scored_again(monkeypatch: pytest.MonkeyPatch) -> None:
    scored: list[str] = []

    def counted(model: TaskModel, case: TaskCase, *rest: object) -> CaseScores:
        if len(scored) == 1 and case.case_id not in scored:
            scored.append("killed")
            raise KeyboardInterrupt
        scored.append(case.case_id)
        return case_scores(model, case, *rest)

    monkeypatch.setattr("sam3d.adaptation.job.case_scores", counted)
    whole, first, second = Recorder(), Recorder(), Recorder()
    with pytest.raises(KeyboardInterrupt):
        run(first)
    found = run(second, first.latest)
    assert sorted(scored) == ["case-1", "case-2", "case-3", "killed"]
    assert not [at for at in second.losses if at[0] == "fold 1 of 2"], "learned as far as it is scored"
    scored[:] = ["", ""]
    expected = run(whole)
    assert found.scores == expected.scores


def test_a_job_that_is_cancelled_while_a_case_is_scored_stops_at_the_next_cube() -> None:
    class CancelledWhileScored(Recorder):
        def progress(self, progress: Progress) -> None:
            super().progress(progress)
            if progress.step and progress.loss is None:
                raise JobCancelled

    recorder = CancelledWhileScored()
    with pytest.raises(JobCancelled):
        run(recorder)
    assert recorder.told[-1] == Progress("fold 1 of 2", SETTINGS.steps, SETTINGS.steps)


def test_a_checkpoint_of_other_settings_or_cases_is_refused() -> None:
    first = Recorder(until=2)
    with pytest.raises(KeyboardInterrupt):
        run(first)
    cases = [task_case(seed) for seed in (1, 2, 3)]
    for other_cases, settings in ((cases[:2], SETTINGS), (cases, replace(SETTINGS, seed=1))):
        with pytest.raises(ValueError, match="other settings or cases"):
            Job(other_cases, LABELS, settings, OneLayer, Recorder(), first.latest)


def test_a_checkpoint_on_another_base_is_refused(tmp_path: Path) -> None:
    cases = [task_case(seed) for seed in (1, 2, 3)]
    first, base = Recorder(until=2), Base("tiny", "0.5.1", "0" * 64, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        Job(cases, LABELS, SETTINGS, OneLayer, first, base=base).run()
    Job(cases, LABELS, SETTINGS, OneLayer, Recorder(), first.latest, base)
    for other in (base._replace(version="0.6.0"), base._replace(encoder_sha256="1" * 64)):
        with pytest.raises(ValueError, match="another base"):
            Job(cases, LABELS, SETTINGS, OneLayer, Recorder(), first.latest, other)


def test_a_checkpoint_of_a_closer_look_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of code that planned otherwise: scores and weights would be of two plans."""
    first, cases = Recorder(until=2), [task_case(seed) for seed in (1, 2, 3)]
    with pytest.raises(KeyboardInterrupt):
        run(first)
    monkeypatch.setattr("sam3d.adaptation.job.plan_of", lambda _: Plan(max(SPACINGS_MM)))
    with pytest.raises(OtherCheckpoint):
        Job(cases, LABELS, SETTINGS, OneLayer, Recorder(), first.latest)


def test_a_checkpoint_that_other_code_wrote_is_refused_before_it_is_gone_on_from() -> None:
    class OtherLayer(OneLayer):
        def __init__(self) -> None:
            super().__init__()
            self.bias = nn.Parameter(torch.zeros(1))

    first, cases = Recorder(until=2), [task_case(seed) for seed in (1, 2, 3)]
    with pytest.raises(KeyboardInterrupt):
        run(first)
    assert first.latest is not None
    with pytest.raises(OtherCheckpoint):
        Job(cases, LABELS, SETTINGS, OtherLayer, Recorder(), first.latest)
    buffer = io.BytesIO()
    torch.save({"fit": 1}, buffer)
    for data in (b"", b"no checkpoint", first.latest[:-100], buffer.getvalue()):
        with pytest.raises(OtherCheckpoint):
            Job(cases, LABELS, SETTINGS, OneLayer, Recorder(), data)


def test_learning_that_diverges_ends_with_a_reason() -> None:
    class Broken(OneLayer):
        def forward(self, image: Tensor) -> Tensor:
            return super().forward(image) * torch.nan

    with pytest.raises(RuntimeError, match="diverged at step 0"):
        Job([task_case(1), task_case(2)], LABELS, SETTINGS, Broken, Recorder()).run()


def test_gradients_that_are_no_numbers_end_learning_also_at_the_last_step() -> None:
    class SteepAtTheEnd(OneLayer):
        steps = 0

        def forward(self, image: Tensor) -> Tensor:
            logits = super().forward(image)
            self.steps += self.training
            # Of 0 the root is finite, and its slope is not.
            return logits if self.steps < SETTINGS.steps else logits + torch.sqrt(logits * 0)

    with pytest.raises(RuntimeError, match=f"diverged at step {SETTINGS.steps - 1}"):
        Job([task_case(1), task_case(2)], LABELS, SETTINGS, SteepAtTheEnd, Recorder()).run()


def test_samples_that_show_nothing_of_the_volume_teach_nothing() -> None:
    logits, labels = torch.zeros(1, 3, 4, 4, 4), torch.zeros(1, 4, 4, 4, dtype=torch.int64)
    assert torch.isfinite(task_loss(logits, labels, torch.zeros(1, 4, 4, 4, dtype=torch.bool)).loss)


def test_another_seed_gives_another_curve() -> None:
    cases = [task_case(seed) for seed in (1, 2)]
    curves = []
    for seed in (0, 1):
        recorder = Recorder()
        settings = TaskSettings(steps=1, folds=2, samples_per_step=1, warm_up_steps=1, seed=seed)
        Job(cases, LABELS, settings, OneLayer, recorder).run()
        curves.append(recorder.losses)
    assert curves[0] != curves[1]


def test_a_cancelled_job_stops_at_that_step() -> None:
    recorder = Recorder(until=3, cancelled=True)
    with pytest.raises(JobCancelled):
        run(recorder)
    assert len(recorder.losses) == 3


def test_cases_of_one_patient_are_held_back_together_and_named() -> None:
    cases = [task_case(1, "a"), task_case(2, "a"), task_case(3, "b"), task_case(4, "c")]
    for seed in range(5):
        for fold in patient_folds(cases, 3, seed):
            assert fold.held_out
            assert not {c.patient_key for c in fold.training} & {c.patient_key for c in fold.held_out}
    assert "4 cases of 3 patients" in split_warnings(cases)[0]
    assert split_warnings(cases[1:]) == []


def test_a_class_that_a_fold_cannot_learn_is_named_before_it_is_held_back() -> None:
    whole = [task_case(seed, fold=seed % 2 + 1) for seed in (1, 2, 3)]
    rare = [one if one.fold == 1 else replace(one, labels=np.minimum(one.labels, 1)) for one in whole]
    recorder = Recorder(until=1)
    with pytest.raises(KeyboardInterrupt):
        Job(rare, LABELS, SETTINGS, OneLayer, recorder).run()
    [line] = [one.line for one in recorder.told if one.line and "Spleen" in one.line]
    assert line.startswith("fold 1 of 2")
    assert unlearned_warnings(patient_folds(whole, 2, 0), LABELS) == []


def test_folds_that_the_cases_name_are_kept() -> None:
    cases = [task_case(1, fold=2), task_case(2, fold=1), task_case(3, fold=2)]
    held_out = [[case.case_id for case in fold.held_out] for fold in patient_folds(cases, 3, 0)]
    assert held_out == [["case-2"], ["case-1", "case-3"]]


@pytest.mark.parametrize(
    ("cases", "reason"),
    [
        ([task_case(1, "a"), task_case(2, "a")], "at least 2 patients"),
        ([task_case(1, "a", 1), task_case(2, "a", 2), task_case(3, "b", 1)], "another fold"),
        ([task_case(1, "a"), task_case(1, "b"), task_case(2, "c")], "one image"),
        ([task_case(1, fold=1), task_case(2, fold=1)], "one fold"),
    ],
    ids=["one patient", "a patient in two folds", "one image under two names", "one fold"],
)
def test_a_split_that_would_know_its_answers_is_refused(cases: list, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        patient_folds(cases, 2, 0)


def test_the_plan_is_a_level_of_the_base_that_holds_the_structures() -> None:
    cases = [task_case(seed) for seed in (1, 2)]
    plan = plan_of(cases)
    assert plan.spacing_mm in SPACINGS_MM
    assert plan.spacing_mm * 1.5 >= 1.5, "not much finer than the images"


def test_cases_that_show_nothing_do_not_tell_how_large_structures_are() -> None:
    def shown(seed: int, is_there: bool) -> TaskCase:
        image = np.zeros((20, 100, 100), np.float32)
        labels = np.zeros(image.shape, np.uint8)
        labels[5:15, 10:90, 10:90] = is_there
        volume = Volume(image, np.array((5.0, 2.0, 2.0)))
        return TaskCase(f"case-{seed}", f"patient-{seed}", "", volume, labels)

    with_structure = [shown(1, True), shown(2, True)]
    without = [shown(seed, False) for seed in (3, 4, 5)]
    assert plan_of([*with_structure, *without]) == plan_of(with_structure)


def test_a_plan_looks_no_closer_than_a_server_can_at_every_case() -> None:
    def small_structure(slices: int, classes: int) -> TaskCase:
        volume = Volume(
            np.broadcast_to(np.float32(0), (slices, 500, 500)),  # of 400 mm
            np.array((5.0, 0.8, 0.8)),
        )
        labels = np.zeros(volume.voxels.shape, np.uint8)
        labels[5:9, 10:40, 10:40] = np.arange(30) % classes + 1
        return TaskCase(f"case-{slices}", f"patient-{slices}", "", volume, labels)

    short, long = (small_structure(slices, 1) for slices in (30, 90))
    assert plan_of([short, short]).spacing_mm == min(SPACINGS_MM)
    plan = plan_of([short, short, long])
    assert plan.spacing_mm == 1.125
    for view in COPIES:  # that series are ranked by
        assert math.prod(level_shape(long.volume, viewed_plan(plan, view))) * 3 <= MOST_PROBABILITIES
    almost = small_structure(54, 1)
    assert math.prod(level_shape(almost.volume, Plan(min(SPACINGS_MM)))) * 3 <= MOST_PROBABILITIES
    assert plan_of([short, short, almost]) == plan
    assert plan_of([short, short, small_structure(90, 9)]).spacing_mm > plan.spacing_mm


def test_a_case_keeps_its_structures_on_the_level() -> None:
    case = task_case(1)
    level = level_case(case, Plan(1.6))
    for value in (1, 2):
        native_mm3 = (case.labels == value).sum() * case.volume.spacing_mm.prod()
        assert (level.labels == value).sum() * 1.6**3 == pytest.approx(native_mm3, rel=0.1)
        assert level.image[level.labels == value].mean() == pytest.approx(
            100 * value, rel=0.15
        )  # rims are mixed


def test_samples_show_image_and_labels_of_the_same_place() -> None:
    level = level_case(task_case(1), Plan(1.6))
    for seed in range(6):
        sample = draw_sample([level], 64, np.random.default_rng(seed))
        assert sample.image.shape == (2, 64, 64, 64)
        first, background = (sample.image[0][(sample.labels == value) & sample.inside] for value in (2, 0))
        assert first.mean() > background.mean() + 0.5


def with_gap(case: TaskCase) -> TaskCase:
    """Slices of its structures are missing: their images are interpolated, and nothing is drawn there"""
    unseen = np.zeros(case.labels.shape, bool)
    unseen[9:12] = True
    return replace(case, labels=np.where(unseen, 0, case.labels).astype(np.uint8), unseen=unseen)


def test_what_lies_in_missing_slices_is_not_learned_as_background() -> None:
    case = with_gap(task_case(1))
    level = level_case(case, Plan(1.6))
    whole = level_case(task_case(1), Plan(1.6))
    assert level.known is not None
    assert whole.known is None
    assert not level.labels[~level.known].any()
    # Beside the gap, a voxel that lies partly in it is of the class that the rest of it shows.
    assert ((level.labels == whole.labels) | ~level.known).mean() > 0.999
    bright = 0
    for seed in range(6):
        sample = draw_sample([level], 64, np.random.default_rng(seed))
        beyond = sample.inside & ~sample.known
        assert beyond.any()
        assert not (sample.known & ~sample.inside).any()
        assert not sample.labels[beyond].any()
        bright += int((sample.image[0][beyond] > sample.image[0][sample.labels == 2].mean()).sum())
        same = draw_sample([whole], 64, np.random.default_rng(seed))
        np.testing.assert_array_equal(same.known, same.inside)
    assert bright > 0, "the gap shows structures that are not labelled"


def test_of_a_series_with_every_other_slice_the_structures_stay_on_the_level() -> None:
    case = task_case(1)
    unseen = np.ones(case.labels.shape, bool)
    unseen[::2] = False
    gappy = replace(case, labels=np.where(unseen, 0, case.labels).astype(np.uint8), unseen=unseen)
    whole, found = (level_case(one, Plan(2.5)) for one in (case, gappy))
    assert found.known is not None
    assert found.known.mean() > 0.4
    assert (found.labels == whole.labels)[found.known].mean() > 0.98


def test_what_is_found_in_missing_slices_is_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server claims nothing there, either."""
    whole, case = task_case(1), with_gap(task_case(1))
    monkeypatch.setattr("sam3d.adaptation.score.segmented", lambda *_: whole.labels)
    assert case_scores(OneLayer(), case, Plan(2), 2).dice == [1.0, 1.0]


def test_synthesis_keeps_the_shapes_and_takes_the_intensities_of_its_guide() -> None:
    own, guide = (level_case(task_case(seed), Plan(1.6)) for seed in (1, 2))
    image = 1000 - guide.image
    inverted = guide._replace(image=image, brightness=brightness_of(image))
    found = resynthesised(own.image, own.labels, inverted, np.random.default_rng(0))
    for value in (1, 2):
        wanted = inverted.image[inverted.labels == value].mean()
        assert found[own.labels == value].mean() == pytest.approx(wanted, abs=50), "rims are mixed"
    assert found.shape == own.image.shape


def test_to_synthesise_a_sample_not_all_of_its_guide_is_looked_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A large volume takes longer to sort than a step takes to learn."""
    own, guide = (level_case(task_case(seed), Plan(1.6)) for seed in (1, 2))
    sorted_voxels: list[int] = []
    percentile = np.percentile

    def counted(values: np.ndarray, *rest: object) -> np.ndarray:
        sorted_voxels.append(values.size)
        return percentile(values, *rest)

    monkeypatch.setattr(np, "percentile", counted)
    cube = own.image[:10, :10, :10], own.labels[:10, :10, :10]
    resynthesised(*cube, guide, np.random.default_rng(0))
    assert sorted_voxels == [1000]


def test_without_a_share_nothing_is_synthesised() -> None:
    levels = [level_case(task_case(seed), Plan(1.6)) for seed in (1, 2)]
    plain, same, other = (
        draw_sample(levels, 64, np.random.default_rng(3), share) for share in (0.0, 0.0, 1.0)
    )
    np.testing.assert_array_equal(plain.image, same.image)
    np.testing.assert_array_equal(plain.labels, other.labels)
    assert not np.array_equal(plain.image, other.image)


def test_what_is_found_where_it_is_not_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    case = task_case(1)
    shown = [value for value in (1, 2) if (case.labels == value).any()]
    without = replace(case, labels=np.where(case.labels == 2, 0, case.labels))
    monkeypatch.setattr("sam3d.adaptation.score.segmented", lambda *_: case.labels)
    assert shown == [1, 2]
    assert case_scores(OneLayer(), case, Plan(1.6), 2).mistaken == [False, False]
    found = case_scores(OneLayer(), without, Plan(1.6), 2)
    assert found.dice[1] is None and found.mistaken == [False, True]


def test_quality_is_of_patients_not_of_cases() -> None:
    scores = [
        CaseScores("1", "a", [0.2, None], [False, True]),
        CaseScores("2", "a", [0.4, None], [False, False]),
        CaseScores("3", "b", [0.9, 0.5], [False, False]),
    ]
    quality = class_quality(scores, 0)
    assert quality.dice == pytest.approx(0.6)
    assert quality.low == pytest.approx(0.3)
    assert quality.high == pytest.approx(0.9)
    assert class_quality(scores, 1).dice == 0.5
    assert mistakes(scores, 0) == (0, 0)
    assert mistakes(scores, 1) == (1, 2)
    assert mistaken_text({"cases": 1, "of": 2}) == "1 of 2"

"""Jobs never let a patient stand on both sides, end as if nothing had interrupted them, stop when told."""

import gzip
import json
import re
import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from sam3d.adaptation.base import Base
from sam3d.adaptation.cases import CaseFiles, read_cases, read_index
from sam3d.adaptation.job import Job, JobResult
from sam3d.adaptation.level_case import level_case
from sam3d.adaptation.loss import task_loss
from sam3d.adaptation.plan import plan_of
from sam3d.adaptation.progress import JobCancelled, Progress
from sam3d.adaptation.samples import draw_sample
from sam3d.adaptation.score import CaseScores, class_quality
from sam3d.adaptation.settings import TaskSettings
from sam3d.adaptation.split import patient_folds, split_warnings
from sam3d.adaptation.synthesis import resynthesised
from sam3d.adaptation.task import task_of
from sam3d.adaptation.task_model import TaskModel
from sam3d.data.region import SPACINGS_MM
from sam3d.data.sliding_window import Plan
from task_cases import CLASSES, LABELS, SHAPE_KJI, SPACING_MM_KJI, balls, nifti, task_case, write_case

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


def index_of(files: Sequence[CaseFiles]) -> dict[str, Any]:
    return {
        "title": "Two organs",
        "modalities": ["CT"],
        "classes": CLASSES,
        "cases": [
            {
                "caseId": one.case_id,
                "patientKey": one.patient_key,
                "image": one.image.name,
                "labelmap": one.labelmap.name,
            }
            for one in files
        ],
    }


def test_cases_are_read_from_a_folder(tmp_path: Path) -> None:
    files = [write_case(tmp_path, seed) for seed in (1, 2)]
    (tmp_path / "cases.json").write_text(json.dumps(index_of(files)), encoding="utf-8")
    raw, found = read_index(tmp_path)
    assert task_of(raw).classes[1].type.value == "78961009"
    cases = read_cases(found, LABELS)
    made = task_case(1)
    np.testing.assert_array_equal(cases[0].volume.voxels, made.volume.voxels)
    np.testing.assert_array_equal(cases[0].labels, made.labels)
    np.testing.assert_allclose(cases[0].volume.spacing_mm, made.volume.spacing_mm)
    assert cases[0].sha256 != cases[1].sha256


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"caseId": "case-1"}, "several cases are named case-1"),
        ({"patientKey": 1}, "patientKey 1 is no text"),
        ({"patientKey": "patient-1 "}, "patientKey 'patient-1 ' is no text, or has blanks"),
        ({"patientKey": ""}, "patientKey ''"),
        ({"image": "../2.nii"}, "../2.nii is no file in"),
        ({"labelmap": "/2-labels.nii"}, "/2-labels.nii is no file in"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_cases_that_could_be_taken_for_others_are_refused(
    changes: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    index = index_of([write_case(tmp_path, seed) for seed in (1, 2)])
    index["cases"][1] |= changes
    (tmp_path / "cases.json").write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(reason)):
        read_cases(read_index(tmp_path)[1], LABELS)


@pytest.mark.parametrize(("value", "shown"), [(-1, "-1"), (0.5, "0.5"), (np.nan, "nan")])
def test_labels_that_name_no_class_are_refused(value: float, shown: str, tmp_path: Path) -> None:
    files = write_case(tmp_path, 1)
    labels = balls(1)[1].astype(np.float32)
    files.labelmap.write_bytes(nifti(labels))
    np.testing.assert_array_equal(read_cases([files], LABELS)[0].labels, balls(1)[1])
    labels[0, 0, 0] = value
    files.labelmap.write_bytes(nifti(labels))
    with pytest.raises(ValueError, match=f"case-1: the labelmap holds {shown}, which names no class"):
        read_cases([files], LABELS)


def test_images_with_voxels_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    files = write_case(tmp_path, 1)
    image = balls(1)[0]
    image[0, 0, 0] = np.inf
    files.image.write_bytes(nifti(image))
    with pytest.raises(ValueError, match="case-1: voxels of the image are no numbers"):
        read_cases([files], LABELS)


def test_a_task_has_each_class_once() -> None:
    with pytest.raises(ValueError, match="each class once"):
        task_of({"title": "Twice", "modalities": ["CT"], "classes": [CLASSES[0], CLASSES[0]]})


def test_labelmaps_that_do_not_fit_the_task_are_refused(tmp_path: Path) -> None:
    files = [write_case(tmp_path, 1)]
    with pytest.raises(ValueError, match="holds 2"):
        read_cases(files, LABELS[:1])
    with pytest.raises(ValueError, match="no case shows Kidney"):
        read_cases(files, [*LABELS, "Kidney"])
    other = files[0]._replace(labelmap=files[0].image)
    files[0].image.write_bytes(files[0].image.read_bytes())
    with pytest.raises(ValueError):
        read_cases([other], LABELS)


def test_a_labelmap_that_lies_elsewhere_than_its_image_is_refused(tmp_path: Path) -> None:
    files = write_case(tmp_path, 1)
    header = bytearray(files.labelmap.read_bytes())
    i_mm, x_mm = SPACING_MM_KJI[2], SPACING_MM_KJI[2] * (SHAPE_KJI[2] - 1)
    # The same voxels, stored the other way round where they lie; then as if they lay mirrored.
    stored = np.frombuffer(header[352:], np.uint8).reshape(SHAPE_KJI)[:, :, ::-1].tobytes()
    struct.pack_into("<4f", header, 280, i_mm, 0, 0, -x_mm)
    files.labelmap.write_bytes(gzip.compress(bytes(header[:352]) + stored))
    np.testing.assert_array_equal(read_cases([files], LABELS)[0].labels, balls(1)[1])
    struct.pack_into("<4f", header, 280, i_mm, 0, 0, 0)
    files.labelmap.write_bytes(bytes(header))
    with pytest.raises(ValueError, match="case-1: image and labelmap lie up to 40.5 mm apart"):
        read_cases([files], LABELS)


def test_the_plan_is_a_level_of_the_base_that_holds_the_structures() -> None:
    cases = [task_case(seed) for seed in (1, 2)]
    plan = plan_of(cases)
    assert plan.spacing_mm in SPACINGS_MM
    assert plan.spacing_mm * 1.5 >= 1.5, "not much finer than the images"


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


def test_synthesis_keeps_the_shapes_and_takes_the_intensities_of_its_guide() -> None:
    own, guide = (level_case(task_case(seed), Plan(1.6)) for seed in (1, 2))
    inverted = guide._replace(image=1000 - guide.image)
    found = resynthesised(own.image, own.labels, inverted, np.random.default_rng(0))
    for value in (1, 2):
        wanted = inverted.image[inverted.labels == value].mean()
        assert found[own.labels == value].mean() == pytest.approx(wanted, abs=50), "rims are mixed"
    assert found.shape == own.image.shape


def test_without_a_share_nothing_is_synthesised() -> None:
    levels = [level_case(task_case(seed), Plan(1.6)) for seed in (1, 2)]
    plain, same, other = (
        draw_sample(levels, 64, np.random.default_rng(3), share) for share in (0.0, 0.0, 1.0)
    )
    np.testing.assert_array_equal(plain.image, same.image)
    np.testing.assert_array_equal(plain.labels, other.labels)
    assert not np.array_equal(plain.image, other.image)


def test_quality_is_of_patients_not_of_cases() -> None:
    scores = [
        CaseScores("1", "a", [0.2, None]),
        CaseScores("2", "a", [0.4, None]),
        CaseScores("3", "b", [0.9, 0.5]),
    ]
    quality = class_quality(scores, 0)
    assert quality.dice == pytest.approx(0.6)
    assert quality.low == pytest.approx(0.3)
    assert quality.high == pytest.approx(0.9)
    assert class_quality(scores, 1).dice == 0.5

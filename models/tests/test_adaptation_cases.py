"""Which cases a task is learned from, and which are refused."""

import gzip
import json
import re
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sam3d.adaptation.cases import UNSEEN, CaseFiles, read_cases, read_index
from sam3d.adaptation.task import task_of
from task_cases import CLASSES, LABELS, SHAPE_KJI, SPACING_MM_KJI, balls, nifti, task_case, write_case


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


@pytest.mark.parametrize("name", ["cases", "caseId", "patientKey", "image", "labelmap"])
def test_what_an_index_lacks_is_named(name: str, tmp_path: Path) -> None:
    index = index_of([write_case(tmp_path, 1)])
    for holder in (index, *index["cases"]):
        holder.pop(name, None)
    (tmp_path / "cases.json").write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(ValueError, match=f"cases.json lacks {name}"):
        read_index(tmp_path)


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


def test_slices_that_nothing_is_known_of_are_told_from_background(tmp_path: Path) -> None:
    files = write_case(tmp_path, 1)
    labels = balls(1)[1]
    labels[9:11] = UNSEEN
    files.labelmap.write_bytes(nifti(labels))
    (case,) = read_cases([files], LABELS)
    assert case.unseen is not None
    np.testing.assert_array_equal(case.unseen, labels == UNSEEN)
    np.testing.assert_array_equal(case.labels, np.where(labels == UNSEEN, 0, labels))
    files.labelmap.write_bytes(nifti(balls(1)[1]))
    assert read_cases([files], LABELS)[0].unseen is None

"""What the comparison with the served product rests on: the series written, and the objects read back."""

import io
from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
import pytest

pydicom = pytest.importorskip("pydicom", reason="pydicom is not installed: nothing to write DICOM with")

from conftest import ZOO  # noqa: E402
from sam3d.data.nifti import read_canonical  # noqa: E402
from sam3d.data.region_image import Volume  # noqa: E402
from sam3d.evaluation import served  # noqa: E402
from sam3d.evaluation.cases import Case  # noqa: E402
from sam3d.evaluation.dicom_series import DicomSeries, dicom_series  # noqa: E402
from sam3d.evaluation.engine import OnnxEngine  # noqa: E402
from sam3d.evaluation.segmentation_object import mask_of  # noqa: E402
from sam3d.evaluation.served import OPENINGS, agreement, chosen_cases, compare, play_ways  # noqa: E402
from sam3d.evaluation.served_product import part10_of, prompt_of  # noqa: E402
from sam3d.evaluation.served_table import HTTP, ONNX, PYTORCH  # noqa: E402
from sam3d.evaluation.simulated_reader import GridBox, GridClick  # noqa: E402

SHAPE = (4, 6, 5)
SPACING_MM = (3.27, 1.5, 0.75)
SPACING_TOLERANCE_MM = 1e-6  # NIfTI holds float32


def write_nifti(path: Path, voxels: np.ndarray) -> None:
    """voxels (K, J, I) along S, P, L; stored as i to the Right, j to the Anterior, k to the Inferior"""
    k, j, i = SPACING_MM
    stored = voxels[::-1, ::-1, ::-1].transpose(2, 1, 0)
    nibabel.save(nibabel.Nifti1Image(stored, np.diag([i, j, -k, 1])), path)


def random_voxels() -> np.ndarray:
    return np.random.default_rng(0).integers(-1000, 3000, SHAPE).astype(np.int16)


def small_series(modality: str = "CT") -> DicomSeries:
    return dicom_series(Volume(random_voxels(), np.array(SPACING_MM)), modality)


@pytest.mark.parametrize("modality", ["CT", "MR"])
def test_nifti_comes_back_from_dicom_voxel_for_voxel(tmp_path: Path, modality: str) -> None:
    voxels = random_voxels()
    write_nifti(tmp_path / "volume.nii.gz", voxels)
    volume = Volume(*read_canonical(tmp_path / "volume.nii.gz"))
    series = dicom_series(volume, modality)
    images = [pydicom.dcmread(io.BytesIO(part10_of(image))) for image in series.slices]
    assert np.array_equal(np.stack([image.pixel_array for image in images]), voxels)
    positions = np.array([image.ImagePositionPatient for image in images], float)
    assert np.allclose(np.diff(positions, axis=0), [0, 0, SPACING_MM[0]], atol=SPACING_TOLERANCE_MM)
    for image in images:
        assert image.Modality == modality
        assert np.allclose(image.PixelSpacing, SPACING_MM[1:], atol=SPACING_TOLERANCE_MM)
        assert float(image.SpacingBetweenSlices) == pytest.approx(SPACING_MM[0], abs=SPACING_TOLERANCE_MM)
        assert [float(x) for x in image.ImageOrientationPatient] == [1, 0, 0, 0, 1, 0]
        assert (image.RescaleSlope, image.RescaleIntercept) == (1, 0)
    assert len({image.SOPInstanceUID for image in images}) == SHAPE[0]
    assert len({(image.StudyInstanceUID, image.SeriesInstanceUID) for image in images}) == 1


def test_a_series_as_read_keeps_voxels_and_spacing() -> None:
    volume = small_series().volume()
    assert np.array_equal(volume.voxels, random_voxels())
    assert volume.spacing_mm.tolist() == list(SPACING_MM)


def test_fractions_are_refused() -> None:
    with pytest.raises(ValueError, match="int16"):
        dicom_series(Volume(np.full(SHAPE, 0.5), np.array(SPACING_MM)), "CT")


def test_a_click_lies_at_the_centre_of_its_voxel() -> None:
    series = small_series()
    click = GridClick(np.array([2, 3, 1]), False)
    prompt = prompt_of(click, series)
    x, y, z = (float(value) for value in series.slices[2].ImagePositionPatient)
    assert prompt["pointLps"] == pytest.approx([x + 1 * SPACING_MM[2], y + 3 * SPACING_MM[1], z])
    assert prompt["polarity"] == "exclude"
    # A box reaches half a voxel beyond the centres of those it begins and ends with.
    box = prompt_of(GridBox(np.array([2, 3, 1]), np.array([4, 3, 1])), series)
    low, high = (np.array(corner) for corner in box["cornersLps"])
    assert low == pytest.approx(np.array(prompt["pointLps"]) - np.array(SPACING_MM[::-1]) / 2)
    assert high - low == pytest.approx(np.array([1, 1, 3]) * SPACING_MM[::-1])


def segmentation_of(mask: np.ndarray, series: DicomSeries) -> "pydicom.Dataset":
    """By another library than the one under test; it leaves empty slices out."""
    highdicom = pytest.importorskip("highdicom", reason="highdicom is not installed: no object to read")
    from pydicom.sr.codedict import codes

    segment = highdicom.seg.SegmentDescription(
        segment_number=1,
        segment_label="Evaluated",
        segmented_property_category=codes.SCT.Tissue,
        segmented_property_type=codes.SCT.Tissue,
        algorithm_type="MANUAL",
    )
    return highdicom.seg.Segmentation(
        series.slices,
        mask.astype(np.uint8),
        "BINARY",
        [segment],
        *(pydicom.uid.generate_uid(), 2, pydicom.uid.generate_uid(), 1),
        manufacturer="Evaluation",
        manufacturer_model_name="Evaluation",
        software_versions="0",
        device_serial_number="0",
    )


def test_frames_are_put_into_their_slices() -> None:
    series = small_series()
    mask = np.random.default_rng(1).random(SHAPE) > 0.5
    mask[1] = False
    segmentation = segmentation_of(mask, series)
    assert segmentation.NumberOfFrames == SHAPE[0] - 1
    assert np.array_equal(mask_of(segmentation, series.grid), mask)


def test_frames_in_any_order_are_put_into_their_slices() -> None:
    series = small_series()
    mask = np.random.default_rng(1).random(SHAPE) > 0.5
    segmentation = segmentation_of(mask[::-1], series._replace(slices=series.slices[::-1]))
    assert np.array_equal(mask_of(segmentation, series.grid), mask)


def test_frames_beside_the_grid_are_refused() -> None:
    series = small_series()
    segmentation = segmentation_of(np.ones(SHAPE, bool), series)
    with pytest.raises(ValueError, match="none of the slices"):
        mask_of(segmentation, series.grid._replace(origin_lps=series.grid.origin_lps + [0, 0, 1.0]))
    with pytest.raises(ValueError, match="none of the slices"):
        mask_of(segmentation, series.grid._replace(origin_lps=series.grid.origin_lps + [0.1, 0, 0]))


def test_agreement_of_empty_masks_is_whole() -> None:
    empty, full = np.zeros(SHAPE, bool), np.ones(SHAPE, bool)
    assert agreement(empty, empty) == 1
    assert agreement(empty, full) == 0


def test_a_case_of_ct_or_mr_is_chosen_where_a_set_has_one() -> None:
    cases = [
        Case(name, entry, "", "", 1)
        for name, entry in [("a", "us"), ("a", "ct"), ("a", "mr"), ("b", "mr"), ("c", "us")]
    ]
    chosen = chosen_cases({"us": "US (TRUS)", "ct": "CT", "mr": "MR T1"}, cases)
    assert [(case.set_name, modality) for case, modality in chosen] == [("a", "CT"), ("b", "MR"), ("c", "US")]


def test_all_ways_are_asked_the_same_clicks() -> None:
    truth = np.zeros((12, 12, 12), bool)
    truth[2:10, 2:10, 2:10] = True
    less = truth.copy()
    less[2:4] = False
    asked: dict[str, list[GridClick]] = {}

    def way(name: str, masks: list[np.ndarray]) -> Callable[[list[GridClick]], np.ndarray]:
        def answer(clicks: list[GridClick]) -> np.ndarray:
            asked[name] = list(clicks)
            return masks[min(len(clicks), len(masks)) - 1]

        return answer

    ways = {PYTORCH: way(PYTORCH, [truth]), ONNX: way(ONNX, [less, truth]), HTTP: way(HTTP, [less])}
    record = play_ways(ways, Volume(truth, np.ones(3)), truth, Case("a", "b", "", "", 1), OPENINGS["click"])
    assert record["dice"] == {PYTORCH: [1.0, 1.0], ONNX: [0.8571, 1.0], HTTP: [0.8571, 0.8571]}
    assert record["agreement"] == {PYTORCH: 0.8571, HTTP: 0.8571}
    assert [click.include for click in asked[ONNX]] == [True, True]
    assert asked[PYTORCH] == asked[ONNX] == asked[HTTP]


class FakeProduct:
    """Answers with all that is bright; knows what it was asked."""

    def __init__(self) -> None:
        self.stored: list[DicomSeries] = []
        self.asked: list[int] = []

    def store(self, series: DicomSeries) -> None:
        self.stored.append(series)

    def remove(self, series: DicomSeries) -> None:
        self.stored.remove(series)

    def predict(self, series: DicomSeries, model_id: str, clicks: list[GridClick]) -> np.ndarray:
        assert self.stored == [series] and model_id == "model"
        self.asked.append(len(clicks))
        return series.volume().voxels > 50


@pytest.mark.parametrize("modality, ways", [("CT", {PYTORCH, ONNX, HTTP}), ("PET", {PYTORCH, ONNX})])
def test_only_what_can_be_stored_is_served(
    monkeypatch: pytest.MonkeyPatch, modality: str, ways: set[str]
) -> None:
    truth = np.zeros((24, 48, 48), bool)
    truth[8:16, 16:32, 16:32] = True
    noise = np.random.default_rng(0).integers(-20, 20, truth.shape)
    volume = Volume((noise + 100 * truth).astype(np.int16), np.array([2.0, 1.0, 1.0]))
    monkeypatch.setattr("sam3d.evaluation.served.load_case", lambda *_: (volume, truth))
    product, engine = FakeProduct(), OnnxEngine(ZOO)
    case = Case("a", "b", "", "", 1)
    engines = {PYTORCH: engine, ONNX: engine}
    record = compare(engines, product, "model", case, modality, OPENINGS["click"])  # type: ignore[arg-type]
    assert set(record["dice"]) == ways
    assert record["agreement"][PYTORCH] == 1
    assert product.stored == []
    if HTTP in ways:
        assert product.asked == list(range(1, len(record["dice"][ONNX]) + 1))
        assert set(record["dice"][HTTP]) == {1.0}


@pytest.mark.parametrize("words", [["--split", "train"], ["--cases", "1"]], ids=" ".join)
def test_what_is_no_result_is_not_logged_where_results_are(words: list[str]) -> None:
    shown, other = (served.read_arguments(["--model", "zoo", *more]).log for more in ([], words))
    assert (shown, other) == (Path("records/served.jsonl"), Path("runs/served.jsonl"))

"""The running product, seen over HTTP: DICOMweb to store a series, the API to segment it."""

import io
import json
from http.client import HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset

from .dicom_series import DicomSeries
from .segmentation_object import mask_of
from .simulated_reader import GridBox, GridClick

GridPrompt = GridClick | GridBox

TIMEOUT_S = 300
EMPTY_SEGMENTATION = 422  # an answer, too: nothing is there to be put into an object


class ServedProduct:
    """url: the root, e.g. http://127.0.0.1:3000"""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def model_version(self, model_id: str) -> str | None:
        """None where no such model is served."""
        with self.ask("GET", "/api/v1/capabilities") as reply:
            models = json.load(reply)["models"]
        return next((model["version"] for model in models if model["id"] == model_id), None)

    def store(self, series: DicomSeries) -> None:
        boundary = uuid4().hex
        parts = [
            b"--" + boundary.encode() + b"\r\nContent-Type: application/dicom\r\n\r\n" + part10 + b"\r\n"
            for part10 in map(part10_of, series.slices)
        ]
        body = b"".join(parts) + b"--" + boundary.encode() + b"--\r\n"
        media_type = f'multipart/related; type="application/dicom"; boundary={boundary}'
        with self.ask("POST", "/dicom-web/studies", body, media_type) as reply:
            if reply.status != 200:  # 202: some of the slices only
                raise RuntimeError(f"the series was not stored whole: {reply.read().decode()}")

    def remove(self, series: DicomSeries) -> None:
        self.ask("DELETE", f"/dicom-web/studies/{series.study_uid}").close()

    def predict(self, series: DicomSeries, model_id: str, prompts: list[GridPrompt]) -> np.ndarray:
        """→ mask after all prompts, (K, J, I) bool"""
        request = {
            "studyInstanceUID": series.study_uid,
            "seriesInstanceUID": series.series_uid,
            "model": model_id,
            "segments": [
                {"label": "Evaluated", "prompts": [prompt_of(prompt, series) for prompt in prompts]}
            ],
        }
        try:
            body = json.dumps(request).encode()
            with self.ask("POST", "/api/v1/predictions", body, "application/json") as reply:
                return mask_of(dcmread(io.BytesIO(reply.read())), series.grid)
        except HTTPError as error:
            if error.code != EMPTY_SEGMENTATION:
                raise RuntimeError(f"{error}: {error.read().decode()}") from error
            return np.zeros(series.grid.shape, bool)

    def ask(
        self, method: str, path: str, body: bytes | None = None, media_type: str | None = None
    ) -> HTTPResponse:
        headers = {"Content-Type": media_type} if media_type else {}
        return urlopen(Request(self.url + path, body, headers, method=method), timeout=TIMEOUT_S)


def part10_of(image: Dataset) -> bytes:
    buffer = io.BytesIO()
    image.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def prompt_of(prompt: GridPrompt, series: DicomSeries) -> dict[str, Any]:
    if isinstance(prompt, GridBox):
        corners = prompt.low_voxel - 0.5, prompt.high_voxel + 0.5
        return {"kind": "box", "cornersLps": [series.grid.to_lps(corner).tolist() for corner in corners]}
    return {
        "kind": "point",
        "pointLps": series.grid.to_lps(prompt.voxel).tolist(),
        "polarity": "include" if prompt.include else "exclude",
    }

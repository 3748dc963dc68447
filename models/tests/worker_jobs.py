"""A job of two patients, and a worker that does it."""

import json
from typing import Any

from conftest import ZOO
from fake_worker_server import PREFIX, FakeServer, client_of
from sam3d.worker.__main__ import work
from task_cases import CLASSES, balls, nifti

QUICK = {"steps": 1, "rank": 2, "seed": 3, "folds": 2}
PATIENTS = ("a", "b")


def job(**changes: Any) -> dict[str, Any]:
    manifest = json.loads((ZOO / "manifest.json").read_text(encoding="utf-8"))
    return {
        "id": "job-1",
        "leaseSeconds": 60,
        "method": "samed",
        "base": {"model": manifest["id"], "version": manifest["version"]},
        "title": "Two organs",
        "modalities": ["CT"],
        "classes": CLASSES,
        "settings": QUICK,
        "cases": [
            {
                "caseId": f"case-{seed}",
                "patientKey": patient,
                "fold": seed,
                "imageUrl": f"{PREFIX}job-1/cases/{seed}/image",
                "labelmapUrl": f"{PREFIX}job-1/cases/{seed}/labelmap",
            }
            for seed, patient in enumerate(PATIENTS, 1)
        ],
    } | changes


def case_files() -> dict[str, bytes]:
    files = {}
    for seed in range(1, len(PATIENTS) + 1):
        image, labels = balls(seed)
        files[f"{PREFIX}job-1/cases/{seed}/image"] = nifti(image)
        files[f"{PREFIX}job-1/cases/{seed}/labelmap"] = nifti(labels)
    return files


def work_once(server: FakeServer, token: str | None = None) -> None:
    work(client_of(server, token), "worker-1", ZOO.parent, once=True)

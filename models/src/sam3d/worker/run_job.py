"""A job as the server describes it → a task package, sent back."""

import logging
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sam3d.adaptation.base import Base, base_of
from sam3d.adaptation.cases import CaseFiles, read_cases
from sam3d.adaptation.job import Job, OtherCheckpoint
from sam3d.adaptation.methods import METHODS, config_of, refuse_unpackaged
from sam3d.adaptation.package import Learned, package_files, write_package
from sam3d.adaptation.progress import JobCancelled, Progress
from sam3d.adaptation.settings import TaskSettings
from sam3d.adaptation.task import task_of
from sam3d.adaptation.train import new_model

from .client import WorkerClient
from .lease import Lease
from .package_size import refuse_too_large
from .problem import LeaseLost, ServerBusy

SETTING_NAMES = {"rank": "lora_rank", "synthesisShare": "synthesis_share"}  # where the job's is not ours
OF_SOME_METHODS = ("lora_rank", "parts", "change")  # every job has them, for those that know them
PATIENCE_S = 900.0
ASK_AGAIN_S = 15.0

log = logging.getLogger(__name__)
Result = TypeVar("Result")


def settings_of(job: dict[str, Any]) -> TaskSettings:
    """Raises ValueError at settings that no method has."""
    named = {SETTING_NAMES.get(name, name): value for name, value in job["settings"].items()}
    known = {field.name for field in fields(METHODS[job["method"]].config)}
    return config_of(
        job["method"],
        {name: value for name, value in named.items() if name in known or name not in OF_SOME_METHODS},
    )


def base_of_job(job: dict[str, Any], zoo: Path) -> Base:
    wanted = job["base"]
    base = base_of(zoo / wanted["model"])
    if base.version != wanted["version"]:
        raise ValueError(f"this worker has {base.model_id} {base.version}, the job wants {wanted['version']}")
    return base


def patiently(ask: Callable[[], Result], lease: Lease) -> Result:
    """What the server, or the archive behind it, cannot do now it may do later: a job that has learned for
    hours does not fail for one that is started again. Raises LeaseLost and JobCancelled meanwhile, and in the
    end what was wrong."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return ask()
        except (ServerBusy, OSError) as error:
            if time.monotonic() >= until:
                raise
            lease.progress(lease.latest._replace(loss=None, dice=None, line=f"{error}; asked again"))
            time.sleep(ASK_AGAIN_S)


def download(client: WorkerClient, job: dict[str, Any], lease: Lease, folder: Path) -> list[CaseFiles]:
    found = []
    for place, case in enumerate(job["cases"]):
        image, labelmap = folder / f"{place}-image.nii", folder / f"{place}-labelmap.nii"
        image.write_bytes(patiently(partial(client.get, case["imageUrl"]), lease))
        labelmap.write_bytes(patiently(partial(client.get, case["labelmapUrl"]), lease))
        found.append(CaseFiles(case["caseId"], case["patientKey"], image, labelmap, case.get("fold")))
    return found


def package_of(client: WorkerClient, job: dict[str, Any], zoo: Path, lease: Lease, folder: Path) -> None:
    """Writes it to folder."""
    refuse_unpackaged(job["method"])
    task, settings, base = task_of(job), settings_of(job), base_of_job(job, zoo)
    model = partial(new_model, base, len(task.classes), job["method"], settings)
    refuse_too_large(model())
    with tempfile.TemporaryDirectory() as cases_folder:
        files = download(client, job, lease, Path(cases_folder))
        cases = read_cases(files, [one.label for one in task.classes])
    url = job.get("checkpointUrl")
    checkpoint = patiently(partial(client.get, url), lease) if url else None
    labels = [one.label for one in task.classes]
    try:
        begun = Job(cases, labels, settings, model, lease, checkpoint, base)
    except OtherCheckpoint as error:  # of a worker before it was updated
        lease.progress(Progress("preparation", 0, 1, line=str(error)))
        begun = Job(cases, labels, settings, model, lease, base=base)
    result = begun.run()
    write_package(folder, Learned(str(job["id"]), task, job["method"], base, settings, cases, result))


def run_job(client: WorkerClient, job: dict[str, Any], zoo: Path) -> None:
    """Completes the job, or fails it with a reason; stops where it is cancelled or no longer ours."""
    job_id, lease_id = str(job["id"]), str(job["leaseId"])
    try:
        with Lease(client, job) as lease, tempfile.TemporaryDirectory() as written:
            package_of(client, job, zoo, lease, Path(written))
            for name in package_files(job["method"]):
                data = (Path(written) / name).read_bytes()
                patiently(partial(client.put_file, job_id, lease_id, name, data), lease)
            patiently(partial(client.complete, job_id, lease_id), lease)
            log.info("job %s: done", job_id)
    except JobCancelled:
        client.fail(job_id, lease_id, "cancelled")
        log.info("job %s: cancelled", job_id)
    except LeaseLost as error:
        log.warning("job %s: its lease is lost: %s", job_id, error)
    except Exception as error:  # a job that is too large, say, must not take the next one's worker along
        log.exception("job %s: failed", job_id)
        client.fail(job_id, lease_id, f"{type(error).__name__}: {error}")

"""The worker against a server that answers as the contract says."""

import json
import re
import time
from functools import partial
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from conftest import ZOO
from fake_worker_server import PREFIX, FakeServer, client_of
from sam3d.adaptation.base import versions_in
from sam3d.adaptation.job import JobState
from sam3d.adaptation.package import package_files
from sam3d.adaptation.progress import JobCancelled, Progress
from sam3d.adaptation.task_engine import TaskEngine
from sam3d.data.sliding_window import Plan
from sam3d.export.adaptable_encoder import read_weights
from sam3d.export.manifest import sha256_of
from sam3d.worker.__main__ import token_of, work
from sam3d.worker.client import PROTOCOL
from sam3d.worker.lease import Lease
from sam3d.worker.problem import LeaseLost, ServerBusy, ServerProblem, WorkerOutdated
from sam3d.worker.run_job import patiently
from task_cases import CLASSES, task_case
from worker_jobs import QUICK, case_files, job, work_once


def test_without_a_job_nothing_happens() -> None:
    with FakeServer(job(), {}) as server:
        server.state = "done"
        work_once(server)
        assert server.progress == []


def test_a_job_ends_as_a_task_package_that_runs_resumed_where_its_lease_was_lost(tmp_path: Path) -> None:
    with FakeServer(job(), case_files(), token="secret") as server:
        server.lose_lease_after_checkpoint = True
        work_once(server, "secret")
        assert server.state == "queued"
        assert server.checkpoint is not None
        assert server.package == {}

        server.lose_lease_after_checkpoint = False
        before = len(server.progress)
        work_once(server, "secret")
        assert server.state == "done", server.reason
        phases = list(dict.fromkeys(one["phase"] for one in server.progress[before:]))
        assert "fold 1 of 2" not in phases, "what the checkpoint holds is not done again"
        assert "all cases" in phases
        assert all("loss" in one for one in server.progress if one["step"] and "line" not in one)

    assert server.package.keys() == set(package_files("samed"))
    for name, data in server.package.items():
        (tmp_path / name).write_bytes(data)
    task = json.loads(server.package["task.json"])
    assert task["id"] == "job-1"
    assert task["base"]["encoderSha256"] == sha256_of(ZOO / "adaptable_encoder.bin")
    for file in task["files"].values():
        assert sha256_of(tmp_path / file["file"]) == file["sha256"]
    assert [one["label"] for one in task["quality"]["perClass"]] == ["Liver", "Spleen"]
    assert task["quality"]["patients"] == 2
    assert task["provenance"]["config"]["lora_rank"] == QUICK["rank"]
    assert {one["caseId"] for one in task["provenance"]["cases"]} == {"case-1", "case-2"}
    weights = read_weights(ZOO)
    for name, tensor in load_file(tmp_path / "adapter.safetensors").items():
        weight, _, part = name.rpartition(".")
        rows, columns = weights[weight].shape[0], weights[weight][0].size
        assert tensor.shape == {"lora_a": (QUICK["rank"], columns), "lora_b": (rows, QUICK["rank"])}[part]
    card = server.package["CARD.md"].decode()
    assert "Research use" in card
    assert f"{task['quality']['perClass'][0]['dice']:.3f}" in card
    assert sum(map(len, server.package.values())) <= 20 * 2**20

    plan = task["plan"]
    engine = TaskEngine(ZOO, tmp_path)
    volume = task_case(5).volume
    labelmap = engine.segment(volume, Plan(plan["spacingMm"], plan["cubeVoxels"], plan["overlap"]))
    assert labelmap.shape == volume.voxels.shape
    assert np.isin(labelmap, (0, 1, 2)).all()


def test_a_cancelled_job_is_left_and_said_to_be_cancelled() -> None:
    with FakeServer(job(), case_files()) as server:
        server.cancel_at_phase = "preparation"
        work_once(server)
        assert (server.state, server.reason) == ("cancelled", "cancelled")
        assert server.package == {}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"base": {"model": "sam3d-tiny", "version": "0.0.1"}}, "0.0.1"),
        ({"settings": QUICK | {"folds": 1}}, "folds"),
        ({"classes": CLASSES[:1]}, "holds 2"),
        ({"classes": []}, "at least one class"),
        ({"method": "scratch"}, "comparisons"),
    ],
    ids=[
        "another base",
        "no folds",
        "fewer classes",
        "no class",
        "for comparisons",
    ],
)
def test_a_job_that_cannot_be_done_fails_with_its_reason(changes: dict[str, Any], reason: str) -> None:
    with FakeServer(job(**changes), case_files()) as server:
        work_once(server)
        assert server.state == "failed"
        assert server.reason is not None and reason in server.reason


def test_a_job_on_images_that_have_changed_fails_with_that_reason() -> None:
    with FakeServer(job(), case_files()) as server:
        server.series_has_changed = True
        work_once(server)
        assert server.state == "failed", "its lease is not lost"
        assert server.reason is not None and "The images are not those." in server.reason


def test_an_archive_that_is_away_for_a_while_ends_no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sam3d.worker.run_job.ASK_AGAIN_S", 0.0)
    with FakeServer(job(), {PREFIX + "image": b"whole"}) as server:
        client = client_of(server)
        claimed = client.claim("worker-1", ["samed"])
        assert claimed is not None
        server.unreachable_archive_answers = 8
        with Lease(client, claimed) as lease:
            assert patiently(partial(client.get, PREFIX + "image"), lease) == b"whole"
            lines = [one["line"] for one in server.progress if "line" in one]
            assert lines == ["502: the archive does not answer; asked again"] * 2

            monkeypatch.setattr("sam3d.worker.run_job.PATIENCE_S", 0.0)
            server.unreachable_archive_answers = 3
            with pytest.raises(ServerBusy, match="502"):
                patiently(partial(client.get, PREFIX + "image"), lease)

            server.cancel_at_phase, server.unreachable_archive_answers = "preparation", 3
            monkeypatch.setattr("sam3d.worker.run_job.PATIENCE_S", 60.0)
            with pytest.raises(JobCancelled):
                patiently(partial(client.get, PREFIX + "image"), lease)


def test_a_server_that_is_busy_when_the_package_is_handed_over_fails_no_job(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sam3d.worker.run_job.ASK_AGAIN_S", 0.0)
    with FakeServer(job(), case_files()) as server:
        server.busy_uploads = 8
        work_once(server)
        assert server.state == "done", server.reason
        assert server.package.keys() == set(package_files("samed"))
        assert "507: the disk is full; asked again" in {one.get("line") for one in server.progress}


def test_a_server_that_is_away_for_less_than_a_lease_takes_none_away() -> None:
    with FakeServer(job(leaseSeconds=1.0), {}) as server:
        client = client_of(server)
        claimed = client.claim("worker-1", ["samed"])
        assert claimed is not None
        with Lease(client, claimed) as lease:
            server.is_away = True
            lease.progress(Progress("fold 1 of 2", 1, 2, loss=0.5))
            server.is_away = False
            lease.progress(Progress("fold 1 of 2", 2, 2, loss=0.5))
            assert server.progress[-1]["step"] == 2
            server.is_away = True
            with pytest.raises(LeaseLost):
                for _ in range(200):
                    time.sleep(0.02)
                    lease.progress(Progress("fold 2 of 2", 1, 2, loss=0.5))


def test_a_checkpoint_that_is_not_kept_ends_no_job() -> None:
    with FakeServer(job(), {}) as server:
        client = client_of(server)
        claimed = client.claim("worker-1", ["samed"])
        assert claimed is not None
        with Lease(client, claimed) as lease:
            server.disk_is_full = True
            for _ in range(3):
                lease.checkpoint(b"one")
            assert [one["line"] for one in server.progress] == [
                "the checkpoint was not kept: 500: internal error"
            ]
            server.disk_is_full = False
            lease.checkpoint(b"two")
            assert server.checkpoint == b"two"
            server.lease_id = "another's"
            with pytest.raises(LeaseLost):
                lease.checkpoint(b"three")


def test_a_job_with_a_checkpoint_of_other_code_begins_anew() -> None:
    with FakeServer(job(), case_files()) as server:
        other = JobState("settings that this code does not know", fit=2)
        server.checkpoint = other.to_bytes()
        work_once(server)
        assert server.state == "done", server.reason
        lines = [one["line"] for one in server.progress if "line" in one]
        assert "begin anew" in lines[0]
        assert "fold 1 of 2" in {one["phase"] for one in server.progress}


@pytest.mark.parametrize("character", ["a", "\U0001f9e0"], ids=["Latin", "beyond 16 bits"])
def test_what_there_is_more_to_say_than_the_server_takes_is_cut(character: str) -> None:
    """As the scores of a hundred classes, in one line"""
    with FakeServer(job(), {}) as server:
        client = client_of(server)
        claimed = client.claim("worker-1", ["samed"])
        assert claimed is not None
        with Lease(client, claimed) as lease:
            lease.progress(Progress("fold 1 of 2", 1, 1, line=3000 * character))
        assert set(server.progress[-1]["line"]) == {character, "…"}
        client.fail("job-1", claimed["leaseId"], 3000 * character)
        assert server.state == "failed"


def test_every_cube_of_a_case_that_is_scored_is_not_told_to_the_server() -> None:
    with FakeServer(job(), {}) as server:
        client = client_of(server)
        claimed = client.claim("worker-1", ["samed"])
        assert claimed is not None
        with Lease(client, claimed, least_interval_s=60.0) as lease:
            lease.progress(Progress("fold 1 of 2", 1, 1, loss=0.5))
            for _ in range(9):
                lease.progress(Progress("fold 1 of 2", 1, 1))
        assert len(server.progress) == 1


def test_one_patient_alone_is_refused() -> None:
    cases = [case | {"patientKey": "a"} for case in job()["cases"]]
    with FakeServer(job(cases=cases), case_files()) as server:
        work_once(server)
        assert server.reason is not None and "at least 2 patients" in server.reason


@pytest.mark.parametrize("error", [MemoryError("too large"), UnpicklingError("no checkpoint")], ids=repr)
def test_a_worker_outlives_whatever_a_job_does(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr("sam3d.worker.run_job.package_of", refuse)
    with FakeServer(job(), {}) as server:
        work_once(server)
        assert server.state == "failed"
        assert server.reason == f"{type(error).__name__}: {error}"


def test_a_worker_that_is_outdated_says_so_once_and_leaves_the_jobs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def done(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sam3d.worker.__main__.run_job", done)
    with FakeServer(job(), {}) as server:
        server.outdated_answers = 3
        with pytest.raises(KeyboardInterrupt):  # of the job that it gets once it fits
            work(client_of(server), "worker-1", ZOO.parent, once=False, idle_s=0.01)
        assert len(server.claims) == 4
        assert caplog.text.count("Update the worker.") == 1
        manifest = json.loads((ZOO / "manifest.json").read_text(encoding="utf-8"))
        assert server.claims[0]["bases"] == [{"model": manifest["id"], "version": manifest["version"]}]
        assert server.claims[0]["protocol"] == PROTOCOL
        server.outdated_answers = 1
        with pytest.raises(WorkerOutdated, match="Update the worker"):
            work_once(server)


def test_the_worker_speaks_the_servers_protocol() -> None:
    source = Path(__file__).parents[2] / "server/src/application/learning/workerFit.ts"
    (said,) = re.findall(r"WORKER_PROTOCOL = (\d+);", source.read_text(encoding="utf-8"))
    assert int(said) == PROTOCOL


def test_bases_that_cannot_be_learned_on_are_none(tmp_path: Path) -> None:
    for name, manifest in (("whole", '{"version": "1.2.3"}'), ("damaged", "{"), ("bare", '{"version": "1"}')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text(manifest, encoding="utf-8")
        for file in () if name == "bare" else ("weights.pt", "adaptable_encoder.bin"):
            (tmp_path / name / file).touch()
    assert versions_in(tmp_path) == [{"model": "whole", "version": "1.2.3"}]


def test_without_the_token_the_server_refuses() -> None:
    with FakeServer(job(), {}, token="secret") as server, pytest.raises(ServerProblem, match="401"):
        work_once(server, "wrong")


def test_the_token_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secret\n", encoding="utf-8")
    assert token_of(tmp_path / "token") == "secret"


@pytest.mark.parametrize("answer", [b"<html>one moment, please</html>", b"[]"], ids=["page", "list"])
def test_an_answer_that_cannot_be_read_ends_the_job_not_the_heartbeat(answer: bytes) -> None:
    with FakeServer(job(leaseSeconds=0.04), {}) as server:
        claimed = client_of(server).claim("worker-1", ["samed"])
        assert claimed is not None
        server.progress_answer = answer
        with Lease(client_of(server), claimed) as lease:
            while lease.ending is None:
                assert lease.thread.is_alive()
                lease.over.wait(0.01)
        assert isinstance(lease.ending, LeaseLost)


def test_a_lease_is_renewed_while_nothing_is_said() -> None:
    with FakeServer(job(leaseSeconds=0.04), {}) as server:
        claimed = client_of(server).claim("worker-1", ["samed"])
        assert claimed is not None
        with Lease(client_of(server), claimed) as lease:
            while len(server.progress) < 3:
                lease.over.wait(0.01)
        assert all(one["leaseId"] == "lease-1" for one in server.progress)

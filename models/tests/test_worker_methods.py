"""Jobs by every method that the server offers."""

import json
from pathlib import Path

import pytest

from conftest import ZOO
from fake_worker_server import FakeServer
from sam3d.adaptation.methods import METHODS, SERVED
from sam3d.adaptation.package import package_files
from sam3d.adaptation.task_engine import TaskEngine
from sam3d.data.sliding_window import Plan
from sam3d.worker.run_job import settings_of
from task_cases import task_case
from worker_jobs import QUICK, case_files, job, work_once

# As servers send them: all of them, whatever the method
SENT = QUICK | {"synthesisShare": 0.5, "parts": "decoder", "change": "LoRA"}


@pytest.mark.parametrize("method", SERVED)
def test_each_method_takes_of_a_jobs_settings_what_it_knows(method: str) -> None:
    settings = settings_of(job(method=method, settings=SENT))
    assert isinstance(settings, METHODS[method].config)
    assert (settings.steps, settings.seed, settings.synthesis_share) == (1, 3, 0.5)
    assert getattr(settings, "lora_rank", 2) == 2
    assert getattr(settings, "parts", "decoder") == "decoder"
    assert getattr(settings, "change", "LoRA") == "LoRA"


def test_a_setting_that_no_method_has_is_refused() -> None:
    with pytest.raises(ValueError, match="speed"):
        settings_of(job(settings=SENT | {"speed": 2}))


@pytest.mark.parametrize("method", ["scratch", "made_up"])
def test_a_method_that_leaves_nothing_to_serve_fails_the_job(method: str) -> None:
    with FakeServer(job(method=method), case_files()) as server:
        work_once(server)
        assert server.state == "failed"
        assert method in server.reason


def test_a_job_whose_package_no_server_would_take_fails_before_it_learns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As where all weights of a large base are to learn"""
    monkeypatch.setattr("sam3d.worker.package_size.MOST_WEIGHTS_MIB", 16)
    settings = QUICK | {"parts": "encoder+decoder", "change": "vanilla"}
    with FakeServer(job(method="finetuned", settings=settings), case_files()) as server:
        work_once(server)
        assert server.state == "failed"
        assert "16" in server.reason and "let less of the base learn" in server.reason
        assert not server.package and not any("fold" in one["phase"] for one in server.progress)


@pytest.mark.parametrize("method", ["ma_sam", "sam_adapter_3d", "finetuned"])
def test_a_job_ends_as_a_package_with_a_graph_of_its_own_that_runs(method: str, tmp_path: Path) -> None:
    with FakeServer(job(method=method, settings=SENT), case_files()) as server:
        work_once(server)
        assert server.state == "done", server.reason
    assert server.package.keys() == set(package_files(method))
    for name, data in server.package.items():
        (tmp_path / name).write_bytes(data)
    task = json.loads(server.package["task.json"])
    assert task["provenance"]["config"]["synthesis_share"] == SENT["synthesisShare"]
    volume = task_case(5).volume
    plan = Plan(task["plan"]["spacingMm"], task["plan"]["cubeVoxels"], task["plan"]["overlap"])
    assert TaskEngine(ZOO, tmp_path).segment(volume, plan).shape == volume.voxels.shape

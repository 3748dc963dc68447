from pathlib import Path

import pytest
import torch

from sam3d.data.volume_store import DATA_VARIABLE, data_folder

MODELS = Path(__file__).resolve().parents[1]
ZOO = MODELS / "zoo" / "sam3d-tiny"


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)


@pytest.fixture(scope="session")
def data() -> Path:
    folder = data_folder()
    if not (folder / "manifest.json").exists():
        pytest.skip(f"test data absent: no manifest.json in {folder}; set {DATA_VARIABLE}")
    return folder

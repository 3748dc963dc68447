"""Learns what a server's readers ask for: python -m sam3d.worker --url http://127.0.0.1:3000"""

import argparse
import logging
import os
import socket
import time
from pathlib import Path
from urllib.error import URLError

import torch

from sam3d.adaptation.base import versions_in
from sam3d.adaptation.methods import SERVED

from .client import WorkerClient
from .problem import LeaseLost, ServerProblem, WorkerOutdated
from .run_job import run_job

TOKEN_VARIABLE = "TOMOCLICK_WORKER_TOKEN"
ZOO = Path(__file__).resolve().parents[3] / "zoo"
IDLE_S = 5.0

log = logging.getLogger("sam3d.worker")


def token_of(file: Path | None) -> str | None:
    """Of the file, else of the environment"""
    text = os.environ.get(TOKEN_VARIABLE, "") if file is None else file.read_text(encoding="utf-8")
    return text.strip() or None


def work(client: WorkerClient, name: str, zoo: Path, once: bool, idle_s: float = IDLE_S) -> None:
    """once: one job at most, and none that is waited for"""
    said = None
    while True:
        job = None
        try:
            job = client.claim(name, SERVED, versions_in(zoo))
            said = None
            if job is not None:
                log.info("job %s: %s", job["id"], job["title"])
                run_job(client, job, zoo)
        except WorkerOutdated as error:  # the jobs wait for a worker that fits
            if once:
                raise
            if str(error) != said:
                said = str(error)
                log.error("%s", said)
        except (URLError, OSError, ServerProblem, LeaseLost) as error:
            if once:
                raise
            log.warning("%s", error)
        if once:
            return
        if job is None:
            time.sleep(idle_s)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="the server's root")
    parser.add_argument("--once", action="store_true", help="end after one job, or without one")
    parser.add_argument("--token-file", type=Path, help=f"else {TOKEN_VARIABLE}")
    parser.add_argument("--name", default=socket.gethostname()[:64])
    parser.add_argument("--zoo", type=Path, default=ZOO, help="folder of base models")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    torch.set_flush_denormal(True)
    client = WorkerClient(arguments.url, token_of(arguments.token_file))
    try:
        work(client, arguments.name, arguments.zoo, arguments.once)
    except KeyboardInterrupt:
        log.info("stopped")


if __name__ == "__main__":
    main()

"""A job that is ours as long as we say that it goes on."""

import logging
import threading
import time
from typing import Any

from sam3d.adaptation.progress import JobCancelled, Progress

from .client import WorkerClient
from .problem import LeaseLost, ServerBusy, ServerProblem

POSTS_PER_LEASE = 4  # of the heartbeat
LEAST_INTERVAL_S = 0.5  # between two points of a curve

log = logging.getLogger(__name__)


class Lease:
    """Sends progress, and a heartbeat from a thread of its own while nothing is said. Both learn whether the
    job is to stop; it is told at its next step."""

    def __init__(
        self, client: WorkerClient, job: dict[str, Any], least_interval_s: float = LEAST_INTERVAL_S
    ) -> None:
        self.client, self.job_id, self.lease_id = client, str(job["id"]), str(job["leaseId"])
        self.least_interval_s = least_interval_s
        self.lease_s = float(job["leaseSeconds"])
        self.interval_s = self.lease_s / POSTS_PER_LEASE
        self.latest = Progress("preparation", 0, 1)
        self.sent_at = 0.0
        self.renewed_at = time.monotonic()
        self.ending: Exception | None = None
        self.unkept: str | None = None  # why the latest checkpoint was not
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.beat, daemon=True)

    def __enter__(self) -> "Lease":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    def beat(self) -> None:
        while not self.over.wait(self.interval_s):
            if time.monotonic() - self.sent_at >= self.interval_s and self.ending is None:
                latest = self.latest
                self.post(Progress(latest.phase, latest.step, latest.steps))

    def progress(self, progress: Progress) -> None:
        """Raises JobCancelled or LeaseLost."""
        self.latest = progress
        ended = progress.step == progress.steps and progress.loss is not None
        if progress.line or ended or time.monotonic() - self.sent_at >= self.least_interval_s:
            self.post(progress)
        if self.ending is not None:
            raise self.ending

    def post(self, progress: Progress) -> None:
        content = {name: value for name, value in progress._asdict().items() if value is not None}
        with self.lock:
            asked_at = time.monotonic()
            try:
                if self.client.progress(self.job_id, {"leaseId": self.lease_id, **content}):
                    self.ending = JobCancelled()
                self.renewed_at = asked_at
            except LeaseLost as error:
                self.ending = error
            except (ServerBusy, OSError) as error:
                # A lease ends by itself: who could not say for so long that it goes on has lost it.
                if time.monotonic() - self.renewed_at >= self.lease_s:
                    self.ending = LeaseLost(str(error))
            except ServerProblem as error:
                self.ending = LeaseLost(str(error))
            self.sent_at = time.monotonic()

    def checkpoint(self, data: bytes) -> None:
        """One that the server does not take, say because its disk is full, is no end of hours of learning:
        the log says so, once. Raises LeaseLost."""
        try:
            self.client.put_checkpoint(self.job_id, self.lease_id, data)
            self.unkept = None
        except (ServerProblem, OSError) as error:
            log.warning("job %s: no checkpoint: %s", self.job_id, error)
            line = f"the checkpoint was not kept: {error}"
            if line != self.unkept:
                self.post(Progress(self.latest.phase, self.latest.step, self.latest.steps, line=line))
            self.unkept = line

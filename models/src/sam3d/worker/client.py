"""The worker's side of the server's HTTP interface."""

import json
import logging
import time
from collections.abc import Sequence
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urljoin
from urllib.request import HTTPRedirectHandler, Request, build_opener

from .problem import (
    LeaseLost,
    ServerBusy,
    ServerProblem,
    WorkerOutdated,
    detail_of,
    says_lease_is_lost,
    says_worker_is_outdated,
)
from .spoken import spoken

PATH = "/api/v1/adaptation-worker/"
# How worker and server deal with each other; the server's own is in workerFit.ts.
PROTOCOL = 3
TIMEOUT_S = 60.0
# The server waits ten minutes for a series, and gives up what nobody waits for: asked again, it begins anew.
DOWNLOAD_TIMEOUT_S = 660.0
RETRY_DELAYS_S = (0.5, 1.0, 2.0, 4.0)  # a server that is started again is away for a moment
CONFLICT = 409
BUSY = (429, 502, 503, 504, 507)
JSON = "application/json"
BYTES = "application/octet-stream"

log = logging.getLogger(__name__)


class NoRedirection(HTTPRedirectHandler):
    """The token would go along to wherever the answer says."""

    def redirect_request(self, *_: object) -> None:
        return None


opener = build_opener(NoRedirection)


def object_of(body: bytes) -> dict[str, Any]:
    """Raises ServerProblem where it is none, say a page of whatever stands before the server."""
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise ServerProblem(f"the answer cannot be read: {error}") from error
    if not isinstance(answer, dict):
        raise ServerProblem("the answer is no JSON object")
    return answer


def redirection(error: HTTPError) -> str | None:
    location = error.headers.get("Location") if 300 <= error.code < 400 else None
    return location and f"it redirects to {location}: start the worker with the server's own address"


class WorkerClient:
    def __init__(
        self, server: str, token: str | None = None, retry_delays_s: Sequence[float] = RETRY_DELAYS_S
    ) -> None:
        """server: address of its root"""
        self.server = server.rstrip("/") + "/"
        self.headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self.retry_delays_s = retry_delays_s

    def claim(
        self, worker: str, methods: Sequence[str], bases: Sequence[dict[str, str]] = ()
    ) -> dict[str, Any] | None:
        """bases: model and version of each. A job, None where there is none; raises WorkerOutdated."""
        said = {"worker": worker, "methods": list(methods), "protocol": PROTOCOL, "bases": list(bases)}
        body = self.post("claim", said)
        return object_of(body) if body else None

    def progress(self, job_id: str, content: dict[str, Any]) -> bool:
        """Renews the lease → whether the job is to be cancelled"""
        said = {name: spoken(value) if name == "line" else value for name, value in content.items()}
        return bool(object_of(self.post(f"{quote(job_id)}/progress", said)).get("cancel"))

    def put_checkpoint(self, job_id: str, lease_id: str, data: bytes) -> None:
        self.put(f"{quote(job_id)}/checkpoint?leaseId={quote(lease_id)}", data)

    def put_file(self, job_id: str, lease_id: str, name: str, data: bytes) -> None:
        self.put(f"{quote(job_id)}/files/{quote(name)}?leaseId={quote(lease_id)}", data)

    def complete(self, job_id: str, lease_id: str) -> None:
        self.post(f"{quote(job_id)}/complete", {"leaseId": lease_id})

    def fail(self, job_id: str, lease_id: str, reason: str) -> None:
        self.post(f"{quote(job_id)}/fail", {"leaseId": lease_id, "reason": spoken(reason)})

    def get(self, url: str) -> bytes:
        """url: as a job names it, relative to the server's root"""
        address = urljoin(self.server, url)
        if not address.startswith(self.server):  # the token is for this server alone
            raise ServerProblem(f"{url} is not on {self.server}")
        return self.send(Request(address, headers=self.headers), DOWNLOAD_TIMEOUT_S)

    def post(self, path: str, content: dict[str, Any]) -> bytes:
        return self.send(self.request("POST", path, json.dumps(content).encode(), JSON))

    def put(self, path: str, data: bytes) -> bytes:
        return self.send(self.request("PUT", path, data, BYTES))

    def request(self, method: str, path: str, data: bytes, content_type: str) -> Request:
        address = urljoin(self.server, PATH.lstrip("/") + path)
        return Request(
            address, data=data, method=method, headers={**self.headers, "Content-Type": content_type}
        )

    def send(self, request: Request, timeout_s: float | None = None) -> bytes:
        """timeout_s: a long one, which is waited for once. Raises LeaseLost, ServerProblem (ServerBusy where
        it may answer later), and URLError or TimeoutError where the server cannot be reached for a while."""
        for delay_s in (*self.retry_delays_s, None):
            try:
                with opener.open(request, timeout=timeout_s or TIMEOUT_S) as response:
                    return response.read()
            except HTTPError as error:
                body = error.read()
                detail = redirection(error) or detail_of(body)
                if error.code == CONFLICT and says_lease_is_lost(body):
                    raise LeaseLost(detail) from error
                if says_worker_is_outdated(body):
                    raise WorkerOutdated(detail) from error
                if error.code not in BUSY:
                    raise ServerProblem(f"{error.code}: {detail}") from error
                if delay_s is None:
                    raise ServerBusy(f"{error.code}: {detail}") from error
                log.warning("%s: %s, tried again", error.code, detail)
            except (URLError, ConnectionError, TimeoutError) as error:
                has_waited_long = timeout_s is not None and isinstance(error, TimeoutError)
                if delay_s is None or has_waited_long:
                    raise
                log.warning("%s, tried again", error)
            except HTTPException as error:  # of a server that ends while it answers
                if delay_s is None:
                    raise URLError(f"the answer broke off: {error!r}") from error
                log.warning("the answer broke off: %r, tried again", error)
            time.sleep(delay_s)
        raise AssertionError("unreachable")

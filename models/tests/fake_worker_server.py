"""The server's side of the worker's interface, in memory."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sam3d.worker.client import WorkerClient

LONGEST_TEXT = 2000  # UTF-16 units
PREFIX = "/api/v1/adaptation-worker/"


class FakeServer(ThreadingHTTPServer):
    """One job, which is queued until it is claimed. Answers as the contract says."""

    def __init__(self, job: dict[str, Any], files: dict[str, bytes], token: str | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.job, self.files, self.token = job, files, token
        self.state = "queued"
        self.leases = 0
        self.lease_id: str | None = None
        self.progress: list[dict[str, Any]] = []
        self.checkpoint: bytes | None = None
        self.package: dict[str, bytes] = {}
        self.reason: str | None = None
        self.cancel_at_phase: str | None = None
        self.lose_lease_after_checkpoint = False
        self.busy_answers = 0
        self.progress_answer: bytes | None = None  # instead of the contract's
        self.broken_answers = 0  # to downloads
        self.unreachable_archive_answers = 0  # to downloads
        self.series_has_changed = False
        self.download_s = 0.0  # until the first byte
        self.disk_is_full = False
        self.busy_uploads = 0  # of files of the package
        self.is_away = False
        self.claims: list[dict[str, Any]] = []
        self.outdated_answers = 0  # to claims
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> "FakeServer":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.thread.join()
        self.server_close()

    def claimed(self) -> dict[str, Any] | None:
        if self.state != "queued":
            return None
        self.leases += 1
        self.state, self.lease_id = "running", f"lease-{self.leases}"
        checkpoint = None if self.checkpoint is None else f"{PREFIX}{self.job['id']}/checkpoint"
        return self.job | {"leaseId": self.lease_id, "checkpointUrl": checkpoint}


class Handler(BaseHTTPRequestHandler):
    server: FakeServer

    def log_message(self, *_: object) -> None:
        """Silent"""

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def refused(self, lease_id: str | None) -> bool:
        if lease_id == self.server.lease_id:
            return False
        self.answer(409, json.dumps({"code": "lease-lost", "detail": "another's lease"}).encode())
        return True

    def unauthenticated(self) -> bool:
        token = self.server.token
        if token is None or self.headers.get("Authorization") == f"Bearer {token}":
            return False
        self.answer(401, b'{"detail": "a token is needed"}')
        return True

    def do_GET(self) -> None:
        if self.unauthenticated():
            return
        time.sleep(self.server.download_s)
        if self.server.unreachable_archive_answers > 0:
            self.server.unreachable_archive_answers -= 1
            self.answer(502, b'{"detail": "the archive does not answer"}')
        elif self.server.series_has_changed:
            self.answer(409, b'{"code": "series-changed", "detail": "The images are not those."}')
        elif self.server.broken_answers > 0:
            self.server.broken_answers -= 1
            self.send_response(200)
            self.send_header("Content-Length", "9")
            self.end_headers()
            self.wfile.write(b"half")
        elif self.path.endswith("/checkpoint"):
            self.answer(200, self.server.checkpoint or b"")
        else:
            self.answer(200, self.server.files[self.path])

    def do_PUT(self) -> None:
        data, address = self.body(), urlsplit(self.path)
        if self.unauthenticated() or self.refused(parse_qs(address.query)["leaseId"][0]):
            return
        name = address.path.rsplit("/", 1)[1]
        if name != "checkpoint" and self.server.busy_uploads > 0:
            self.server.busy_uploads -= 1
            self.answer(507, b'{"detail": "the disk is full"}')
            return
        if name == "checkpoint" and self.server.disk_is_full:
            self.answer(500, b'{"detail": "internal error"}')
            return
        if name == "checkpoint":
            self.server.checkpoint = data
            if self.server.lose_lease_after_checkpoint:
                self.server.lease_id, self.server.state = None, "queued"
        else:
            self.server.package[name] = data
        self.answer(204)

    def do_POST(self) -> None:
        server, body = self.server, json.loads(self.body())
        if server.is_away:
            self.close_connection = True
            return
        if self.unauthenticated():
            return
        if server.busy_answers > 0:
            server.busy_answers -= 1
            self.answer(503, b'{"detail": "busy"}')
            return
        if any(len(str(said).encode("utf-16-le")) > 2 * LONGEST_TEXT for said in body.values()):
            self.answer(400, b'{"detail": "too long"}')
            return
        action = self.path.rsplit("/", 1)[1]
        if action == "claim":
            server.claims.append(body)
            if server.outdated_answers > 0:
                server.outdated_answers -= 1
                self.answer(409, b'{"code": "worker-outdated", "detail": "Update the worker."}')
                return
            job = server.claimed()
            self.answer(204) if job is None else self.answer(200, json.dumps(job).encode())
            return
        if self.refused(body["leaseId"]):
            return
        match action:
            case "progress":
                server.progress.append(body)
                cancel = body["phase"] == server.cancel_at_phase
                server.state = "cancelling" if cancel else server.state
                self.answer(200, server.progress_answer or json.dumps({"cancel": cancel}).encode())
            case "complete":
                server.state = "done"
                self.answer(200, b'{"taskId": "job-1"}')
            case "fail":
                server.state = "cancelled" if server.state == "cancelling" else "failed"
                server.reason = body["reason"]
                self.answer(204)


def client_of(server: FakeServer, token: str | None = None) -> WorkerClient:
    return WorkerClient(server.url, token, retry_delays_s=(0.01, 0.01))

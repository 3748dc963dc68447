"""What the worker asks the server, and how it takes what comes or does not come back."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import URLError

import pytest

from fake_worker_server import FakeServer, client_of
from sam3d.worker.client import WorkerClient
from sam3d.worker.problem import ServerProblem


def test_images_are_waited_for_as_long_as_an_archive_may_take(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("sam3d.worker.client.TIMEOUT_S", 0.1)
    with FakeServer({"id": "job-1"}, {"/image": b"whole"}) as server:
        server.download_s = 0.5
        assert client_of(server).get("/image") == b"whole"
        monkeypatch.setattr("sam3d.worker.client.DOWNLOAD_TIMEOUT_S", 0.1)
        with pytest.raises(TimeoutError):  # of a server that hangs: whoever asks first looks after the lease
            client_of(server).get("/image")
        assert "tried again" not in caplog.text


def test_a_server_that_is_busy_for_a_moment_is_asked_again() -> None:
    with FakeServer({"id": "job-1"}, {}) as server:
        server.busy_answers = 2
        assert client_of(server).claim("worker-1", ["samed"]) is not None
        server.state, server.busy_answers = "queued", 9
        with pytest.raises(ServerProblem, match="503: busy"):
            client_of(server).claim("worker-1", ["samed"])


def test_an_answer_that_breaks_off_is_asked_for_again() -> None:
    with FakeServer({"id": "job-1"}, {"/image": b"whole"}) as server:
        server.broken_answers = 2
        assert client_of(server).get("/image") == b"whole"
        server.broken_answers = 9
        with pytest.raises(URLError, match="broke off"):
            client_of(server).get("/image")


def test_the_token_goes_to_the_jobs_own_server_alone() -> None:
    with FakeServer({"id": "job-1"}, {}) as server, pytest.raises(ServerProblem, match="is not on"):
        client_of(server, "secret").get("http://192.0.2.1/image")


def test_the_token_follows_no_redirection() -> None:
    asked: list[str | None] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers["Authorization"])
            moved = self.path == "/moved"
            self.send_response(302 if moved else 200)
            if moved:
                self.send_header("Location", f"http://localhost:{self.server.server_address[1]}/there")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        client = WorkerClient(f"http://127.0.0.1:{server.server_address[1]}", "secret")
        with pytest.raises(ServerProblem, match="302: it redirects to http://localhost"):
            client.get("moved")
        server.shutdown()
    assert asked == ["Bearer secret"]

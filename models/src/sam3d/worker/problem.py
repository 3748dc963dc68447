"""What can go wrong between worker and server."""

import json
from typing import Any

LEASE_LOST = "lease-lost"
OUTDATED = "worker-outdated"


class LeaseLost(Exception):
    """The job is another worker's, or over: nothing more of it may be sent."""


class ServerProblem(Exception):
    """The server refused a request, and says why"""


class ServerBusy(ServerProblem):
    """The server, or the archive behind it, could not answer for some time; later it may."""


class WorkerOutdated(ServerProblem):
    """The server gives this worker no jobs: their versions do not fit."""


def problem_of(body: bytes) -> dict[str, Any]:
    """problem+json (RFC 9457); empty of anything else"""
    try:
        problem = json.loads(body.decode("utf-8", "replace"))
    except json.JSONDecodeError:
        return {}
    return problem if isinstance(problem, dict) else {}


def detail_of(body: bytes) -> str:
    """Of a problem, else the text itself"""
    problem = problem_of(body)
    text = body.decode("utf-8", "replace")
    return str(problem.get("detail") or problem.get("title") or text[:500])


def says_lease_is_lost(body: bytes) -> bool:
    """Of an answer of 409, which images that have changed get, too; true of one without a code."""
    return problem_of(body).get("code", LEASE_LOST) == LEASE_LOST


def says_worker_is_outdated(body: bytes) -> bool:
    return problem_of(body).get("code") == OUTDATED

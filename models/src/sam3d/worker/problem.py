"""What can go wrong between worker and server."""

import json


class LeaseLost(Exception):
    """The job is another worker's, or over: nothing more of it may be sent."""


class ServerProblem(Exception):
    """The server refused a request, and says why"""


class ServerBusy(ServerProblem):
    """The server, or the archive behind it, could not answer for some time; later it may."""


def detail_of(body: bytes) -> str:
    """Of problem+json (RFC 9457), else the text itself"""
    text = body.decode("utf-8", "replace")
    try:
        problem = json.loads(text)
        return str(problem.get("detail") or problem.get("title") or text)
    except (json.JSONDecodeError, AttributeError):
        return text[:500]

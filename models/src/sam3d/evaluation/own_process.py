"""Runs of an evaluation apart from each other."""

import multiprocessing
from collections.abc import Callable
from typing import Any


def in_own_process(run: Callable[..., None], given: tuple[Any, ...]) -> int:
    """One for each run: its peak of memory is its own, and a failure ends that run alone. → exit code"""
    process = multiprocessing.get_context("spawn").Process(target=run, args=given)
    process.start()
    process.join()
    return process.exitcode or 0

"""What is to be learned: coded classes of images of some modalities."""

from dataclasses import dataclass
from typing import Any

MOST_CLASSES = 254  # a byte a voxel; as many as servers take


@dataclass(frozen=True)
class CodedTerm:
    value: str
    scheme: str
    meaning: str


@dataclass(frozen=True)
class TaskClass:
    label: str
    category: CodedTerm
    type: CodedTerm


@dataclass(frozen=True)
class Task:
    title: str
    modalities: tuple[str, ...]
    classes: tuple[TaskClass, ...]  # in the order of the labelmaps' values, from 1


def task_of(raw: dict[str, Any]) -> Task:
    """Of a job or of cases.json; raises ValueError where something is missing."""
    try:
        classes = tuple(
            TaskClass(one["label"], CodedTerm(**one["category"]), CodedTerm(**one["type"]))
            for one in raw["classes"]
        )
        task = Task(raw["title"], tuple(raw["modalities"]), classes)
    except (KeyError, TypeError) as error:
        raise ValueError(f"title, modalities or classes: {error}") from error
    if not classes or not task.modalities:
        raise ValueError("a task needs at least one class and one modality")
    labels = [one.label for one in classes]
    if len(labels) > MOST_CLASSES or len(set(labels)) < len(labels):
        raise ValueError(f"a task needs each class once, and has {MOST_CLASSES} at most")
    return task

"""Sections of RESULTS.md that are written by themselves and stay when the rest is written anew."""

import re
from pathlib import Path


def section_of(text: str, title: str) -> str:
    """title: its heading, such as `## Learned tasks`; nothing where the text has no such section"""
    found = re.search(rf"^{re.escape(title)}\n.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found.group() if found else ""


def with_section(text: str, section: str) -> str:
    """With the section that its first line names, in the place of the one of that name or at the end"""
    title = section.partition("\n")[0]
    old = section_of(text, title)
    if not old:
        return f"{text.rstrip()}\n\n{section.rstrip()}\n"
    before, _, after = text.partition(old)
    return f"{before}{section.rstrip()}\n\n{after}".rstrip() + "\n"


def write_section(path: Path, section: str) -> None:
    """Into the file: what else it says stays"""
    path.write_text(with_section(path.read_text(encoding="utf-8"), section), encoding="utf-8")


def with_kept_sections(text: str, old_text: str, titles: tuple[str, ...]) -> str:
    """A new text with what the old one says under these headings"""
    for title in titles:
        section = section_of(old_text, title)
        if section:
            text = with_section(text, section)
    return text

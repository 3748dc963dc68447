"""Compares codes with the dictionaries of PS3.16 that pydicom holds.

    python checkCodes.py FILE

FILE: JSON [{"value", "scheme", "meaning"}, ...]. JSON on stdout: the codes that the dictionaries do not hold, or hold
under other meanings only, as [{"value", "meaning", "meanings": [...]}].
"""

import json
import sys
from collections import defaultdict

from pydicom.sr._concepts_dict import concepts


def meanings_of(scheme: str) -> dict[str, set[str]]:
    meanings = defaultdict(set)
    for by_value in concepts[scheme].values():
        for value, (meaning, _) in by_value.items():
            meanings[value].add(meaning)
    return meanings


def main(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        codes = json.load(file)
    known = {scheme: meanings_of(scheme) for scheme in {code["scheme"] for code in codes}}
    strange = []
    for code in codes:
        meanings = sorted(known[code["scheme"]].get(code["value"], []))
        if code["meaning"].lower() not in [meaning.lower() for meaning in meanings]:
            strange.append({"value": code["value"], "meaning": code["meaning"], "meanings": meanings})
    json.dump(strange, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1])

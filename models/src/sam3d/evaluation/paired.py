"""What a change does to the same cases, and how far that is to be trusted."""

from .bootstrap import SetScores, interval_of_mean, mean_of_sets
from .tables import ABSENT, Measure, Record, set_scores, signed


def paired_differences(
    records: list[Record], method: str, reference: list[Record], measure: Measure
) -> list[SetScores]:
    """Of each case played by the method to the same case of the reference, which has one record a case"""
    before = {record["case"]: measure(record) for record in reference}

    def change(record: Record) -> list[float] | None:
        old, new = before.get(record["case"]), measure(record)
        return None if old is None or new is None else [a - b for a, b in zip(new, old, strict=True)]

    return set_scores(records, method, change)


def difference_cell(sets: list[SetScores]) -> str:
    """The mean, and its 95 % interval below where a set has several patients: of one, none is drawn"""
    if not sets:
        return ABSENT
    mean = signed(mean_of_sets(sets))
    if all(len(set(one.patients)) == 1 for one in sets):
        return mean
    low, high = interval_of_mean(sets)
    return f"{mean}<br>{signed(low)} to {signed(high)}"

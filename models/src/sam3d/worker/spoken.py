"""Texts that a server takes."""

LONGEST_TEXT = 2000  # UTF-16 units, as the server counts


def spoken(text: str) -> str:
    """Cut, with a sign of it, where there is more than the server takes: it would refuse the whole request,
    and a lease is lost with that."""
    units = text.encode("utf-16-le", "replace")
    if len(units) <= 2 * LONGEST_TEXT:
        return text
    return units[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"

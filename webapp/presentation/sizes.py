"""How much room something takes, for people."""

from webapp.numbers import decimal

UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def size(count: int | None) -> str:
    """Return '12 KiB' or '1.4 GiB' for a number of bytes; '' for None."""
    if count is None:
        return ""
    amount, unit = float(count), 0
    while amount >= 1024 and unit + 1 < len(UNITS):
        amount, unit = amount / 1024, unit + 1
    return f"{decimal(amount, 0 if amount >= 10 or not unit else 1)} {UNITS[unit]}"

"""Words of messages, notes and pages that follow from numbers."""

from __future__ import annotations


def format_count(number: int, thing: str, things: str = "") -> str:
    """Format a count with its noun: `3 slots`, `1 slot`, `1,200 slots`.

    Args:
        number: How many there are.
        thing: The noun in the singular.
        things: The plural, where it is not the singular with s, or es after a hiss.
    """
    hisses = thing.endswith(("s", "x", "z", "ch", "sh")) and not thing.endswith("epoch")
    ending = "es" if hisses else "s"
    return f"{number:,} {thing if number == 1 else things or thing + ending}"


def format_units(n: int, unit: str) -> str:
    """Format how many units an estimate is over, as in `n = 200 texts`.

    Args:
        n: How many there are.
        unit: The noun of one; "" where it is not known.
    """
    plural = f"{unit[:-1]}ies" if unit.endswith("y") else ""
    return f"n = {format_count(n, unit, plural)}" if unit else f"n = {n:,}"

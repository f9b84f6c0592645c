"""Numbers as text: one formatter, the same bytes on every machine."""

from __future__ import annotations

import math

MINUS = "\N{MINUS SIGN}"


def fixed(value: float, digits: int = 2, signed: bool = False) -> str:
    """`value` with `digits` decimals, never `-0.00`; `–` where there is none."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return f"{MINUS if value < 0 else ''}∞"
    text = f"{abs(value):.{digits}f}"
    zero = not text.strip("0.")
    if value < 0 and not zero:
        return MINUS + text
    return f"+{text}" if signed and not zero else text


def significant(value: float, digits: int = 3) -> str:
    """`value` with `digits` significant digits, without needless zeros."""
    if math.isnan(value) or math.isinf(value):
        return fixed(value)
    text = f"{abs(value):.{digits}g}"
    return MINUS + text if value < 0 and text.strip("0.") else text


def numeral(value: float, signed: bool = False) -> str:
    """The small number under a token: two digits, no leading zero.

    What rounds to nothing is `0`; sizes from 10 up keep no decimals.
    """
    if math.isnan(value) or math.isinf(value):
        return fixed(value)
    size = abs(value)
    text = f"{size:.2f}" if size < 10 else f"{size:.0f}"  # noqa: PLR2004 - two digits
    if not text.strip("0."):
        return "0"
    text = text.removeprefix("0")
    return (MINUS if value < 0 else "+" if signed else "") + text


def brief(value: float, signed: bool = False) -> str:
    """A numeral for narrow cells: three characters and a sign at most."""
    size = abs(value)
    if not math.isfinite(size) or size < 0.995:  # noqa: PLR2004 - rounds to 1.00
        return numeral(value, signed)
    text = f"{size:.1f}".removesuffix(".0") if size < 9.95 else f"{size:.0f}"  # noqa: PLR2004 - two digits
    return (MINUS if value < 0 else "+" if signed else "") + text


def count(number: int, thing: str, things: str = "") -> str:
    """`3 slots`, `1 slot`, `1,200 slots`."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def percent(value: float) -> str:
    """A share as whole per cent."""
    return "–" if math.isnan(value) else f"{round(value * 100)}%"


def chance(p: float) -> str:
    """A probability: two decimals, its first digit where those would be nothing."""
    small = 0 < p < 0.005  # noqa: PLR2004 - rounds to 0.00
    return significant(p, 1) if small else fixed(p)

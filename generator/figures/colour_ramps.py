"""The colours of the ramps, computed: what `templates/static/ramps.css` holds.

Ramps are lines between knots in OKLab, a space in which equal distances look equal,
resampled at equal distance. Both begin at the page's paper and end near its ink, in
light and in dark. `css()` writes the classes; a test compares them with the file and
checks what they promise: text on every step can be read, lightness never turns round
for any kind of sight, and the two arms of the diverging ramp stay apart.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Literal

Theme = Literal["light", "dark"]
Triple = tuple[float, float, float]
Knot = tuple[float, Triple]  # place from 0 to 1, and OKLab or OKLCH there

LAST = 32
PAPER: dict[Theme, str] = {"light": "#fbfbf8", "dark": "#14181c"}
SEQUENTIAL: dict[Theme, tuple[Knot, ...]] = {
    "light": (
        (0.25, (0.872, 0.062, 170)),
        (0.5, (0.70, 0.098, 190)),
        (0.75, (0.49, 0.088, 228)),
        (1, (0.27, 0.080, 264)),
    ),
    "dark": (
        (0.25, (0.365, 0.060, 236)),
        (0.5, (0.545, 0.088, 205)),
        (0.75, (0.75, 0.105, 170)),
        (1, (0.95, 0.085, 118)),
    ),
}
AGAINST: dict[Theme, tuple[Knot, ...]] = {
    "light": ((0.5, (0.765, 0.095, 246)), (1, (0.44, 0.140, 262))),
    "dark": ((0.5, (0.52, 0.118, 256)), (1, (0.86, 0.085, 238))),
}
FOR: dict[Theme, tuple[Knot, ...]] = {
    "light": ((0.5, (0.765, 0.118, 63)), (1, (0.44, 0.118, 44))),
    "dark": ((0.5, (0.52, 0.108, 52)), (1, (0.86, 0.105, 75))),
}
FINE = 800
"""Points at which a line is measured."""


def ramp_css() -> str:
    """Return the classes `s0`-`s32` and `d0`-`d32`, with text colours where needed.

    Text is black on light and white on dark paper unless a step says otherwise.
    """
    ramps = {theme: (sequential(theme), diverging(theme)) for theme in PAPER}
    lines: list[str] = []
    texts: dict[str, list[str]] = {}
    for k, name in enumerate("sd"):
        for i in range(LAST + 1):
            light, dark = ramps["light"][k][i], ramps["dark"][k][i]
            lines.append(
                css_rule([f".{name}{i}"], "--fill", f"light-dark({light}, {dark})")
            )
            pair = (text_on(light), text_on(dark))
            if pair != ("#000", "#fff"):
                same = pair[0] == pair[1]
                value = pair[0] if same else f"light-dark({pair[0]}, {pair[1]})"
                texts.setdefault(value, []).append(f".{name}{i}")
    lines += [
        css_rule(names, "--on-fill", value) for value, names in sorted(texts.items())
    ]
    return "".join(lines)


def css_rule(selectors: list[str], name: str, value: str) -> str:
    """Return a CSS rule with one declaration, laid out as the formatter does."""
    return ",\n".join(selectors) + f" {{\n  {name}: {value};\n}}\n"


def sequential(theme: Theme) -> list[str]:
    """Return the 33 colours of the sequential ramp, from paper to nearly ink."""
    return sample_colours(ramp_knots(SEQUENTIAL[theme], theme), LAST)


def diverging(theme: Theme) -> list[str]:
    """Return the 33 colours of the diverging ramp: against, paper, for."""
    arms = [
        sample_colours(ramp_knots(knots[theme], theme), LAST // 2)
        for knots in (AGAINST, FOR)
    ]
    return arms[0][:0:-1] + arms[1]


def ramp_knots(knots: tuple[Knot, ...], theme: Theme) -> list[Knot]:
    """Return knots in OKLab, the first of them the paper."""
    points: list[Knot] = [(0, to_lab(to_linear(PAPER[theme])))]
    for at, (light, chroma, hue) in knots:
        angle = math.radians(hue)
        lab = (light, chroma * math.cos(angle), chroma * math.sin(angle))
        points.append((at, lab))
    return points


def sample_colours(points: list[Knot], steps: int) -> list[str]:
    """Return `steps` + 1 colours at equal distance along straight lines."""
    fine = [interpolate(points, i / FINE) for i in range(FINE + 1)]
    gone = [0.0]
    for a, b in pairwise(fine):
        gone.append(gone[-1] + math.dist(a, b))
    ends = [gone[-1] * k / steps for k in range(steps + 1)]
    nearest = [
        min(range(FINE + 1), key=lambda j, e=end: abs(gone[j] - e))  # type: ignore[misc] # e is a default
        for end in ends
    ]
    return [to_hex(fine[i]) for i in nearest]


def interpolate(points: list[Knot], at: float) -> Triple:
    """Return the point at `at`, from 0 to 1, on lines between knots."""
    for (t0, p), (t1, q) in pairwise(points):
        if at <= t1:
            u = (at - t0) / (t1 - t0)
            mixed = [x + (y - x) * u for x, y in zip(p, q, strict=True)]
            return (mixed[0], mixed[1], mixed[2])
    return points[-1][1]


def to_rgb(lab: Triple) -> Triple:
    """Convert OKLab to linear light."""
    rows = (
        (0.3963377774, 0.2158037573),
        (-0.1055613458, -0.0638541728),
        (-0.0894841775, -1.2914855480),
    )
    lms = [(lab[0] + x * lab[1] + y * lab[2]) ** 3 for x, y in rows]
    return multiply(
        (
            (4.0767416621, -3.3077115913, 0.2309699292),
            (-1.2684380046, 2.6097574011, -0.3413193965),
            (-0.0041960863, -0.7034186147, 1.7076147010),
        ),
        (lms[0], lms[1], lms[2]),
    )


def to_lab(rgb: Triple) -> Triple:
    """Convert linear light to OKLab."""
    lms = multiply(
        (
            (0.4122214708, 0.5363325363, 0.0514459929),
            (0.2119034982, 0.6806995451, 0.1073969566),
            (0.0883024619, 0.2817188376, 0.6299787005),
        ),
        rgb,
    )
    roots = [max(0.0, x) ** (1 / 3) for x in lms]
    return multiply(
        (
            (0.2104542553, 0.7936177850, -0.0040720468),
            (1.9779984951, -2.4285922050, 0.4505937099),
            (0.0259040371, 0.7827717662, -0.8086757660),
        ),
        (roots[0], roots[1], roots[2]),
    )


def multiply(matrix: tuple[Triple, Triple, Triple], vector: Triple) -> Triple:
    """Multiply a matrix by a vector."""
    sums = [sum(x * y for x, y in zip(row, vector, strict=True)) for row in matrix]
    return (sums[0], sums[1], sums[2])


def to_hex(lab: Triple) -> str:
    """Return a colour as CSS writes it, with less chroma where a screen needs that."""
    light, chroma = lab[0], math.hypot(lab[1], lab[2])
    hue = math.atan2(lab[2], lab[1])

    def rgb() -> Triple:
        return to_rgb((light, chroma * math.cos(hue), chroma * math.sin(hue)))

    while chroma > 0 and not all(-1e-4 <= x <= 1.0001 for x in rgb()):  # noqa: PLR2004 - rounding
        chroma = max(0.0, chroma - 0.001)
    return "#" + "".join(f"{round(gamma(x) * 255):02x}" for x in rgb())


def gamma(light: float) -> float:
    """Convert linear light to a screen's value, 0 to 1."""
    x = min(1.0, max(0.0, light))
    return 12.92 * x if x <= 0.0031308 else 1.055 * x ** (1 / 2.4) - 0.055  # noqa: PLR2004 - sRGB


def to_linear(colour: str) -> Triple:
    """Convert a CSS colour to linear light."""
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    light = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB
        for v in values
    ]
    return (light[0], light[1], light[2])


def luminance(colour: str) -> float:
    """Compute the relative luminance of a colour, 0 to 1."""
    red, green, blue = to_linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    """Compute the contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def text_on(colour: str) -> str:
    """Return black or white, whichever can be read on `colour`."""
    black, white = contrast("#000000", colour), contrast("#ffffff", colour)
    return "#000" if black >= white else "#fff"

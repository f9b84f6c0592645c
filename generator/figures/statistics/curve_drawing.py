"""A matplotlib drawing without matplotlib's looks.

matplotlib places lines, ticks and labels; `clean` then turns its style attributes into
plain ones, its colours into classes and its element names into ones that are unique on
a page, and drops its metadata. Every text in the result was escaped by an XML writer.
"""

from __future__ import annotations

import hashlib
import io
import re
import textwrap
import warnings
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np

from generator.figures.formatting import format_significant

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
SIZE = (5.9, 3.5)
"""Inches; the page scales it to the width of the text."""
INK = {
    "#000001": "axis-line",
    "#000002": "gridline",
    "#000003": "tick",
    "#000004": "tick-text",
}
"""Colours that stand for a class: axes, grid, mark, text."""
DASHES = ((), (7, 3), (2, 2.5), (9, 2.5, 2, 2.5), (4, 2), (1, 1.5))
KEPT = {"stroke-width", "stroke-dasharray", "fill-opacity", "text-anchor", "font-size"}
NEAR = 0.075
"""Least distance of two names at the lines' ends, as a share of the axis."""


def draw_once(**given: Any) -> str:  # noqa: ANN401 - arguments of `draw_curves`
    """Return `draw_curves` of these arguments, drawn once and then remembered."""
    told = [
        [value.shape, value.tolist()] if isinstance(value, np.ndarray) else value
        for _, value in sorted(given.items())
    ]
    key = repr(told)
    if key not in _DRAWINGS:
        if len(_DRAWINGS) >= MOST_DRAWINGS:
            _DRAWINGS.clear()
        _DRAWINGS[key] = draw_curves(**given)
    return _DRAWINGS[key]


_DRAWINGS: dict[str, str] = {}
MOST_DRAWINGS = 256
"""Drawings that stay in memory; each is some 20 kB and takes 50 ms to make."""


def draw_curves(
    *,
    x: np.ndarray,
    y: np.ndarray,
    names: tuple[str, ...],
    x_label: str,
    y_label: str,
    marked: float | None,
    limits: tuple[float | None, float | None],
    log: bool,
    salt: str,
) -> str:
    """Draw lines `y` (lines, points) over `x` as SVG, the same bytes each time."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    mark = hashlib.sha256(salt.encode()).hexdigest()[:12]
    settings: dict[Any, Any] = {
        **mpl.rcParamsDefault,
        "backend": "svg",
        "svg.fonttype": "none",
        "svg.hashsalt": mark,
        "text.parse_math": False,
        "axes.unicode_minus": True,
        "axes.formatter.useoffset": False,
        "path.simplify": False,
        "font.family": "DejaVu Sans",
        "font.size": 9,
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        # Text stays text: the reader's fonts draw what matplotlib's own lacks.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = Figure(figsize=SIZE)
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0.095, 0.135, 0.66, 0.79))
        plot_lines(axes, x, y)
        draw_axes(axes, x_label, y_label, limits, log)
        if marked is not None and np.isfinite(marked):
            axes.axvline(marked, color="#000003", lw=1, dashes=(3, 3), zorder=1)
        name_lines(axes, x, y, names)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return clean_svg(out.getvalue(), f"c{mark}")


def plot_lines(axes: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """Plot the lines, with points where there are few."""
    dots = "o" if x.size <= 25 else "None"  # noqa: PLR2004 - beyond, dots touch
    for i, row in enumerate(y):
        axes.plot(
            x, row, color=f"#0001{i:02x}", lw=2, marker=dots, ms=4,
            dashes=DASHES[i % len(DASHES)] or (None, None), clip_on=False, zorder=3,
        )  # fmt: skip


def draw_axes(
    axes: Axes,
    x_label: str,
    y_label: str,
    limits: tuple[float | None, float | None],
    log: bool,
) -> None:
    """Draw axes, grid, ticks and their labels."""
    from matplotlib.ticker import MaxNLocator

    if log:
        axes.set_yscale("log")
        name_powers(axes)
    axes.set_ylim(*limits)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    axes.grid(axis="y", color="#000002", lw=1)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color("#000001")
    axes.tick_params(color="#000001", labelcolor="#000004", length=3, which="both")
    axes.tick_params(axis="y", length=0, which="both")
    axes.set_xlabel(x_label, color="#000004")
    axes.set_title(y_label, color="#000004", loc="left", fontsize=9)


def name_powers(axes: Axes) -> None:
    """Write the numbers of a logarithmic axis as numbers, not as formulas."""
    from matplotlib.ticker import LogFormatter

    class PlainFormatter(LogFormatter):
        def __call__(self, x: float, pos: int | None = None) -> str:
            return format_significant(x) if super().__call__(x, pos) else ""

    few = (2.0, 0.5)  # powers of ten below which the numbers between them are written
    axes.yaxis.set_major_formatter(PlainFormatter())
    axes.yaxis.set_minor_formatter(
        PlainFormatter(labelOnlyBase=False, minor_thresholds=few)
    )


def name_lines(
    axes: Axes, x: np.ndarray, y: np.ndarray, names: tuple[str, ...]
) -> None:
    """Print each line's name at its end, moved apart where ends are close."""
    transform = axes.transData + axes.transAxes.inverted()
    ends: list[tuple[float, int]] = []
    labels = [wrap_name(name) for name in names]
    for i, row in enumerate(y):
        real = np.flatnonzero(np.isfinite(row))
        if real.size:
            at = transform.transform((x[real[-1]], row[real[-1]]))[1]
            ends.append((round(float(at), 4), i))
    heights = [1 + label.count("\n") for label in labels]
    for place, i in spread_labels(sorted(ends), heights):
        axes.text(
            1.025,
            place,
            labels[i],
            transform=axes.transAxes,
            color=f"#0002{i:02x}",
            va="center",
            fontsize=9,
            linespacing=1.15,
        )


LABEL = 19
"""Characters of a line beside the drawing; the key and the table hold whole names."""


def wrap_name(name: str) -> str:
    """Return `name` in two lines at most."""
    lines = textwrap.wrap(name, LABEL, max_lines=2, placeholder="…")
    return "\n".join(lines) or name


def spread_labels(
    ends: list[tuple[float, int]], heights: list[int]
) -> list[tuple[float, int]]:
    """Return `ends`, sorted and moved apart by their labels' heights, below 1."""

    def gap(a: int, b: int) -> float:
        return NEAR * (heights[a] + heights[b]) / 2

    placed: list[tuple[float, int]] = []
    for at, i in ends:
        lowest = placed[-1][0] + gap(placed[-1][1], i) if placed else -1.0
        placed.append((max(at, lowest), i))
    for k in range(len(placed) - 1, -1, -1):
        at, i = placed[k]
        above = placed[k + 1] if k + 1 < len(placed) else None
        highest = above[0] - gap(i, above[1]) if above else 1.0
        placed[k] = (min(at, highest), i)
    return placed


def clean_svg(text: str, prefix: str) -> str:
    """Return `text` without styles, colours, names and metadata of its own."""
    root = ET.fromstring(text)  # noqa: S314 - our own drawing, without a document type
    used = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", text))
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in {f"{{{SVG}}}metadata", f"{{{SVG}}}style"}:
                parent.remove(child)
    for element in root.iter():
        restyle(element)
        shorten_numbers(element)
        rename_ids(element, used, prefix)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.attrib.update({"class": "plot", "aria-hidden": "true", "focusable": "false"})
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    return ET.tostring(root, encoding="unicode").replace("\n", "")


def restyle(element: ET.Element) -> None:
    """Turn style declarations into attributes, and colours into classes."""
    style = element.attrib.pop("style", "")
    said = dict(part.split(":", 1) for part in style.split(";") if ":" in part)
    said = {k.strip(): v.strip() for k, v in said.items()}
    if "font" in said:
        found = re.search(r"([\d.]+)px", said["font"])
        said["font-size"] = found[1] if found else "9"
    for name in sorted(KEPT & set(said)):
        element.set(name, said[name])
    colours = (said.get("stroke"), said.get("fill"))
    names = [css_class(c) for c in colours if c and c != "none"]
    if said.get("fill") == "none":
        element.set("fill", "none")
    if any(names):
        element.set("class", " ".join(sorted({n for n in names if n})))
    elif said.get("fill", "").startswith("#"):
        element.set("fill", "none")  # the paper of a drawing is the page's


def shorten_numbers(element: ET.Element) -> None:
    """Round coordinates to a hundredth of a point, and drop turns by nothing.

    The numbers are then the same on every machine.
    """
    for name in ("d", "x", "y", "width", "height", "transform"):
        if name in element.attrib:
            text = re.sub(r"-?\d+\.\d+", round_number, element.attrib[name])
            element.set(name, " ".join(text.split()))
    if re.match(r"rotate\(-?0 ", element.get("transform", "")):
        del element.attrib["transform"]


def round_number(number: re.Match[str]) -> str:
    """Return a number with two decimals at most."""
    text = f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def css_class(colour: str) -> str:
    """Return the class of a stand-in colour, "" for matplotlib's own white."""
    if colour in INK:
        return INK[colour]
    if re.fullmatch(r"#000[12][0-9a-f]{2}", colour):
        return f"{'line' if colour[4] == '1' else 'name'}-{int(colour[5:], 16)}"
    return ""


def rename_ids(element: ET.Element, used: set[str], prefix: str) -> None:
    """Make ids unique to the drawing, or drop them where nothing refers to them."""
    name = element.attrib.pop("id", None)
    if name in used:
        element.set("id", f"{prefix}-{name}")
    for key, value in list(element.attrib.items()):
        if key in {f"{{{XLINK}}}href", "href"}:
            element.attrib.pop(key)
            element.set("href", value.replace("#", f"#{prefix}-", 1))
        elif value.startswith("url(#"):
            element.set(key, value.replace("url(#", f"url(#{prefix}-", 1))

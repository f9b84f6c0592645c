"""The keys of pictures: which sign means what, as the page's key says it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.figures.bars import BarsView
from generator.figures.compare import CompareView
from generator.figures.estimates import EstimatesView
from generator.figures.rule import RuleView
from generator.figures.scores import ScoresView
from generator.figures.violins import ViolinsView
from generator.pictures import chips
from generator.pictures.colours import INK, SOFT
from generator.pictures.frame import RAMP, SMALL, Sign, colours, ends
from generator.pictures.points import diamond, point
from generator.pictures.shapes import Box, Label, Part, Stroke

NO_EFFECT = Stroke(((14, 0), (14, 16)), INK, 1, (2, 2))


def none(view: object) -> list[Sign]:
    """No signs."""
    del view
    return []


def silent(view: object) -> tuple[str, ...]:
    """Nothing to be said."""
    del view
    return ()


def marks(view: Any) -> list[Sign]:  # noqa: ANN401 - any view with marks
    """Marks on words."""
    return chips.marks(view.keys)


def compare(view: CompareView) -> list[Sign]:
    """Marks on words."""
    return chips.marks(view.keys)


def own_scales(view: CompareView) -> tuple[str, ...]:
    """That rows have each their own scale, where they do."""
    said = "Rows of different quantities have each their own scale, told in the row."
    return (said,) if view.ramps else ()


def ramps(view: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Ramps without numbers, and what their ends speak for."""
    if isinstance(view, CompareView):
        for kind in view.ramps:
            yield kind, view.ends if kind == "d" else ()


def ramp(kind: str, names: tuple[str, ...], x: float, y: float) -> Part:
    """A ramp without numbers."""
    part = colours(kind, x, y + 4)
    low = part.bottom + 14
    zero = x + RAMP / 2 if kind == "d" else x
    anchor = "middle" if kind == "d" else "start"
    shapes = [*part.shapes, Label(zero, low, "0", SMALL, SOFT, anchor=anchor)]  # type: ignore[arg-type]  # an anchor
    if kind == "s":
        said = "end of the scale"
        shapes.append(Label(x + RAMP, low, said, SMALL, SOFT, anchor="end"))
    tips = ends(names, x, low + 4)
    return Part([*shapes, *tips.shapes], tips.bottom)


def roles(view: EstimatesView) -> list[Sign]:
    """What the shapes of points stand for."""
    return [(point(shape, 14, 8), role) for role, shape in view.roles]


def interval(view: EstimatesView) -> tuple[str, ...]:
    """What is drawn besides."""
    end = "; dashed: what no effect would give" if view.reference else ""
    return (f"Point and 95% interval; one axis, its ends rounded out{end}.",)


def rule(view: RuleView) -> list[Sign]:
    """Marks on words, and the points of the axis."""
    shapes = [(point(shape, 14, 8), name) for name, shape in view.shapes]
    asked: Sign = ([NO_EFFECT], view.asked.text)
    return [*chips.marks(view.keys), *shapes, asked]


def precision(view: RuleView) -> tuple[str, ...]:
    """What a precision is."""
    said = "Precision: the share of perturbed texts with the same prediction; line: "
    how = view.perturbation
    return (f"{said}its 95% interval. {how[:1].upper()}{how[1:]}.",)


def violins(view: ViolinsView) -> list[Sign]:
    """What the shapes of points stand for."""
    found = [(point(shape, 14, 8), f"{role}: mean") for role, shape in view.roles]
    if view.published:
        found.append((diamond(14, 8), f"hollow: {view.published}"))
    return found


def outlines(view: ViolinsView) -> tuple[str, ...]:
    """What else is drawn."""
    ticks = "; ticks: single values" if view.ticked else ""
    said = "Line: 95% interval of the mean; outline: density of the values, each as "
    return (f"{said}wide at its widest{ticks}.",)


def right(view: object) -> list[Sign]:
    """What an outline means in a confusion matrix."""
    del view
    box = Box(2, 0, 24, 16, "", INK, 1.5)
    return [([box], "outlined: predicted right")]


def errors(view: BarsView) -> tuple[str, ...]:
    """What a line over a bar is."""
    return ("Line: two standard errors to either side.",) if view.lined else ()


def scores(view: ScoresView) -> list[Sign]:
    """What a row of grades is made of."""
    del view
    line = Stroke(((2, 8), (26, 8)), INK, 2.5)
    mean: Sign = ([line, *point("disc", 14, 8)], "mean and 95% interval over texts")
    ground: Sign = ([NO_EFFECT], "what its baseline gets on the same texts")
    return [mean, ground]


def aspect(view: ScoresView) -> tuple[str, ...]:
    """What is graded."""
    return (f"{view.aspect[:1].upper()}{view.aspect[1:]}; each measure on its axis.",)

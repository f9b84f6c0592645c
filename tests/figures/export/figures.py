"""Views of every kind of figure, from the gallery's artifacts and from edges."""

from __future__ import annotations

from functools import cache
from typing import Any

from generator.figures import FIGURES
from generator.figures.base import View
from generator.figures.export.frame import FigureSource
from tests.figures import gallery, trusted, varied

MADE = {
    **gallery.ARTIFACTS,
    **gallery.CLASSIFIERS,
    **trusted.ARTIFACTS,
    **gallery.ALIGNMENTS,
    **varied.ARTIFACTS,
}
SETTINGS = {
    f"{one['figure']}-{name}-{i}": one
    for i, settings in enumerate(
        (
            gallery.FIGURE_SETTINGS,
            gallery.CLASSIFIER_FIGURES,
            trusted.FIGURES,
            gallery.ALIGNED_FIGURES,
            varied.FIGURES,
        )
    )
    for name, one in settings.items()
}
EVERY = sorted(SETTINGS)
"""Every figure of the gallery and every edge of what is legal, its kind first."""
SOURCE = FigureSource(
    3,
    "fig-x",
    "A title & <more>",
    "Its study",
    "The site",
    "https://x.org/",
    ("Not supported. Attention finds the words that decide.",),
    ("word: A note about <it>.",),
)


def kind_of(name: str) -> str:
    """The kind of an example."""
    return str(SETTINGS[name]["figure"])


@cache
def view_of(name: str) -> View:
    """The view of an example."""
    figure = FIGURES[kind_of(name)](**SETTINGS[name])
    view = figure.view(*(MADE[read]() for read in figure.artifact_names()))
    assert isinstance(view, View)
    return view


def examples_of(kind: str) -> list[str]:
    """The examples of a kind."""
    return [name for name in EVERY if kind_of(name) == kind]


def shapes_of(name: str) -> list[Any]:
    """The shapes of a view's own drawing, from y = 100 on."""
    return [shape for part in view_of(name).picture(100) for shape in part.shapes]

"""A figure's own files: where they lie, and that none is drawn twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.core.cache import Cache
from generator.figures.export import figure_files as figurefiles
from generator.figures.export.figure_files import (
    card_path,
    figure_file_path,
    figure_files,
    prune_pictures,
    render_png,
)
from generator.figures.export.shapes import Box, Picture
from tests.figures.export.figures import EVERY, SOURCE, view_of

NAME = next(name for name in EVERY if name.startswith("heatmap-one"))
SMALL = Picture(20, 10, (Box(0, 0, 9, 9, "#112233"),), "", "")


def test_files_lie_beside_the_page() -> None:
    """Addresses follow from the page's and the figure's name."""
    page = "studies/2026/11/13/slots/index.html"
    assert (
        figure_file_path(page, "matrix")
        == "studies/2026/11/13/slots/figures/matrix.png"
    )
    assert card_path(page) == "studies/2026/11/13/slots/card.png"
    assert card_path("index.html") == "card.png"


def test_a_figure_has_numbers_and_two_pictures(tmp_path: Path) -> None:
    """All three are there, and the same with and without what was kept."""
    kept = Cache(tmp_path / "pictures")
    made = [figure_files(view_of(NAME), SOURCE, where) for where in (None, kept, kept)]
    assert tuple(made[0]) == figurefiles.ENDINGS
    assert made[0] == made[1] == made[2]
    assert made[0]["png"].startswith(b"\x89PNG")


def test_a_picture_is_not_drawn_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second time it is recalled, and drawn again once what is kept is damaged."""
    kept, drawn = Cache(tmp_path / "pictures"), []
    real = figurefiles.png

    def counted(one: Picture, scale: int) -> bytes:
        drawn.append(one)
        return real(one, scale)

    monkeypatch.setattr(figurefiles, "png", counted)
    first = render_png(SMALL, kept)
    assert render_png(SMALL, kept) == first
    assert len(drawn) == 1
    (entry,) = (tmp_path / "pictures").glob("[0-9a-f]*")
    entry.write_bytes(entry.read_bytes()[:-1] + b"x")
    assert render_png(SMALL, kept) == first
    assert len(drawn) == 2


def test_what_decides_the_bytes_decides_the_key(tmp_path: Path) -> None:
    """Another colour, place or size is another picture."""
    kept = Cache(tmp_path / "pictures")
    others = [
        Picture(20, 10, (Box(0, 0, 9, 9, "#112234"),), "", ""),
        Picture(20, 10, (Box(1, 0, 9, 9, "#112233"),), "", ""),
        Picture(21, 10, (Box(0, 0, 9, 9, "#112233"),), "", ""),
    ]
    found = {render_png(one, kept) for one in (SMALL, *others)} | {
        render_png(SMALL, kept, 1)
    }
    assert len(found) == 5


def test_the_folder_stays_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the most, what this rendering did not ask for goes."""
    monkeypatch.setattr(figurefiles, "MOST", 1)
    render_png(SMALL, Cache(tmp_path / "pictures"))
    now = Cache(tmp_path / "pictures")
    prune_pictures(now)
    assert now.count_entries() == 1
    wanted = render_png(SMALL, now, 1)
    prune_pictures(now)
    assert now.count_entries() == 1
    assert render_png(SMALL, now, 1) == wanted
    prune_pictures(None)

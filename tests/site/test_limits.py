"""Both sides of what pages cut, cache, number and choose."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generator.core.cache import Cache
from generator.figures.squares import Thumbnail, Thumbnails
from generator.site.figure_renderer import FigureCache
from generator.site.pages.search_index import shorten_text
from generator.site.posts import choose_pictures
from generator.site.swap import is_code
from generator.site.writeup.lint import lint_write_up
from tests.site.writeup.writing import html

FILES = {"csv": b"1,2", "svg": b"<svg/>", "png": b"\x89"}


@pytest.mark.parametrize(("most", "cut"), [(24, False), (23, False), (22, True)])
def test_a_text_that_fits_exactly_is_whole(most: int, cut: bool) -> None:
    """One that is longer ends behind a whole word, and is no longer than it may be."""
    text = "one two three four five"
    found = shorten_text(text, most)
    assert (found != text) == cut
    assert len(found) <= most
    assert not cut or found == "one two three four …"


def test_a_figure_s_files_are_drawn_once(tmp_path: Path) -> None:
    """While all of them are there; for another place, another key, or one lost anew."""
    drawn: list[int] = []

    def draw() -> dict[str, bytes]:
        drawn.append(1)
        return dict(FILES)

    cache = Cache(tmp_path / "kept")
    one = FigureCache(cache, "k")
    for _ in range(3):
        assert one.get_files("place", draw) == FILES
    assert len(drawn) == 1
    assert one.get_files("other", draw) == FILES
    assert FigureCache(cache, "l").get_files("place", draw) == FILES
    assert len(drawn) == 3
    for entry in sorted((tmp_path / "kept").rglob("*")):
        if entry.is_file() and FILES["svg"] in entry.read_bytes():
            entry.unlink()
    assert one.get_files("place", draw) == FILES
    assert len(drawn) == 4


def pictured(*kinds: str) -> Any:
    """A study whose figures are of these kinds, each with a picture of its own."""
    figures = {
        f"f{i}": SimpleNamespace(
            figure=kind,
            artifact_names=lambda: (),
            thumbnails=lambda i=i, kind=kind: (
                None
                if kind == "curve"
                else Thumbnails(Thumbnail(i + 1, 1, ()), Thumbnail(i + 1, 1, ()))
            ),
        )
        for i, kind in enumerate(kinds)
    }
    return SimpleNamespace(
        study=SimpleNamespace(figures=figures),
        drawer=SimpleNamespace(stored={}, is_drawable=lambda name: name != "f9"),
        prose=SimpleNamespace(figures=list(figures)),
    )


@pytest.mark.parametrize(
    ("kinds", "name"),
    [(("heatmap", "matrix", "matrix"), "f1"), (("matrix", "heatmap"), "f0"),
     (("curve", "heatmap", "history"), "f1"), (("curve",), "")],
)  # fmt: skip
def test_a_matrix_leads_and_else_the_first_figure(
    kinds: tuple[str, ...], name: str
) -> None:
    """Of those with a picture, in the order of the prose."""
    assert choose_pictures(pictured(*kinds)).name == name


def test_notes_that_two_blocks_refer_to_stand_at_the_first(tmp_path: Path) -> None:
    """Whatever is between them, and in the order of their numbers."""
    text = (
        "a[^x]\n\nb[^y] c[^x]\n\nd[^y][^z]\n\n[^z]: last\n[^y]: second\n[^x]: first\n"
    )
    out = html(tmp_path, text)
    places = [out.index(f">{word} <a") for word in ("first", "second", "last")]
    assert places == sorted(places)
    assert out.index(">first <a") < out.index("b<")
    assert out.index(">second <a") < out.index("d<")


@pytest.mark.parametrize("before", ["A sentence.", "Two. Sentences.", "1 is one. And."])
def test_a_typed_result_has_the_line_of_its_sentence(before: str) -> None:
    """However many sentences and lines of the paragraph are before it."""
    text = f"{before}\nMore words.\nIt is 0.73 here.\nAnd 0.5 there. Or 0.25."
    found = [int(one.split(":")[1]) for one in lint_write_up("index.md", text)]
    assert found == [3, 4, 4]


@pytest.mark.parametrize("name", ["script", "search"])
def test_code_is_told_by_its_name_and_digest(name: str) -> None:
    """A file whose name does not agree with its bytes is none, whatever it is."""
    digest = "0123456789abcdef" * 4
    assert is_code(f"assets/{name}.0123456789ab.js", digest)
    assert not is_code(f"assets/{name}.1123456789ab.js", digest)
    assert is_code("assets/style.0123456789ab.css", digest)
    assert is_code("assets/figure-a_b-c.0123456789ab.css", digest)
    assert not is_code("assets/figure-a.1123456789ab.css", digest)
    assert not is_code(f"other/{name}.0123456789ab.js", digest)
    assert not is_code("assets/image.0123456789ab.png", digest)

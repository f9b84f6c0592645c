"""Budgets: what a page may weigh, so that it opens on a slow line."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from generator.site.assets import bundle_assets
from generator.site.posts import make_post
from generator.site.templates import SHIPPED, build_environment
from tests.figures import gallery

SCRIPT, STYLE = 60_000, 60_000
LARGE = 105_000
"""Bytes of a figure of sixty steps by forty slots, its table included."""


def body(folder: Path, *figures: str, **changed: object) -> str:
    """The figures of a study of the gallery, drawn."""
    settings = {
        name: gallery.FIGURE_SETTINGS[name] | changed for name in figures
    }  # fmt: skip
    one = gallery.study(
        folder, dt.date(2026, 1, 2), "weight", title="Weight", category="studies",
        names=tuple({s["artifact"] for s in settings.values()}), tags=(), models={},
        authors=(), draft=False, summary="", settings=settings,
    )  # fmt: skip
    gallery.fill(one, "\n\n".join(f"![A figure.](figure:{name})" for name in figures))
    post, _ = make_post(one, build_environment(folder), {})
    return "".join(post.article.body)


def test_scripts_and_styles_keep_their_budget() -> None:
    """All scripts of a page weigh 60 kB at most, and so do its styles."""
    files, paths = bundle_assets(SHIPPED.parent)
    assert len(files[paths["script"]]) + len(files[paths["search"]]) <= SCRIPT
    assert len(files[paths["style"]]) <= STYLE


def test_a_large_matrix_keeps_its_budget(tmp_path: Path) -> None:
    """Both layouts, every slot and the whole table of 2,400 cells fit in 105 kB."""
    html = body(tmp_path, "large")
    assert len(html.encode()) <= LARGE
    table = html[html.index('class="data-table"') :]
    rows = re.split(r"<tr><th scope=\"row\">", table)[1:]
    assert [row.count("<td>") for row in rows] == [43] * 60


def test_an_authors_words_replace_the_summary(tmp_path: Path) -> None:
    """`alt` is what describes a figure; the sentence made from its data is gone."""
    made, given = body(tmp_path, "matrix"), body(tmp_path, "matrix", alt="By <hand>.")
    assert 'id="fig-matrix-s" data-own="1">By &lt;hand&gt;.</p>' in given
    assert "Over 15 steps" in made
    assert "Over 15 steps" not in given

"""A site drawn from what was kept is the site drawn from nothing, byte for byte."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest

from generator.artifacts.store import artifact_path, load_artifact
from generator.core.cache import TEMPLATES, Cache
from generator.core.errors import WriteUpError
from generator.core.files import digest
from generator.site import post_cache, render_pages
from generator.site.build import render_site
from generator.site.content import as_contents
from generator.site.figure_renderer import FigureRenderer
from generator.site.output import write_files
from generator.site.ownership import SiteManifest, mark_folder
from generator.site.pages.base import Page
from generator.site.pages.post import PostArticle
from generator.site.posts import make_post
from generator.study.study import Study
from tests.artifacts.saving import save_artifact
from tests.figures import gallery
from tests.stub.project import tree

pytestmark = pytest.mark.slow(7)


@pytest.fixture
def drawn_figures(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the figures that are drawn, as they are."""
    names: list[str] = []
    framed = FigureRenderer.framed

    def counted(self: FigureRenderer, placed: Any, number: int, blank: str) -> Any:
        names.append(f"{self.study.slug} {placed.name}")
        return framed(self, placed, number, blank)

    monkeypatch.setattr(FigureRenderer, "framed", counted)
    return names


def site(
    project: Path, studies: tuple[Study, ...], kept: Cache | None, **given: Any
) -> dict[str, Any]:
    """Render into a new folder; the hashes of its files."""
    number = sum(1 for _ in project.glob("site-*"))
    into = project / f"site-{number}"
    into.mkdir()
    settings = given.pop("settings", gallery.SETTINGS)
    render_site(project, studies, settings, into, kept=kept, **given)
    return tree(into)


def test_a_second_rendering_draws_nothing_and_is_equal(
    tmp_path: Path, drawn_figures: list[str]
) -> None:
    """With nothing changed; and the same bytes as without anything kept."""
    studies = gallery.small(tmp_path)
    plain = site(tmp_path, studies, None)
    first = site(tmp_path, studies, Cache(tmp_path / "kept"))
    drawn_figures.clear()
    assert site(tmp_path, studies, Cache(tmp_path / "kept")) == first == plain
    assert drawn_figures == []


def test_a_link_to_a_study_that_is_not_built_is_text(tmp_path: Path) -> None:
    """The page has a warning, and the link once its goal is on the site."""
    first, second, *_ = gallery.small(tmp_path)
    settings, kept = gallery.SETTINGS, Cache(tmp_path / "kept")
    prose = first.folder / "index.md"
    text = prose.read_text()
    prose.write_text(f"[the *other*](../{second.folder.name}/index.md#x)\n\n{text}")
    for studies, shown in (
        ((first,), "<span>the <em>other</em></span>"),
        ((first, second), f'{second.slug}/index.html#x">the <em>other</em></a>'),
        ((first,), "<span>the <em>other</em></span>"),
    ):
        made = render_site(tmp_path, studies, settings, None, kept=kept)
        page = next(p for p in made.files if p.endswith(f"{first.slug}/index.html"))
        assert shown in made.files[page].read().decode()
        told = [one for one in made.warnings if "is not on this site yet" in one]
        assert len(told) == 2 - len(studies)
        assert all(f"{first.folder.name}/index.md:1: " in one for one in told)
    prose.write_text(f"[the other](../{second.folder.name}x/index.md)\n\n{text}")
    with pytest.raises(WriteUpError, match="no study"):
        render_site(tmp_path, (first, second), settings, None, kept=kept)


def test_prose_moves_no_figure_but_its_own(
    tmp_path: Path, drawn_figures: list[str]
) -> None:
    """A sentence draws nothing; a caption draws its figure; both as from nothing."""
    studies = gallery.small(tmp_path)
    kept = Cache(tmp_path / "kept")
    before = site(tmp_path, studies, kept)
    path = studies[0].folder / "index.md"
    for old, new, redrawn in (
        ("A matrix.](figure:matrix)\n", "A matrix.](figure:matrix)\n\nMore.\n", []),
        ("[A step.]", "[Another step.]", ["slots step"]),
    ):
        path.write_text(path.read_text().replace(old, new))
        drawn_figures.clear()
        after = site(tmp_path, studies, kept)
        assert drawn_figures == redrawn
        assert after != before
        assert after == site(tmp_path, studies, None)
        before = after


def test_a_study_draws_again_what_it_says_anew(
    tmp_path: Path, drawn_figures: list[str]
) -> None:
    """One figure's settings draw that figure; its own title draws all of a study."""
    first, second = gallery.small(tmp_path)
    kept = Cache(tmp_path / "kept")
    site(tmp_path, (first, second), kept)
    step = first.figures["step"].model_copy(update={"title": "Another"})
    for changed, redrawn in (
        ({"figures": {**first.figures, "step": step}}, ["slots step"]),
        ({"title": "Another title"}, ["slots matrix", "slots step"]),
    ):
        both = first.model_copy(update=changed), second
        drawn_figures.clear()
        after = site(tmp_path, both, kept)
        assert drawn_figures == redrawn
        assert after == site(tmp_path, both, None)


def test_an_annotation_is_in_the_picture_of_its_figure(tmp_path: Path) -> None:
    """Changed, it is drawn anew, in the page and in the files that a reader takes."""
    study = gallery.small(tmp_path)[1]
    kept = Cache(tmp_path / "kept")
    prose = study.folder / "index.md"
    was = prose.read_text()
    drawings = []
    for note in ("One thing.", "Another."):
        prose.write_text(was.rstrip() + f"\n- @3: {note}\n")
        after = site(tmp_path, (study,), kept)
        assert after == site(tmp_path, (study,), None)
        place = max(tmp_path.glob("site-*"), key=lambda p: int(p.name[5:]))
        (drawing,) = place.glob("**/figures/matrix.svg")
        drawings.append(drawing.read_text("utf-8"))
        assert note in drawings[-1]
    assert drawings[0] != drawings[1]


@pytest.mark.slow(4)
def test_who_graded_a_method_draws_no_other_study(
    tmp_path: Path, drawn_figures: list[str]
) -> None:
    """Figures show grades of a method, not who gave them, whose own title changed."""
    every = gallery.studies(tmp_path)
    (judge,) = (one for one in every if one.title == "Whom to believe")
    kept = Cache(tmp_path / "kept")
    site(tmp_path, every, kept)
    renamed = judge.model_copy(update={"title": "Whom to trust"})
    every = tuple(renamed if one is judge else one for one in every)
    drawn_figures.clear()
    after = site(tmp_path, every, kept)
    assert {name.split()[0] for name in drawn_figures} <= {judge.slug}
    assert after == site(tmp_path, every, None)


def test_a_changed_artifact_is_drawn_anew(
    tmp_path: Path, drawn_figures: list[str]
) -> None:
    """All figures of its study, none of another."""
    studies = gallery.small(tmp_path)
    kept = Cache(tmp_path / "kept")
    site(tmp_path, studies, kept)
    path = artifact_path(studies[1], "greedy")
    stored = load_artifact(path)
    scores = stored.artifact.scores.copy()  # type: ignore[attr-defined]
    scores[0] = scores[0][::-1]
    save_artifact(
        path,
        type(stored.artifact)(**vars(stored.artifact) | {"scores": scores}),
        stored.head,
    )
    drawn_figures.clear()
    after = site(tmp_path, studies, kept)
    assert drawn_figures == ["earlier matrix"]
    assert after == site(tmp_path, studies, None)


def test_what_all_pages_share_is_in_every_key(
    tmp_path: Path, drawn_figures: list[str]
) -> None:
    """The base address, the site's settings and its templates draw all anew."""
    studies = gallery.small(tmp_path)
    kept = Cache(tmp_path / "kept")
    site(tmp_path, studies, kept)
    settings = gallery.SETTINGS.model_copy(update={"author": "B. Writer"})
    (tmp_path / "templates").mkdir()
    for changed in ({"base_url": "https://example.org/x/"}, {"settings": settings}):
        drawn_figures.clear()
        site(tmp_path, studies, kept, **changed)
        assert len(drawn_figures) == 3
    page = (TEMPLATES / "404.html").read_text("utf-8").replace("no page", "nothing")
    (tmp_path / "templates" / "404.html").write_text(page)
    drawn_figures.clear()
    site(tmp_path, studies, kept)
    assert len(drawn_figures) == 3


def test_damage_to_what_was_kept_is_not_shown(tmp_path: Path) -> None:
    """Each entry in turn, a bit flipped in its middle: the site stays the same."""
    studies = gallery.small(tmp_path)
    before = site(tmp_path, studies, Cache(tmp_path / "kept"))
    for path in sorted((tmp_path / "kept").iterdir()):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    assert site(tmp_path, studies, Cache(tmp_path / "kept")) == before


@pytest.mark.slow(7)
def test_every_field_of_a_post_survives(tmp_path: Path) -> None:
    """Posts of every kind of figure: recalled, they give the bytes they gave first."""
    studies = gallery.studies(tmp_path)
    first = site(tmp_path, studies, Cache(tmp_path / "kept"))
    assert site(tmp_path, studies, Cache(tmp_path / "kept")) == first
    assert site(tmp_path, studies, None) == first


@pytest.mark.parametrize("compared", [True, False])
def test_words_that_were_there_for_a_moment_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compared: bool
) -> None:
    """A write-up exchanged and put back during a build is drawn as it is.

    The control: where states of files are not compared, the other words stay on the
    site as long as the write-up says the first ones.
    """
    study = gallery.small(tmp_path)[0]
    prose = study.folder / "index.md"
    expected = site(tmp_path, (study,), None)
    words, moments = prose.read_bytes(), [b"Other words."]

    def make(*given: Any, **options: Any) -> Any:
        if not moments:
            return make_post(*given, **options)
        prose.write_bytes(moments.pop())
        made = make_post(*given, **options)
        prose.write_bytes(words)
        return made

    monkeypatch.setattr(post_cache, "make_post", make)
    if not compared:
        monkeypatch.setattr(post_cache, "read_states", lambda _folder: {})
    for _ in range(2):
        found = site(tmp_path, (study,), Cache(tmp_path / "kept"))
        assert (found == expected) == compared


def test_unchanged_files_are_linked_and_others_are_not(tmp_path: Path) -> None:
    """A file of the old site keeps its inode; a changed or linked one is written."""
    old, new = tmp_path / "old", tmp_path / "new"
    write_files(as_contents({"a/same": b"1", "changed": b"2", "gone": b"3"}), old)
    (old / "through").symlink_to(old / "a" / "same")
    mark_folder(
        old, SiteManifest({path: digest(b"1") for path in ("a/same", "through")}, {})
    )
    write_files(
        as_contents({"a/same": b"1", "changed": b"4", "through": b"1", "fresh": b"5"}),
        new,
        old,
    )
    assert (old / "a" / "same").samefile(new / "a" / "same")
    assert not (new / "through").is_symlink()
    assert not (old / "a" / "same").samefile(new / "through")
    assert (old / "changed").read_bytes() == b"2"
    assert (new / "changed").read_bytes() == b"4"


def test_a_post_without_fragments_is_the_same(tmp_path: Path) -> None:
    """Fragments change no byte of a body."""
    study = gallery.small(tmp_path)[0]
    from generator.site.figure_renderer import FigureCache
    from generator.site.templates import build_environment

    templates = build_environment(tmp_path)
    fragments = FigureCache(Cache(tmp_path / "kept"), "k")
    plain, _ = make_post(study, templates, {})
    for _ in range(2):
        post, _ = make_post(study, templates, {}, fragments=fragments)
        assert post.article == plain.article


def test_studies_of_the_same_artifacts_share_drawings(
    tmp_path: Path, drawn_figures: list[str]
) -> None:
    """A study copied to another day is not drawn again, and cites its own day."""
    first = gallery.small(tmp_path)[1]
    folder = first.folder.with_name("2025-12-12-later")
    shutil.copytree(first.folder, folder)
    later = first.model_copy(
        update={"slug": "later", "date": dt.date(2025, 12, 12), "folder": folder}
    )
    both = site(tmp_path, (first, later), Cache(tmp_path / "kept"))
    assert drawn_figures == ["earlier matrix"]
    assert both == site(tmp_path, (first, later), None)
    (page,) = (tmp_path / "site-0").glob("*/2025/12/12/later/index.html")
    assert "12 December 2025" in page.read_text("utf-8")
    assert "notes/2025/12/12/later/" in page.read_text("utf-8")


def test_a_page_reads_no_article_but_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new title redraws lists and neighbours; none looks into another's article."""
    own: list[str] = []
    read: list[str] = []
    page_html, article = render_pages.page_html, post_cache._article

    def drawn_figures(page: Page, renderer: render_pages.PageRenderer) -> str:
        own[:] = [page.post.key] if page.post else []
        read.append(page.path)
        return page_html(page, renderer)

    def seen(cache: Cache, key: str) -> PostArticle:
        assert own == [key]
        return article(cache, key)

    def recalled(*_: object) -> bytes:
        return b""

    studies = gallery.small(tmp_path)
    site(tmp_path, studies, Cache(tmp_path / "kept"))
    monkeypatch.setattr(render_pages, "page_html", drawn_figures)
    monkeypatch.setattr(post_cache, "_article", seen)
    monkeypatch.setattr("generator.site.pages.feed.recalled", recalled)
    named = studies[0].model_copy(update={"title": "Another title"})
    site(tmp_path, (named, *studies[1:]), Cache(tmp_path / "kept"))
    assert {"index.html", "archive/index.html"} <= {*read}
    assert sum(path.count("/") == 5 for path in read) == len(studies)


def test_prose_redraws_its_page_and_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No list, no neighbour, no page about the site."""
    read: list[str] = []
    page_html = render_pages.page_html

    def drawn_figures(page: Page, renderer: render_pages.PageRenderer) -> str:
        read.append(page.path)
        return page_html(page, renderer)

    studies = gallery.small(tmp_path)
    site(tmp_path, studies, Cache(tmp_path / "kept"))
    monkeypatch.setattr(render_pages, "page_html", drawn_figures)
    prose = studies[0].folder / "index.md"
    prose.write_text(f"{prose.read_text()}\nOne sentence.\n")
    site(tmp_path, studies, Cache(tmp_path / "kept"))
    assert len(read) == 2
    assert "search/index.html" in read

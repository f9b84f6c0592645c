"""The site: whole, the same each time, self-contained, safe."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import posixpath
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import html5lib
import pytest

from generator.artifacts.store import artifact_path
from generator.core.errors import FigureError, IntegrityError, StudyError, WriteUpError
from generator.site.build import render_site
from generator.site.output import check_collisions
from generator.site.templates import build_environment
from generator.site.templates import render_template as draw
from generator.study.site_settings import SiteSettings
from tests.figures import examples, gallery


@pytest.fixture
def project(gallery_site: Path) -> Path:
    """The gallery, its studies and its site."""
    return gallery_site.parent


def tree(folder: Path) -> dict[str, str]:
    """Every file and its hash."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def pages(project: Path) -> dict[str, str]:
    """Every page's text by its path."""
    site = project / "site"
    return {
        p.relative_to(site).as_posix(): p.read_text("utf-8")
        for p in sorted(site.rglob("*.html"))
    }


def page(project: Path) -> str:
    """The gallery's long page."""
    return pages(project)["studies/2026/11/13/slots/index.html"]


@pytest.mark.slow(4)
def test_two_renderings_are_one(project: Path, tmp_path: Path) -> None:
    """In another folder, process, hash seed, time zone and locale: the same bytes."""
    elsewhere = tmp_path / "Ünder a b"
    command = [sys.executable, "-m", "tests.figures.gallery", str(elsewhere)]
    odd = {
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C.UTF-8",
        "USER": "eve",
    }
    subprocess.run(command, check=True, env={**os.environ, **odd}, capture_output=True)
    assert tree(elsewhere / "site") == tree(project / "site")


def test_no_clock_and_no_path_is_in_the_site(project: Path) -> None:
    """Neither today's date nor a folder of this machine is anywhere in the site."""
    now = dt.datetime.now(tz=dt.UTC)
    if now.date() == dt.date(2026, 11, 13):
        pytest.skip("today is the date of the sample study")
    needles = [str(project), str(Path.home()), f"{now:%Y-%m-%dT%H}"]
    for path in sorted((project / "site").rglob("*")):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            for needle in needles:
                assert needle not in text or needle in {"/", "/root"}, path.name


def test_every_link_leads_somewhere(project: Path) -> None:
    """Each relative address is a file of the site, each fragment an id in it."""
    site = project / "site"
    ids = {
        path: set(re.findall(r' id="([^"]+)"', text))
        for path, text in pages(project).items()
    }
    for path, text in pages(project).items():
        for address in re.findall(r' (?:href|src)="([^"]+)"', text):
            parts = urlsplit(address)
            if parts.scheme:
                continue
            base = "" if path == "404.html" else posixpath.dirname(path)
            target = posixpath.normpath(
                posixpath.join(base, unquote(parts.path).lstrip("/"))
            )
            target = path if not parts.path else target
            assert (site / target).is_file(), f"{path}: {address}"
            if parts.fragment and target in ids:
                assert parts.fragment in ids[target], f"{path}: {address}"
            assert path == "404.html" or not address.startswith("/")


def test_links_end_in_a_file(project: Path) -> None:
    """A folder opens no page from a disk, so links name the file."""
    for path, text in pages(project).items():
        for address in re.findall(r' href="([^"#]+)', text):
            assert not address.endswith("/") or ":" in address, f"{path}: {address}"


@pytest.fixture(scope="module")
def document(gallery_site: Path) -> Any:
    """The gallery's long page, parsed as a browser parses it."""
    text = page(gallery_site.parent)
    return html5lib.parse(text, namespaceHTMLElements=False)


def test_hostile_tokens_are_all_on_the_page(document: Any) -> None:
    """Every token shows, by its signs, in the table and in the strips."""
    from generator.core.tokens import Token
    from generator.figures.formatting import display_token

    shown = {"".join(e.itertext()) for e in document.iter("bdi")}
    for text in examples.HOSTILE:
        token = display_token(Token(text))
        assert token.text in shown, text
        assert token.short in shown, text
    assert "49" not in "".join(t for t in shown if "7*7" in t)


def test_each_figure_carries_its_evidence(project: Path) -> None:
    """Number, summary, legend, data, table, provenance and scores, in this order."""
    figures = re.findall(r"<figure .*?</figure>", page(project), re.DOTALL)
    assert len(figures) == len(gallery.FIGURE_SETTINGS)
    for i, figure in enumerate(figures, 1):
        at = 0
        for mark in (f">Figure {i}</a>", 'class="summary"', 'class="key-box"',
                     'class="canvas"', ">Data<", "JSON", '<details class="data-table"',
                     'scope="col"', "<figcaption>", 'class="provenance"', "9ea96019",
                     "seed 11"):  # fmt: skip
            at = figure.index(mark, at)
        kind = re.search(r'data-figure="(\w+)"', figure)
        assert kind
        scored = kind[1] in {"text", "matrix", "epochs", "parts"}
        block = figure.partition('<section class="scores"')[2]
        assert bool(block) == scored
        assert block.count("not run") <= scored
        assert ('class="legend"' in figure) == scored
    assert "rows sum to 1: 1.2e-07 of at most 1e-06" in figures[0]
    assert "epoch 8 of 8, best by held-out loss" in figures[0]


def test_figures_of_classifiers_carry_their_evidence(project: Path) -> None:
    """Legend or key, table and provenance; what explains a model says what was run."""
    text = pages(project)["studies/2026/05/08/classifiers/index.html"]
    figures = re.findall(r"<figure .*?</figure>", text, re.DOTALL)
    assert len(figures) == len(gallery.CLASSIFIER_FIGURES)
    for figure in figures:
        kind = re.search(r'data-figure="(\w+)"', figure)
        assert kind
        for mark in (
            'class="key-box"',
            'class="canvas"',
            'scope="col"',
            'class="provenance"',
        ):
            assert mark in figure
        explains = kind[1] in {"heatmap", "history", "compare", "rule"}
        assert ('<section class="scores"' in figure) == explains


def test_tables_are_real(document: Any) -> None:
    """Tables behind figures have captions and headings with a scope."""
    tables = [t for t in document.iter("table") if t.find("caption") is not None]
    assert len(tables) > 12
    for table in tables:
        assert all(th.get("scope") in {"col", "row"} for th in table.iter("th"))


def test_provenance_is_printed(project: Path) -> None:
    """Corpus, cleaning, model, seed, epochs, versions and keys are on the page."""
    text = page(project)
    for fact in ("planted_songs, 960 documents", "0 documents were dropped", "41,250",
                 "96 documents held out", "numeric fingerprint", "tensorflow 2.21.0",
                 "9ea96019" * 8, "3.15.1", "48 s", "8, best 8 by held-out loss",
                 "studies collect 2026-11-13-slots"):  # fmt: skip
        assert fact in text, fact


def test_the_data_are_the_artifacts(project: Path) -> None:
    """The JSON beside a page is the artifact's own file."""
    data = project / "site/studies/2026/11/13/slots/data"
    for path in sorted((project / "studies/2026-11-13-slots/artifacts").iterdir()):
        assert (data / path.name).read_bytes() == path.read_bytes()


def test_assets_carry_their_hash(project: Path) -> None:
    """A changed style sheet has another name, so that no old one is shown."""
    for path in sorted((project / "site/assets").iterdir()):
        assert (
            path.name.split(".")[1]
            == hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        )
    assert (project / "site/.nojekyll").is_file()


def test_addresses_are_lower_case(project: Path) -> None:
    """No two addresses are one on a disk that ignores case."""
    paths = list(tree(project / "site"))
    assert [p for p in paths if p != p.casefold()] == []
    with pytest.raises(StudyError, match="lower case"):
        check_collisions({"A.html": b""})


def test_two_pages_cannot_have_one_address(tmp_path: Path) -> None:
    """Tags that are one in an address are an error that names it."""
    first, second = gallery.small(tmp_path)
    clash = first.model_copy(update={"tags": ("C++", "C")})
    into = tmp_path / "out"
    into.mkdir()
    with pytest.raises(StudyError, match="have one address"):
        render_site(tmp_path, [clash, second], gallery.SETTINGS, into)
    assert list(into.iterdir()) == []


def test_the_feed_is_dated_by_the_studies(tmp_path: Path) -> None:
    """Ids are tag: addresses, dates are the studies', links are absolute."""
    both = gallery.small(tmp_path)
    into = tmp_path / "out"
    into.mkdir()
    render_site(
        tmp_path, both, gallery.SETTINGS, into, base_url="https://example.org/repo"
    )
    feed = ET.fromstring((into / "feed.xml").read_bytes())  # noqa: S314 - our own
    atom = "{http://www.w3.org/2005/Atom}"
    assert feed.findtext(f"{atom}updated") == "2026-11-13T00:00:00+00:00"
    entry = feed.find(f"{atom}entry")
    assert entry is not None
    assert entry.findtext(f"{atom}id") == (
        "tag:example.org,2026-11-13:studies/2026/11/13/slots"
    )
    link = entry.find(f"{atom}link")
    assert link is not None
    assert link.get("href") == "https://example.org/repo/studies/2026/11/13/slots/"
    text = (into / "studies/2026/11/13/slots/index.html").read_text("utf-8")
    assert 'rel="canonical" href="https://example.org/repo/studies/2026' in text
    lost = (into / "404.html").read_text("utf-8")
    assert 'href="/repo/assets/style.' in lost


def test_a_study_whose_artifacts_went_ends_the_rendering(tmp_path: Path) -> None:
    """No study is left out without a word: what is missing is named."""
    first, second = gallery.small(tmp_path)
    artifact_path(first, "greedy").unlink()
    into = tmp_path / "out"
    into.mkdir()
    with pytest.raises(IntegrityError, match="artifact greedy was never collected"):
        render_site(tmp_path, [first, second], gallery.SETTINGS, into)


def test_drafts_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    """A draft is on no page, in no feed; asked for, it carries its mark."""
    first, _ = gallery.small(tmp_path)
    draft = first.model_copy(update={"draft": True})
    for asked in (False, True):
        into = tmp_path / f"out-{asked}"
        into.mkdir()
        render_site(tmp_path, [draft], gallery.SETTINGS, into, drafts=asked)
        path = into / "studies/2026/11/13/slots/index.html"
        assert path.exists() == asked
        if asked:
            assert ">Draft<" in path.read_text("utf-8")


def test_an_empty_site_is_a_site(tmp_path: Path) -> None:
    """Without a study there are a first page, lists and an empty feed, no clock."""
    into = tmp_path / "out"
    into.mkdir()
    render_site(tmp_path, [], SiteSettings(), into)
    assert "No study has been collected" in (into / "index.html").read_text("utf-8")
    assert b"1970-01-01T00:00:00+00:00" in (into / "feed.xml").read_bytes()


def test_a_failing_study_writes_nothing(tmp_path: Path) -> None:
    """A mistake anywhere leaves the folder empty, and all mistakes are told."""
    first, second = gallery.small(tmp_path)
    for study in (first, second):
        (study.folder / "index.md").write_text("{{ nothing }}\n", "utf-8")
    into = tmp_path / "out"
    into.mkdir()
    with pytest.raises(WriteUpError) as caught:
        render_site(tmp_path, [first, second], gallery.SETTINGS, into)
    assert len(caught.value.problems) == 2
    assert list(into.iterdir()) == []


def test_a_figure_that_cannot_be_drawn_is_named(tmp_path: Path) -> None:
    """The message names the study file and the figure."""
    first, _ = gallery.small(tmp_path)
    figures = {
        **first.figures,
        "step": first.figures["step"].model_copy(update={"step": 99}),
    }
    into = tmp_path / "out"
    into.mkdir()
    with pytest.raises(FigureError, match=r"study.yaml: figures.step: step: 99 of 15"):
        render_site(
            tmp_path,
            [first.model_copy(update={"figures": figures})],
            gallery.SETTINGS,
            into,
        )


def test_figures_that_are_placed_nowhere_are_told(tmp_path: Path) -> None:
    """A figure that the write-up forgot is a warning."""
    first, _ = gallery.small(tmp_path)
    (first.folder / "index.md").write_text("Nothing here.\n", "utf-8")
    into = tmp_path / "out"
    into.mkdir()
    done = render_site(tmp_path, [first], gallery.SETTINGS, into)
    assert any("figure matrix is placed nowhere" in w for w in done.warnings)


@pytest.mark.parametrize(
    ("text", "message"),
    [("{{ lable }}", "broken.html:1: 'lable' is undefined"),
     ("a\n{% if %}", "broken.html:2:"),
     ("{% include 'none.html' %}", "no template none.html")],
)  # fmt: skip
def test_a_broken_template_names_its_line(
    tmp_path: Path, text: str, message: str
) -> None:
    """A project's own template fails with its file and line."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/broken.html").write_text(text, "utf-8")
    with pytest.raises(FigureError) as caught:
        draw(build_environment(tmp_path), "broken.html", {})
    assert message in str(caught.value)


def test_a_harmful_template_is_stopped_by_the_oracle(tmp_path: Path) -> None:
    """A page with an inline program is not written, nor is any other."""
    (tmp_path / "templates").mkdir()
    text = '{% extends "base.html" %}{% block main %}<p onclick="x()">{% endblock %}'
    (tmp_path / "templates/about.html").write_text(text, "utf-8")
    into = tmp_path / "out"
    into.mkdir()
    with pytest.raises(IntegrityError, match="onclick is a program"):
        render_site(tmp_path, [], SiteSettings(), into)
    assert list(into.iterdir()) == []

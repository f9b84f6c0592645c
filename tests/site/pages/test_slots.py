"""Hostile text in every slot that a page has: shown, and never obeyed.

Each payload stands in one site at once as title, summary, author, tag, series, update,
claim, token, quantity, provenance, caption and in the settings of the site. Rendering
ends with the oracle's look at every page, so that it ends at all says that no page was
refused.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.artifacts import Estimate, Estimates
from generator.artifacts.store import artifact_path
from generator.core.errors import StudyError
from generator.core.tokens import Token
from generator.figures import FIGURES
from generator.figures.formatting import display_token, make_visible
from generator.site.build import render_site
from generator.site.html_safety import POLICY, find_problems, parse_elements
from generator.study.site_settings import SiteSettings
from generator.study.study import Study, Update
from tests.artifacts.saving import save_artifact
from tests.figures import examples, gallery
from tests.figures.examples import HOSTILE

PAYLOADS = tuple(dict.fromkeys(HOSTILE))
DAY = dt.date(2026, 11, 13)


def hostile_study(project: Path, text: str) -> Study:
    """A study that says `text` wherever a study can say anything.

    A study file holds no half of a character and no line without one that prints.
    """
    words = text.encode("utf-8", "replace").decode()
    figures = {
        "matrix": {"figure": "matrix", "artifact": "greedy"},
        "step": {"figure": "text", "artifact": "greedy", "step": 3},
        "dots": {"figure": "estimates", "artifact": "tfidf"},
    }
    made = {
        name: FIGURES[one["figure"]](**one).model_copy(
            update={"title": words, "alt": words if name == "step" else ""}
        )
        for name, one in figures.items()
    }
    author = words[:99] if words.isprintable() and words.strip() else "A. Writer"
    one = gallery.study(
        project, DAY, "slots", names=("greedy", "tfidf"), title=words,
        category="studies", tags=(), summary=words, authors=(author,), draft=False,
        models={"lm": gallery.LM}, licence=words, figures=(),
    )  # fmt: skip
    update = Update(date=DAY, text="x").model_copy(update={"text": words})
    one = one.model_copy(update={"figures": made, "updates": (update,)})
    gallery.fill(one, "Text.\n\n" + "".join(
        f"![A caption.](figure:{name})\n\n" for name in made))  # fmt: skip
    greedy = examples.attention([*examples.SENTENCE[:5], text, text], 6, seed=9)
    greedy = replace(greedy, quantity=words, prefix=text)  # the first is ours
    rows = tuple(
        Estimate(f"{text} {n}", 0.2 * n, 0.1 * n, 0.3 * n, 40) for n in range(1, 4)
    )
    tfidf = Estimates(
        quantity=words, rows=rows, reference=0.1, reference_name=text, notes=(text,)
    )
    for name, artifact in (("greedy", greedy), ("tfidf", tfidf)):
        head = gallery.head(artifact, name)
        made_by = head.made
        assert made_by.corpus is not None
        corpus = replace(made_by.corpus, source=text, notes=(text,))
        settings = {**made_by.settings, "prefix": text}
        head = replace(head, made=replace(made_by, corpus=corpus, settings=settings))
        save_artifact(artifact_path(one, name), artifact, head)
    return one


def hostile_settings(text: str) -> SiteSettings:
    """Settings of a site that say `text` in every line of print."""
    words = text.encode("utf-8", "replace").decode()
    return SiteSettings().model_copy(
        update=dict.fromkeys(("title", "description", "author", "licence"), words)
    )


@pytest.mark.slow
@pytest.mark.parametrize("text", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_payload_in_every_slot_gives_no_finding(tmp_path: Path, text: str) -> None:
    """Every page is let through, and the text is on the study's page as it is shown."""
    one = hostile_study(tmp_path, text)
    into = tmp_path / "site"
    into.mkdir()
    done = render_site(tmp_path, (one,), hostile_settings(text), into)
    for path in sorted(into.rglob("*.html")):
        assert find_problems(path.read_text("utf-8")) == [], path
    assert done.pages > 10
    page = (into / "studies/2026/11/13/slots/index.html").read_text("utf-8")
    titles = [e for e in parse_elements(page) if e.tag == "title"]
    assert len(titles) <= 1
    shown = display_token(Token(text)).text
    assert text_of(shown) in page or text_of(make_visible(text, blanks=False)) in page


def text_of(shown: str) -> str:
    """`shown` as it stands in a page's source."""
    from markupsafe import escape

    return str(escape(shown))


@pytest.mark.slow
@pytest.mark.parametrize("text", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_payload_in_prose_is_shown_or_refused(tmp_path: Path, text: str) -> None:
    """As a sentence, a heading, a list, a table, a note and a caption."""
    one = gallery.small(tmp_path)[1]
    line = " ".join(text.split()) or "x"
    (one.folder / "index.md").write_text(
        f"A sentence: {text}\n\n## {line}\n\n- {line}\n\n| a |\n|---|\n| {line} |\n\n"
        f"See.[^n]\n\n[^n]: {line}\n\n![{line}](figure:matrix)\n",
        "utf-8",
        errors="replace",
    )
    into = tmp_path / "site"
    into.mkdir()
    with suppress(StudyError):  # an author's mistake, told with its place
        render_site(tmp_path, (one,), gallery.SETTINGS, into)
    for path in sorted(into.rglob("*.html")):
        assert find_problems(path.read_text("utf-8")) == [], path


def test_raw_payloads_are_found() -> None:
    """The control: written into a page as they are, dozens of them are findings."""
    head = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><meta '
        f'http-equiv="Content-Security-Policy" content="{POLICY}"><title>t</title>'
    )

    def page(text: Any) -> str:
        raw = str(text).encode("utf-8", "replace").decode()
        return f"{head}</head><body><p title='{raw}'>{raw}</p></body></html>"

    found = [text for text in PAYLOADS if find_problems(page(text))]
    assert len(found) >= 6
    assert not find_problems(page("plain"))

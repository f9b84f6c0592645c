"""The search index: every word of every study, small, and as the script reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from generator.core.serialize import to_base36
from generator.site.build import render_site
from generator.site.pages.post import Post, SearchSection
from generator.site.pages.search_index import (
    build_search_index,
    figure_section,
    html_text,
    merge_sections,
    prose_sections,
    split_words,
)
from tests.figures import gallery


def read(script: bytes) -> dict[str, Any]:
    """The index as the page's script sees it: terms with the numbers of documents."""
    text = script.decode("ascii").removeprefix("globalThis.SEARCH_INDEX=")
    told: dict[str, Any] = json.loads(text.removesuffix(";\n"))
    found = {}
    for term, places in zip(told["terms"].split(), told["places"].split(), strict=True):
        number, numbers = 0, set()
        for step in (int(text, 36) for text in places.split(",")):
            for _ in range(max(1, -step)):
                number += 1 if step < 0 else step
                numbers.add(number)
        found[term] = numbers
    return {**told, "found": found}


@pytest.fixture(scope="module")
def posts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Post, ...]:
    """The gallery's two small studies as posts."""
    from generator.site.post_cache import RenderContext, collect_posts
    from generator.site.templates import build_environment

    folder = tmp_path_factory.mktemp("small")
    studies = gallery.small(folder)
    bench = RenderContext(folder, build_environment(folder), gallery.SETTINGS)
    return collect_posts(studies, bench)[0]


def test_every_word_of_every_document_is_found(posts: tuple[Post, ...]) -> None:
    """Titles, prose, captions, sentences and tokens; each leads to its document."""
    told = read(build_search_index(posts))
    every = [(post, one) for post in posts for one in post.sections]
    assert len(told["documents"]) == len(every)
    for number, (post, one) in enumerate(every):
        for word in [*split_words(f"{one.title} {one.text}"), *one.words]:
            assert number in told["found"][word]
        assert told["documents"][number][1] in {"", one.id}
        if not one.id:
            assert all(number in told["found"][w] for w in split_words(post.title))
    assert "orlova" in told["found"]  # a token that no prose names


def test_documents_lead_to_places_of_their_pages(tmp_path: Path) -> None:
    """Every document's page is there and has its id."""
    files = render_site(
        tmp_path, gallery.small(tmp_path), gallery.SETTINGS, None
    ).read()
    script = next(c for p, c in files.items() if p.startswith("assets/index."))
    told = read(script)
    for at, own, *_ in told["documents"]:
        page = files[told["pages"][at][0]].decode()
        assert not own or f' id="{own}"' in page
    page = files["search/index.html"].decode()
    assert page.index("assets/index.") < page.index("assets/search.")
    assert "assets/index." not in files["index.html"].decode()


def test_words_are_cut_without_case_and_accents() -> None:
    """Marks divide, unspaced writing is cut by character, `ß` is `ss`, digits go."""
    assert list(split_words("Größe, naïve <pad> step-2 注意力")) == [
        "grosse", "naive", "pad", "step", "注", "意", "力",
    ]  # fmt: skip


def test_sections_are_told_apart_by_headings() -> None:
    """What stands before all headings is the study; after a figure, prose goes on."""
    prose = (
        '<p>One<a class="note-mark" href="#fn-1">1</a> <em>two</em>, &lt;pad&gt;.</p>'
    )
    first = [*prose_sections(f'{prose}<h2 id="a"><a href="#a">Aa</a></h2><p>x</p>')]
    drawn = (
        '<p class="summary">It is ‘<bdi>low</bdi>’.</p><bdi>orlova</bdi><bdi>low</bdi>'
    )
    figure = figure_section("f", "F", drawn, Markup("<p>See.</p>"))
    found_by = ("is", "it", "low", "orlova", "see")
    found = merge_sections([*first, figure, *prose_sections("<p>y</p>")])
    assert found == (
        SearchSection("", "", "One two, <pad>.", ("one", "pad", "two")),
        SearchSection("a", "Aa", "x y", ("aa",)),
        SearchSection("fig-f", "F", "It is ‘low’. See.", found_by, figure=True),
    )


def test_hostile_text_stays_text() -> None:
    """Markup in prose is shown, what cannot be seen has a sign, formulas are left."""
    assert html_text("<p>&lt;/script&gt; \x00 <math><mi>x</mi></math>b</p>") == (
        "</script> ␀ b"
    )


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (35, "z"), (36, "10")])
def test_numbers_are_written_in_base_36(number: int, text: str) -> None:
    """As `parseInt(…, 36)` reads them."""
    assert to_base36(number) == text
    assert int(text, 36) == number


def test_the_index_of_many_studies_is_small(posts: tuple[Post, ...]) -> None:
    """Fifty long studies whose words are spread at random, within 300 kB."""
    from dataclasses import replace

    def long(i: int) -> Post:
        texts = (
            " ".join(f"w{(i * 97 + s * 31 + n * n) % 6000}" for n in range(220))
            for s in range(8)
        )
        parts = (SearchSection(f"s{n}", f"Part {n}", t) for n, t in enumerate(texts))
        made = merge_sections(parts)
        return replace(posts[0], path=f"a/2026/01/01/s{i}/index.html", sections=made)

    script = build_search_index([long(i) for i in range(50)])
    assert len(script) < 300_000
    assert script == build_search_index([long(i) for i in range(50)])


def test_an_empty_site_can_be_searched() -> None:
    """There is nothing to find, and no mistake."""
    assert read(build_search_index(()))["found"] == {}

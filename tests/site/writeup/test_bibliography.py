"""`references.bib`: what is read, what is told with its line, what is never a link."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from generator.core.errors import WriteUpError
from generator.site.writeup.bibliography import (
    BODIES,
    AuthorName,
    BibliographyReference,
    arxiv_number,
    bare_doi,
    disambiguate,
    find_bibliography,
    parse_references,
    read_bibliography,
    read_people,
    sort_references,
)
from tests.site.writeup.gallery import BIB

ROOT = Path(__file__).resolve().parents[3]


def problems(text: str) -> tuple[str, ...]:
    """The messages of a file that cannot be used."""
    with pytest.raises(WriteUpError) as caught:
        parse_references(text, "x.bib")
    return caught.value.problems


def test_entries_become_references() -> None:
    """Names, accents, pages, and the addresses that a reference leads to."""
    found = parse_references(BIB, "x.bib")
    assert [one.label for one in sort_references(found.values())] == [
        "Gödel, 1931", "Jain & Wallace, 2019", "van der Berg et al., 2020",
    ]  # fmt: skip
    goedel = found["goedel1931"]
    assert goedel.text == (
        "Gödel, K. (1931). Über formal unentscheidbare Sätze. "
        "Monatshefte für Mathematik, 38, 173–198."
    )
    assert goedel.links == (("doi", "https://doi.org/10.1007/BF01700692"),)
    assert found["jain2019"].links == (("arXiv", "https://arxiv.org/abs/1902.10186"),)
    assert found["jain2019"].writers == "Jain, S., & Wallace, B. C."
    assert found["long"].title == '<script>alert(1)</script> & "other" tokens'
    assert found["long"].writers.endswith("Three, D., et al.")


def test_bodies_and_names_in_braces_are_whole() -> None:
    """A body is not divided at its spaces, and is named where there is no author."""
    found = parse_references(
        "@misc{a, title={T}, author={{The Big Group} and Plato}}\n"
        "@manual{b, title={M}, organization={Some Body}}",
        "x.bib",
    )
    assert found["a"].label == "The Big Group & Plato, n.d."
    assert found["b"].label == "Some Body, n.d."


def test_every_mistake_is_told_with_its_line() -> None:
    """All problems at once: broken, twice, without title, with a bad address."""
    text = (
        "@article{a, title={T}, author={A, B}}\n"
        "@article{a, title={x}}\n"
        "@book{b, title = {broken\n"
        "@misc{c, title={y}, title={z}}\n"
        "@misc{d, url={http://x.org}, year={19}, doi={x}}\n"
        "@misc{e, title={A}, author={a, b, c, d}}\n"
        "@misc{f/g, title={A}, author={B}, url={javascript:alert(1)}}\n"
    )
    found = problems(text)
    lines = [int(line.split(":")[1]) for line in found]
    assert lines == sorted(lines)
    for piece in (
        'x.bib:2: a second entry "a"; the first is on line 1',
        "x.bib:3: entry cannot be read: Unexpected block start",
        "x.bib:4: entry gives title twice; keep one",
        'x.bib:5: entry "d" has no title',
        'x.bib:5: entry "d" has no author',
        'x.bib:5: entry "d": url "http://x.org" is not https://…',
        'x.bib:5: entry "d": year "19" is no year',
        'x.bib:5: entry "d": doi "x" is no DOI',
        "x.bib:6: entry cannot be read: Cannot split the following name",
        'x.bib:7: entry "f/g": a key is letters',
        'x.bib:7: entry "f/g": url "javascript:alert(1)" is not https://…',
    ):
        assert any(line.startswith(piece) for line in found), piece


def test_files_that_are_no_bibliography(tmp_path: Path) -> None:
    """Another encoding, a link, too many bytes: told, not guessed."""
    path = tmp_path / "references.bib"
    path.write_bytes(b"@misc{a,\n title={\xff}}")
    with pytest.raises(WriteUpError, match=r"r\.bib:2: not UTF-8"):
        read_bibliography(path, "r.bib")
    path.write_bytes(b" " * 1_000_001)
    with pytest.raises(WriteUpError, match="larger than"):
        read_bibliography(path, "r.bib")
    link = tmp_path / "link.bib"
    link.symlink_to("/etc/hostname")
    with pytest.raises(WriteUpError, match="is a link"):
        read_bibliography(link, "r.bib")


def test_a_study_may_bring_its_own(tmp_path: Path) -> None:
    """The study's file comes before the one that all studies share."""
    study = tmp_path / "studies" / "one"
    study.mkdir(parents=True)
    shown = "studies/one/index.md"
    assert find_bibliography(study, shown) is None
    (tmp_path / "studies" / "references.bib").write_text(BIB)
    common = tmp_path / "studies" / "references.bib"
    assert find_bibliography(study, shown) == (common, "studies/references.bib")
    (study / "references.bib").write_text(BIB)
    own = (study / "references.bib", "studies/one/references.bib")
    assert find_bibliography(study, shown) == own


def test_works_that_would_be_cited_alike_get_letters() -> None:
    """Two works of one author and year become a and b, by title."""
    text = "".join(
        f"@misc{{{key}, title={{{title}}}, author={{A, B}}, year={year}}}\n"
        for key, title, year in (("x", "Z", 2016), ("y", "A", 2016), ("z", "Q", 2017))
    )
    found = disambiguate(parse_references(text, "x.bib").values())
    labels = {key: one.label for key, one in found.items()}
    assert labels == {"x": "A, 2016b", "y": "A, 2016a", "z": "A, 2017"}


def test_no_link_leaves_https() -> None:
    """Whatever the fields hold, a reference's addresses are https and one word."""
    one = BibliographyReference(
        "k", "misc", (), "T", doi='10.1000/a"<b> c', arxiv="1902.10186"
    )
    assert all(
        url.startswith("https://") and not set(url) & set(' "<>')
        for _, url in one.links
    )


def test_the_shipped_bibliography_is_sound() -> None:
    """Every entry is read, has a year, and leads somewhere or names where it stands."""
    found = read_bibliography(ROOT / "studies" / "references.bib", "references.bib")
    assert found
    assert all(one.year and (one.links or one.where) for one in found.values())


@pytest.mark.parametrize(
    ("number", "kind", "good"),
    [
        ("1706.03762", "arxiv", True),
        ("1706.03762", "arXiv", True),
        ("1706.03762v5", "arxiv", True),
        ("0704.0001", "arxiv", True),
        ("hep-th/9901001", "arxiv", True),
        ("math.GT/0309136", "arxiv", True),
        ("1706.03762", "hal", False),
        ("1706.03762", "", False),
        ("1706.037", "arxiv", False),
        ("1706.0376212", "arxiv", False),
        ("hep-th/990100", "arxiv", False),
        ("1706.03762/x", "arxiv", False),
    ],
)
def test_a_number_of_arxiv_has_its_form(number: str, kind: str, good: bool) -> None:
    """Under either name of the field that says whose it is."""
    for field in ("archiveprefix", "eprinttype"):
        texts = {"eprint": number, field: kind}
        assert arxiv_number(texts) == (number if good else "")


@pytest.mark.parametrize(
    "address", ["", "https://doi.org/", "http://dx.doi.org/", "http://doi.org/", "doi:"]
)
def test_a_doi_stands_alone(address: str) -> None:
    """Without its address, whichever it has."""
    assert bare_doi(f"{address}10.1000/182") == "10.1000/182"
    assert bare_doi("see doi:10.1/2") == "see doi:10.1/2"


def test_people_come_before_the_body_behind_a_work() -> None:
    """Authors, else editors, else the first body; none where nobody is named."""

    def person(first: str, last: str) -> Any:
        parts = {"first": [first], "von": ["de"], "last": [last], "jr": ["Jr."]}
        return SimpleNamespace(**parts)

    ann, bo, nobody = (
        person("Ann", "A"),
        person("Bo", "B"),
        SimpleNamespace(first=["X"], von=[], last=[], jr=[]),
    )
    body = {name: f"The {name}" for name in BODIES}
    for fields, names in (
        ({"author": [ann, bo], "editor": [bo]}, ["Ann de A Jr.", "Bo de B Jr."]),
        ({"author": [nobody], "editor": [bo]}, ["Bo de B Jr."]),
        ({"editor": [ann], **body}, ["Ann de A Jr."]),
        ({"author": [nobody], **body}, [f"The {BODIES[0]}"]),
        (dict.fromkeys(BODIES[1:], "Last"), ["Last"]),
        ({}, []),
    ):
        people = read_people(fields)
        assert [one.full for one in people] == names


@pytest.mark.parametrize(
    ("given", "initials"),
    [
        ("Byron C.", "Wallace, B. C."),
        ("Jean-Luc", "Wallace, J.-L."),
        ("O’Neil x", "Wallace, O. x."),
        ("", "Wallace"),
    ],
)
def test_initials_keep_their_hyphens(given: str, initials: str) -> None:
    """A body has none."""
    assert AuthorName("Wallace", given).initials == initials

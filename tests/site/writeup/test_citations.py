"""Citations lead to the list and back, and name what is missing."""

from __future__ import annotations

import re
from pathlib import Path

from tests.site.writeup.gallery import BIB
from tests.site.writeup.writing import html, problems, read


def cite(folder: Path, text: str) -> str:
    """The HTML of a write-up whose study has a bibliography."""
    (folder / "study").mkdir(exist_ok=True)
    (folder / "study" / "references.bib").write_text(BIB, "utf-8")
    return html(folder, text)


def seen(markup: str) -> str:
    """The text of some HTML."""
    return re.sub(r"<[^>]*>", "", markup).replace("&amp;", "&")


def test_forms_of_a_citation(tmp_path: Path) -> None:
    """One, before a colon too, several, with a place, and the year alone."""
    out = seen(
        cite(
            tmp_path,
            "As [@jain2019]: A [@jain2019]. B [@jain2019, p. 3; @goedel1931]. "
            "J and W [-@jain2019].",
        )
    )
    assert out.strip() == (
        "As (Jain & Wallace, 2019): A (Jain & Wallace, 2019). "
        "B (Jain & Wallace, 2019, p. 3; Gödel, 1931). J and W (2019)."
    )


def test_what_is_no_citation(tmp_path: Path) -> None:
    """Code, links, addresses of mail and brackets stay what they are."""
    text = "`[@jain2019]` [@jain2019](https://example.org) a@b [a@b] [@]"
    out = cite(tmp_path, text)
    assert "cited" not in out
    assert "[a@b]" in out


def test_the_list_leads_back_to_every_use(tmp_path: Path) -> None:
    """Uses are numbered as a reader meets them, in lists, notes and captions too."""
    text = (
        "- [@goedel1931]\n\nA [@jain2019].[^n]\n\n![c [@jain2019]](figure:hero)\n\n"
        "[^n]: [@goedel1931]\n"
    )
    out = cite(tmp_path, text)
    found = {one.key: one.uses for one in read(tmp_path, text).references}
    assert found == {
        "goedel1931": ("cite-1", "cite-3"),
        "jain2019": ("cite-2", "cite-4"),
    }
    for uses in found.values():
        assert all(out.count(f'id="{use}"') == 1 for use in uses)


def test_only_what_is_cited_is_listed(tmp_path: Path) -> None:
    """The list holds what the text cites, by author."""
    cite(tmp_path, "x")
    assert read(tmp_path, "x").references == ()
    keys = [one.key for one in read(tmp_path, "[@long; @jain2019]").references]
    assert keys == ["jain2019", "long"]


def test_hostile_titles_stay_text(tmp_path: Path) -> None:
    """A title that is markup is shown in the link's title, escaped."""
    out = cite(tmp_path, "[@long]")
    assert "<script" not in re.sub(r'title="[^"]*"', "", out)


def test_unknown_keys_are_told_with_their_line(tmp_path: Path) -> None:
    """The nearest key is offered; without any bibliography that is said."""
    (found,) = problems(tmp_path, "a\n\nb [@jain2019]")
    assert "index.md:3: no reference" in found
    assert "there is no references.bib" in found
    cite(tmp_path, "x")
    (found,) = problems(tmp_path, "a\n\nb [@jain2019; @jian2019]")
    assert found == (
        'studies/study/index.md:3: no reference "jian2019" in '
        'studies/study/references.bib; did you mean "jain2019"?'
    )


def test_a_broken_bibliography_matters_to_those_who_cite(tmp_path: Path) -> None:
    """Its problems are told with its own lines, and only where something is cited."""
    html(tmp_path, "x")
    (tmp_path / "study" / "references.bib").write_text("@misc{a,\n title={x")
    html(tmp_path, "still fine")
    (found,) = problems(tmp_path, "[@a]")
    assert found.startswith("studies/study/references.bib:1: entry cannot be read")

"""How to cite a study: a line of text, BibTeX, and a citation file (CFF 1.2.0)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname

from generator.figures.formatting import make_visible
from generator.site.pages.base import SiteData
from generator.site.pages.people import ADDRESSES, find_licence
from generator.site.pages.post import Post
from generator.study.site_settings import Person

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", **{c: f"\\{c}" for c in "&%$#_"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StudyCitation:
    """A study as others may cite it, and where the two files lie."""

    text: str
    bibtex: str
    cff: str
    bibtex_path: str
    cff_path: str


def cite_study(post: Post, data: SiteData) -> StudyCitation:
    """Return the citation of a study, and the paths of its files.

    Args:
        post: The post of a study.
        data: Everything that pages are made of.
    """
    here = dirname(post.path)
    return StudyCitation(
        citation_line(post, data),
        format_bibtex(post, data),
        format_cff(post, data),
        f"{here}/citation.bib",
        f"{here}/citation.cff",
    )


def build_citation_files(data: SiteData) -> dict[str, bytes]:
    """Build the two citation files beside every study's page.

    Args:
        data: Everything that pages are made of.

    Returns:
        The files by path.
    """
    files: dict[str, bytes] = {}
    for post in data.posts:
        citation = cite_study(post, data)
        files[citation.bibtex_path] = citation.bibtex.encode()
        files[citation.cff_path] = citation.cff.encode()
    return files


def citation_authors(post: Post, data: SiteData) -> tuple[Person, ...]:
    """Return the authors to cite.

    Args:
        post: The post of a study.
        data: Everything that pages are made of.

    Returns:
        The study's authors, else who is responsible for the site, else the site.
    """
    name = data.settings.author or data.settings.title
    return post.people or (Person(name=clean_line(name)),)


def clean_line(text: str) -> str:
    """Return text on one line, without control characters."""
    return make_visible(" ".join(text.split()), blanks=False)


def page_address(post: Post, data: SiteData) -> str:
    """Return the address of a study's page, "" where the site's is not known.

    Args:
        post: The post of a study.
        data: Everything that pages are made of.
    """
    path = post.path.removesuffix("index.html")
    return f"{data.base_url}{path}" if data.base_url else ""


def citation_line(post: Post, data: SiteData) -> str:
    """Format the citation of a study as one line of text.

    Args:
        post: The post of a study.
        data: Everything that pages are made of.
    """
    names = [clean_line(person.name) for person in citation_authors(post, data)]
    who = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    stop = "" if post.title.endswith(("?", "!", ".")) else "."
    line = (
        f"{who} ({post.day}). {clean_line(post.title)}{stop} "
        f"{clean_line(data.settings.title)}."
    )
    changed = f" Updated {post.updated_day}." if post.updated != post.date else ""
    return " ".join(filter(None, [line + changed, page_address(post, data)]))


def format_bibtex(post: Post, data: SiteData) -> str:
    """Format the citation of a study as an entry of BibTeX.

    Args:
        post: The post of a study.
        data: Everything that pages are made of.
    """
    names = " and ".join(
        f"{{{escape_tex(p.name)}}}" if " " not in p.name.strip() or not post.people
        else escape_tex(p.name)
        for p in citation_authors(post, data)
    )  # fmt: skip
    fields = {
        "title": f"{{{escape_tex(post.title)}}}",
        "author": names,
        "howpublished": escape_tex(data.settings.title),
        "year": str(post.date.year),
        "month": str(post.date.month),
        "note": f"Updated {post.updated_day}" if post.updated != post.date else "",
        "url": page_address(post, data),
    }
    lines = [f"  {name} = {{{text}}}" for name, text in fields.items() if text]
    key = f"{post.folder[11:]}-{post.date.year}"
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}\n"


def escape_tex(text: str) -> str:
    """Escape the special characters of a field of BibTeX."""
    return "".join(SPECIAL.get(c, c) for c in clean_line(text))


def format_cff(post: Post, data: SiteData) -> str:
    """Format the citation of a study as a citation file, every value in quotes.

    Args:
        post: The post of a study.
        data: Everything that pages are made of.
    """
    under = find_licence(post.licence or data.settings.licence).name
    fields = {
        "title": clean_line(post.title),
        "abstract": clean_line(post.summary),
        "date-released": post.date.isoformat(),
        "version": post.updated.isoformat() if post.updated != post.date else "",
        "url": page_address(post, data),
        "license": under if under in ADDRESSES else "",
    }
    lines = [
        "cff-version: 1.2.0",
        'message: "To cite this study, use what is below."',
        "type: dataset",
        *(f"{name}: {yaml_string(text)}" for name, text in fields.items() if text),
        "authors:",
    ]
    for person in citation_authors(post, data):
        rows = tuple(cff_author_lines(person, entity=not post.people))
        lines += (f"{'  - ' if not i else '    '}{row}" for i, row in enumerate(rows))
    return "\n".join(lines) + "\n"


def cff_author_lines(person: Person, *, entity: bool) -> Iterator[str]:
    """Yield the lines of one author in a citation file.

    Args:
        person: The author.
        entity: Whether the author is a body, whose name is not divided.

    Yields:
        Lines of YAML.
    """
    first, _, last = person.name.rpartition(" ")
    if entity or not first:
        yield f"name: {yaml_string(person.name)}"
    else:
        yield f"family-names: {yaml_string(last)}"
        yield f"given-names: {yaml_string(first)}"
        if person.affiliation:
            yield f"affiliation: {yaml_string(person.affiliation)}"
    if person.orcid:
        yield f"orcid: {yaml_string(f'https://orcid.org/{person.orcid}')}"
    if person.url:
        yield f"website: {yaml_string(person.url)}"


def yaml_string(text: str) -> str:
    """Format text as a YAML scalar in double quotes."""
    return re.sub(
        "[\x7f-\x9f\u2028\u2029\ufeff]",
        " ",
        json.dumps(clean_line(text), ensure_ascii=False),
    )

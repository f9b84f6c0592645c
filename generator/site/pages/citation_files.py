"""How to cite a study: a line of text, BibTeX, and a citation file (CFF 1.2.0)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname

from generator.figures.formatting import visible
from generator.site.pages.base import SiteData
from generator.site.pages.people import ADDRESSES, licence
from generator.site.pages.post import Post
from generator.study.site_settings import Person

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", **{c: f"\\{c}" for c in "&%$#_"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cite:
    """A study as others may cite it, and where the two files lie."""

    text: str
    bibtex: str
    cff: str
    bibtex_path: str
    cff_path: str


def cite(post: Post, data: SiteData) -> Cite:
    """How to cite `post`."""
    here = dirname(post.path)
    return Cite(
        plain(post, data),
        bibtex(post, data),
        cff(post, data),
        f"{here}/citation.bib",
        f"{here}/citation.cff",
    )


def citation_files(data: SiteData) -> dict[str, bytes]:
    """The two files beside every study's page."""
    files: dict[str, bytes] = {}
    for post in data.posts:
        found = cite(post, data)
        files[found.bibtex_path] = found.bibtex.encode()
        files[found.cff_path] = found.cff.encode()
    return files


def writers(post: Post, data: SiteData) -> tuple[Person, ...]:
    """The study's authors, else who is responsible for the site, else the site."""
    name = data.settings.author or data.settings.title
    return post.people or (Person(name=shown(name)),)


def shown(text: str) -> str:
    """`text` on one line, without what a file or a terminal could obey."""
    return visible(" ".join(text.split()), blanks=False)


def address(post: Post, data: SiteData) -> str:
    """The address of the page, "" where the site's is not known."""
    path = post.path.removesuffix("index.html")
    return f"{data.base_url}{path}" if data.base_url else ""


def plain(post: Post, data: SiteData) -> str:
    """One line of text."""
    names = [shown(person.name) for person in writers(post, data)]
    who = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    stop = "" if post.title.endswith(("?", "!", ".")) else "."
    line = (
        f"{who} ({post.day}). {shown(post.title)}{stop} {shown(data.settings.title)}."
    )
    changed = f" Updated {post.updated_day}." if post.updated != post.date else ""
    return " ".join(filter(None, [line + changed, address(post, data)]))


def bibtex(post: Post, data: SiteData) -> str:
    """One entry of BibTeX."""
    names = " and ".join(
        f"{{{tex(p.name)}}}" if " " not in p.name.strip() or not post.people
        else tex(p.name)
        for p in writers(post, data)
    )  # fmt: skip
    fields = {
        "title": f"{{{tex(post.title)}}}",
        "author": names,
        "howpublished": tex(data.settings.title),
        "year": str(post.date.year),
        "month": str(post.date.month),
        "note": f"Updated {post.updated_day}" if post.updated != post.date else "",
        "url": address(post, data),
    }
    lines = [f"  {name} = {{{text}}}" for name, text in fields.items() if text]
    key = f"{post.folder[11:]}-{post.date.year}"
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}\n"


def tex(text: str) -> str:
    """`text` for a field of BibTeX, whose special characters lose their meaning."""
    return "".join(SPECIAL.get(c, c) for c in shown(text))


def cff(post: Post, data: SiteData) -> str:
    """A citation file, every value in quotes."""
    under = licence(post.licence or data.settings.licence).name
    fields = {
        "title": shown(post.title),
        "abstract": shown(post.summary),
        "date-released": post.date.isoformat(),
        "version": post.updated.isoformat() if post.updated != post.date else "",
        "url": address(post, data),
        "license": under if under in ADDRESSES else "",
    }
    lines = [
        "cff-version: 1.2.0",
        'message: "To cite this study, use what is below."',
        "type: dataset",
        *(f"{name}: {value(text)}" for name, text in fields.items() if text),
        "authors:",
    ]
    for person in writers(post, data):
        rows = tuple(credit(person, entity=not post.people))
        lines += (f"{'  - ' if not i else '    '}{row}" for i, row in enumerate(rows))
    return "\n".join(lines) + "\n"


def credit(person: Person, *, entity: bool) -> Iterator[str]:
    """The lines of one author; a body, or somebody with one name, is not divided."""
    first, _, last = person.name.rpartition(" ")
    if entity or not first:
        yield f"name: {value(person.name)}"
    else:
        yield f"family-names: {value(last)}"
        yield f"given-names: {value(first)}"
        if person.affiliation:
            yield f"affiliation: {value(person.affiliation)}"
    if person.orcid:
        yield f"orcid: {value(f'https://orcid.org/{person.orcid}')}"
    if person.url:
        yield f"website: {value(person.url)}"


def value(text: str) -> str:
    """A scalar of YAML in double quotes."""
    return re.sub(
        "[\x7f-\x9f\u2028\u2029\ufeff]",
        " ",
        json.dumps(shown(text), ensure_ascii=False),
    )

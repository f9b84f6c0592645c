"""Metadata in the head of a page, for search engines, readers and catalogues.

Addresses are absolute, so without a base address whatever needs one is left out. Three
vocabularies say much the same: Open Graph for cards of links, the `citation_*` names
that Google Scholar reads, and schema.org as JSON-LD, data that no browser runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from generator.figures.formatting import make_visible
from generator.site.pages.base import Page, SiteData
from generator.site.pages.citation_files import citation_authors
from generator.site.pages.people import find_licence
from generator.site.pages.post import Post
from generator.site.writeup.bibliography import BibliographyReference
from generator.study.site_settings import Person

MetaTag = tuple[str, str, str]
"""The attribute that names it, its name, its value."""
WIDTH, HEIGHT = 1200, 630
SITE_CARD = "card.png"
"""Path of the card of the site itself."""
SCHEMA = "https://schema.org"


@dataclass(frozen=True, slots=True)
class PageHead:
    """The metadata in a page's head besides its title."""

    canonical: str = ""
    tags: tuple[MetaTag, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)


def describe_page(page: Page, data: SiteData) -> PageHead:
    """Build the metadata of a page.

    Args:
        page: The page.
        data: Everything that pages are made of.

    Returns:
        The metadata, empty for a page that search engines should leave out.
    """
    if page.refresh and data.base_url:
        return PageHead(data.address(page.refresh))
    if page.noindex:
        return PageHead()
    canonical = data.address(page.path) if data.base_url else ""
    tags = [*open_graph_tags(page, data)]
    if page.post:
        tags += [*article_tags(page.post), *citation_tags(page.post, data)]
    return PageHead(
        canonical,
        tuple((kind, name, one_line(value)) for kind, name, value in tags if value),
        linked_data(page.post, data) if page.post else {},
    )


def one_line(text: str) -> str:
    """Return text on one line, without invisible characters."""
    return make_visible(" ".join(text.split()), blanks=False)


def open_graph_tags(page: Page, data: SiteData) -> Iterator[MetaTag]:
    """Yield the Open Graph tags, from which others make a card of a link.

    Args:
        page: The page.
        data: Everything that pages are made of.
    """
    own = page.post.card if page.post else SITE_CARD
    card = own if data.base_url else ""
    alt = page.post.card_alt if page.post else data.settings.title
    yield "property", "og:type", "article" if page.post else "website"
    yield "property", "og:title", page.title
    yield "property", "og:description", page.description
    yield "property", "og:site_name", data.settings.title
    yield "property", "og:locale", data.settings.language.replace("-", "_")
    yield "property", "og:url", data.address(page.path) if data.base_url else ""
    if card:
        yield "property", "og:image", data.address(card)
        yield "property", "og:image:width", str(WIDTH)
        yield "property", "og:image:height", str(HEIGHT)
        yield "property", "og:image:alt", alt
    yield "name", "twitter:card", "summary_large_image" if card else "summary"


def article_tags(post: Post) -> Iterator[MetaTag]:
    """Yield the tags of a study's dates, authors and topics.

    Args:
        post: The post of a study.
    """
    yield "property", "article:published_time", post.date.isoformat()
    yield "property", "article:modified_time", post.updated.isoformat()
    yield from (("property", "article:author", p.name) for p in post.people)
    yield "property", "article:section", post.category.name
    yield from (("property", "article:tag", tag.name) for tag in post.tags)


def citation_tags(post: Post, data: SiteData) -> Iterator[MetaTag]:
    """Yield the tags by which catalogues of papers read a study and its references.

    Args:
        post: The post of a study.
        data: Everything that pages are made of.
    """
    day = f"{post.date:%Y/%m/%d}"
    yield "name", "citation_title", post.title
    for person in citation_authors(post, data):
        yield "name", "citation_author", person.name
        yield "name", "citation_author_institution", person.affiliation
        yield "name", "citation_author_orcid", orcid_address(person)
    yield "name", "citation_publication_date", day
    yield "name", "citation_online_date", day
    yield "name", "citation_journal_title", data.settings.title
    yield "name", "citation_language", data.settings.language
    if data.base_url:
        yield "name", "citation_fulltext_html_url", data.address(post.path)
    yield from (
        ("name", "citation_reference", scholar_reference(r))
        for r in post.article.references
    )


def scholar_reference(work: BibliographyReference) -> str:
    """Format one cited work in Google Scholar's form."""
    fields = [
        ("title", work.title),
        *(("author", f"{n.given} {n.family}".strip()) for n in work.authors),
        ("publication_date", work.year),
        ("journal_title" if work.kind == "article" else "inbook_title", work.venue),
        ("volume", work.volume),
        ("doi", work.doi),
        ("arxiv_id", work.arxiv),
    ]
    parts = ((name, text.replace(";", ",")) for name, text in fields if text)
    return ";".join(f"citation_{name}={text}" for name, text in parts)


def orcid_address(person: Person) -> str:
    """Return the address of a person's ORCID iD, "" without one."""
    return f"https://orcid.org/{person.orcid}" if person.orcid else ""


def linked_data(post: Post, data: SiteData) -> dict[str, Any]:
    """Build the description of a study in the vocabulary of schema.org.

    Args:
        post: The post of a study.
        data: Everything that pages are made of.

    Returns:
        JSON-LD; empty values are left out.
    """
    based = data.base_url
    described = {
        "@context": SCHEMA,
        "@type": ["BlogPosting", "ScholarlyArticle"],
        "headline": one_line(post.title),
        "description": one_line(post.summary),
        "datePublished": post.date.isoformat(),
        "dateModified": post.updated.isoformat(),
        "inLanguage": data.settings.language,
        "author": [person_data(person) for person in citation_authors(post, data)],
        "keywords": [one_line(tag.name) for tag in post.tags],
        "license": find_licence(post.licence or data.settings.licence).url,
        "isPartOf": parent_data(post, data),
        "isBasedOn": sorted(
            one_line(f"{t.kind} {t.name}")
            for t in post.traits
            if t.kind in {"model", "corpus"}
        ),
        "citation": [reference_data(work) for work in post.article.references],
    }
    if based:
        described |= {
            "url": data.address(post.path),
            "mainEntityOfPage": data.address(post.path),
            "image": data.address(post.card) if post.card else "",
            "associatedMedia": download_data(post, data),
        }
    return {key: value for key, value in described.items() if value}


def person_data(person: Person) -> dict[str, Any]:
    """Build the description of an author in the vocabulary of schema.org."""
    described = {
        "@type": "Person",
        "name": one_line(person.name),
        "url": person.url,
        "sameAs": orcid_address(person),
        "affiliation": one_line(person.affiliation),
    }
    return {key: value for key, value in described.items() if value}


def parent_data(post: Post, data: SiteData) -> list[dict[str, str]]:
    """Build the descriptions of the site and of the study's series.

    Args:
        post: The post of a study.
        data: Everything that pages are made of.
    """
    wholes = [("Blog", data.settings.title, "index.html")]
    wholes += [("CreativeWorkSeries", named.name, named.path) for named in post.series]
    return [
        {"@type": kind, "name": one_line(name)}
        | ({"url": data.address(path)} if data.base_url else {})
        for kind, name, path in wholes
    ]


def reference_data(work: BibliographyReference) -> dict[str, Any]:
    """Build the description of a cited work in the vocabulary of schema.org."""
    described = {
        "@type": "ScholarlyArticle",
        "name": one_line(work.title),
        "author": [one_line(f"{n.given} {n.family}".strip()) for n in work.authors],
        "datePublished": one_line(work.year),
        "sameAs": f"https://doi.org/{work.doi}" if work.doi else work.url,
    }
    return {key: value for key, value in described.items() if value}


def download_data(post: Post, data: SiteData) -> list[dict[str, str]]:
    """Build the descriptions of the files beside the page.

    Args:
        post: The post of a study.
        data: Everything that pages are made of.
    """
    return [
        {
            "@type": "DataDownload",
            "name": one_line(f"{file.name}, {file.kind}"),
            "contentUrl": data.address(file.path),
        }
        for file in post.article.downloads
    ]

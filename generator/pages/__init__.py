"""Kinds of page. To add one: its module here, its template, its line in the table."""

from generator.pages import (
    claims,
    index,
    lists,
    method,
    missing,
    redirects,
    search,
    series,
    study,
    trust,
)
from generator.pages.base import Pages

PAGES: dict[str, Pages] = {
    "index": index.pages,
    "study": study.pages,
    "claims": claims.pages,
    "archive": lists.archive,
    "tags": lists.tags,
    "categories": lists.categories,
    "series": series.pages,
    "methods": method.pages,
    "trust": trust.pages,
    "search": search.pages,
    "missing": missing.pages,
    "redirects": redirects.pages,
}
"""Kind of page, and the function that makes its pages."""

"""Kinds of page. To add one: its module here, its template, its line in the table."""

from __future__ import annotations

from generator.site.pages import lists, methods, study, trust
from generator.site.pages import lists as claims
from generator.site.pages import lists as index
from generator.site.pages import lists as missing
from generator.site.pages import lists as redirects
from generator.site.pages import lists as search
from generator.site.pages import lists as series
from generator.site.pages.base import Pages

PAGES: dict[str, Pages] = {
    "index": index.index_pages,
    "study": study.pages,
    "claims": claims.claim_pages,
    "archive": lists.archive_pages,
    "tags": lists.tag_pages,
    "categories": lists.category_pages,
    "series": series.series_pages,
    "methods": methods.pages,
    "trust": trust.pages,
    "search": search.search_pages,
    "missing": missing.missing_pages,
    "redirects": redirects.redirect_pages,
}
"""Kind of page, and the function that makes its pages."""

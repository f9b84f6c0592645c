"""Kinds of page. To add one: its module here, its template, its line in the table."""

from generator.pages import claims, index, lists, method, missing, study, trust
from generator.pages.base import Pages

PAGES: dict[str, Pages] = {
    "index": index.pages,
    "study": study.pages,
    "claims": claims.pages,
    "archive": lists.archive,
    "tags": lists.tags,
    "categories": lists.categories,
    "methods": method.pages,
    "trust": trust.pages,
    "missing": missing.pages,
}
"""Kind of page, and the function that makes its pages."""

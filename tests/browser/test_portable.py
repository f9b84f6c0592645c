"""The archive, unpacked anywhere, opens by double click."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from generator.site.ownership import SiteManifest, hash_file, list_paths, mark_folder
from generator.site.portable import write_archive

pytestmark = pytest.mark.browser


@pytest.mark.slow(3)
def test_it_opens_from_disk(browser: Any, site: Path, tmp_path: Path) -> None:
    """No error in the console, every file found, and links lead to pages."""
    copy = shutil.copytree(site, tmp_path / "site")
    files = {path: hash_file(copy / path) for path in list_paths(copy)}
    mark_folder(copy, SiteManifest(files, {}))
    with zipfile.ZipFile(write_archive(copy, "Ten words back")) as archive:
        archive.extractall(tmp_path / "a folder")
    page = browser.new_page()
    wrong: list[str] = []
    page.on("console", lambda m: m.type == "error" and wrong.append(m.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(request.url))
    start = tmp_path / "a folder" / "ten-words-back" / "index.html"
    page.goto(start.as_uri())
    assert page.title() == "Ten words back"
    for link in ("Tags", "Archive", "Methods", "About", "Studies"):
        page.get_by_role("navigation", name="Site").get_by_role(
            "link", name=link, exact=True
        ).click()
        assert page.url.startswith(start.parent.as_uri())
        page.wait_for_load_state()
        assert page.locator("h1").count() == 1
    page.locator(".list h3 a, h2 a, h3 a").first.click()
    page.wait_for_load_state()
    assert page.locator("article.study h1").count() == 1
    page.close()
    assert wrong == []

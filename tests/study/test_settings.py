"""The settings of a site: optional, checked, and at their place when wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.core.errors import ConfigError
from generator.study.site_settings import SiteSettings, load_settings


def settings(project: Path, text: str) -> SiteSettings:
    """The settings that `text` gives."""
    (project / "studies").mkdir(exist_ok=True)
    (project / "studies" / "site.yaml").write_text(text, encoding="utf-8")
    return load_settings(project)


def test_a_site_needs_no_settings(tmp_path: Path) -> None:
    """Without a file every setting has its default."""
    assert load_settings(tmp_path) == SiteSettings()
    assert SiteSettings().timezone == "UTC"


def test_what_the_file_says_is_kept(tmp_path: Path) -> None:
    """Settings are read, the others keep their defaults."""
    made = settings(tmp_path, "title: T\ntimezone: Europe/Berlin\nlanguage: pt-BR\n")
    assert (made.title, made.timezone, made.language) == ("T", "Europe/Berlin", "pt-BR")
    assert made.base_url == ""


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://a.b", "https://a.b/"),
        ("https://a.b/c", "https://a.b/c/"),
        ("http://localhost:8000/", "http://localhost:8000/"),
        ("''", ""),
    ],
)
def test_an_address_ends_in_a_slash(written: str, kept: str, tmp_path: Path) -> None:
    """Addresses of pages can be put behind the base as they are."""
    assert settings(tmp_path, f"base_url: {written}\n").base_url == kept


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("base_url: a.b/c\n", "1:11: base_url must be an address: https://"),
        ("base_url: ftp://a.b/\n", "base_url must be an address"),
        ("base_url: javascript:alert(1)\n", "base_url must be an address"),
        ("base_url: 'https://a b/'\n", "base_url must be an address"),
        ("base_url: 'https://[x/'\n", "base_url must be an address"),
        ("base_url: https://a.b:99999/\n", "base_url must be an address"),
        ("base_url: https:///c\n", "base_url must be an address"),
        ("base_url: https://me:hunter2@a.b/\n", "must hold no user name or password"),
        ("base_url: https://a.b/?c\n", "must hold no ? and no #"),
        ("base_url: 'https://a.b/#c'\n", "must hold no ? and no #"),
        ("timezone: Europe/Berln\n", 'did you mean "Europe/Berlin"?'),
        ("timezone: ../../etc/passwd\n", "1:11: timezone must be a time zone"),
        ("timezone: Europe\n", "1:11: timezone must be a time zone"),
        ("language: english (US)\n", "1:11: language must match"),
        (
            "authors: {a: {name: A, orcid: 0000-0002-1825-0098}}\n",
            "authors.a.orcid must be an ORCID iD; its last digit",
        ),
        ("authors: {a: {name: A, orcid: x}}\n", "1:31: authors.a.orcid must be an"),
        ("authors: {a: {name: A, url: 'http://a.b'}}\n", "authors.a.url must be an"),
        ("authors: {a: {url: 'https://a.b'}}\n", "authors.a.name is required"),
        ("authors: [A]\n", "1:10: authors must be a mapping"),
        ("titel: T\n", '1:1: unknown key "titel"; did you mean "title"?'),
        ("title: 3\n", '1:8: title must be text, got 3; quote it: "3"'),
        ("title:\n", "1:1: title is empty"),
        ("# all of it\n", "expected a mapping of settings, found an empty file"),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(
    text: str, said: str, tmp_path: Path
) -> None:
    """A mistake is one message with its place, and shows no secret."""
    with pytest.raises(ConfigError) as caught:
        settings(tmp_path, text)
    assert len(caught.value.problems) == 1
    assert said in caught.value.problems[0]
    assert caught.value.problems[0].startswith("studies/site.yaml:")
    assert "hunter2" not in str(caught.value)


def test_settings_that_lie_elsewhere_are_not_read(tmp_path: Path) -> None:
    """A link may not lead out of the project."""
    project = tmp_path / "project"
    (project / "studies").mkdir(parents=True)
    (tmp_path / "outside.yaml").write_text("title: T\n")
    (project / "studies" / "site.yaml").symlink_to(tmp_path / "outside.yaml")
    with pytest.raises(ConfigError, match="a link that leaves the project"):
        load_settings(project)

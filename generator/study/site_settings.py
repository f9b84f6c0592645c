"""Settings that all pages of a site share: `studies/site.yaml`, every key optional."""

from __future__ import annotations

import re
import zoneinfo
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from generator.core.cache import Cache
from generator.core.direction import Direction, language_direction
from generator.core.errors import ConfigError, suggest_nearest
from generator.core.spec import LineText, Spec
from generator.study.project import STUDIES
from generator.study.schedule import check_rhythm
from generator.study.yaml.errors import fill_model
from generator.study.yaml.read import read_yaml

FONT_NAME = r"^[A-Za-z0-9][A-Za-z0-9 _.,()\[\]-]{0,120}\.(ttf|otf|TTF|OTF)$"
"""Name of a font's file; it lies in no other folder."""
SETTINGS_FILE = "site.yaml"


def _check_address(text: str) -> str:
    """Return an address, ending in /, or nothing as it is.

    Raises:
        ValueError: It is no address of the web; the message never echoes it.
    """
    if not text:
        return text
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname)
        good = good and parts.port != 0 and text.isprintable() and " " not in text
    except ValueError:
        good = False
    if not good:
        raise ValueError("must be an address: https://… with a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must hold no user name or password")
    if parts.query or parts.fragment or text.endswith(("?", "#")):
        raise ValueError("must hold no ? and no #")
    return text if text.endswith("/") else f"{text}/"


def _check_zone(text: str) -> str:
    """Return the name of a time zone itself.

    Raises:
        ValueError: It names none.
    """
    if text == "UTC":
        return text
    try:
        zoneinfo.ZoneInfo(text)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        known = zoneinfo.available_timezones()
        close = suggest_nearest(text, known)
        hint = close if "?" in close else "for example Europe/Berlin"
        raise ValueError(f"must be a time zone; {hint}") from None
    return text


Level = Literal["error", "warn", "ignore"]


class Validation(Spec):
    """What `check` makes of each kind of finding: an error, a warning, nothing."""

    links: Level = "error"
    """Links to what is no file of the site, case and base path included."""
    anchors: Level = "error"
    """Links to an id that its page does not have."""
    assets: Level = "error"
    """Scripts, style sheets and pictures that are not there."""
    feeds: Level = "error"
    """Addresses in feeds and site maps that are no page of the site."""
    ids: Level = "error"
    """Ids that a page has twice."""
    third_party: Level = "error"
    """Anything fetched from another origin."""
    safety: Level = "error"
    """What no page may hold: programs, frames, forms, another policy."""
    headings: Level = "error"
    """One first-level heading a page; a level left out is a warning at most."""
    language: Level = "error"
    """A language and a title for every page."""
    alternatives: Level = "error"
    """Words for every picture, a caption for every figure."""
    contrast: Level = "error"
    """Text that can be read in both themes."""
    weight: Level = "warn"
    """HTML, style sheets and scripts of a page within 300 kB, scripts within 60 kB."""
    sizes: Level = "warn"
    """Files within 50 MB, the site within 500 MB."""
    artifacts: Level = "error"
    """Artifacts that are missing or damaged; a stale one is a warning at most."""
    ignored: Level = "warn"
    """Artifacts that git ignores, so that a build for Pages has to train them again."""
    prose: Level = "warn"
    """Write-ups and settings that are right for a parser and wrong for their author."""
    external: Level = "warn"
    """Links to other sites, looked at with `check --external` alone."""


def _check_page(text: str) -> str:
    """Return the address of a page itself.

    Raises:
        ValueError: It is no https address.
    """
    good = _check_address(text).startswith("https://") if text else True
    if not good:
        raise ValueError("must be an address: https://… with a host")
    return text


def _check_domain(text: str) -> str:
    """Return a domain itself.

    Raises:
        ValueError: It is not a domain and nothing else.
    """
    part = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    if text and (len(text) > 253 or not re.fullmatch(rf"({part}\.)+{part}", text)):  # noqa: PLR2004 - the limit that DNS sets
        raise ValueError(
            "must be a domain in lower case without https:// and without a path, "
            "such as studies.example.org"
        )
    return text


def _check_orcid(text: str) -> str:
    """Return an ORCID iD itself, if its last digit checks the others.

    Raises:
        ValueError: It is none.
    """
    if not text:
        return text
    if not re.fullmatch(r"(\d{4}-){3}\d{3}[\dX]", text):
        raise ValueError("must be an ORCID iD such as 0000-0002-1825-0097")
    total = 0
    for digit in text.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    if "0123456789X"[(12 - total % 11) % 11] != text[-1]:
        raise ValueError("must be an ORCID iD; its last digit does not fit the others")
    return text


class Person(Spec):
    """An author, whom studies name by an id."""

    name: LineText
    """Name, as it should be printed."""
    orcid: Annotated[str, AfterValidator(_check_orcid)] = ""
    """ORCID iD, without the address before it."""
    url: Annotated[str, AfterValidator(_check_page)] = ""
    """Page of the author."""
    affiliation: str = Field(default="", max_length=200)
    """Where the author works."""


class SiteSettings(Spec):
    """What all pages of a site share."""

    title: LineText = "Interpretability studies"
    """Name of the site, in the head of every page and in the feed."""
    description: str = ""
    """One sentence about the site, for the index, the feed and search engines."""
    author: str = ""
    """Who is responsible; printed in the foot and in the feed."""
    authors: dict[str, Person] = Field(default={})
    """Authors by the ids that studies name them with."""
    base_url: Annotated[str, AfterValidator(_check_address)] = ""
    """Address at which the site is published; the feed needs it. A / ends it."""
    cname: Annotated[str, AfterValidator(_check_domain)] = ""
    """Domain of the site for GitHub Pages, such as `studies.example.org`."""
    timezone: Annotated[str, AfterValidator(_check_zone)] = "UTC"
    """Time zone of the dates, as the IANA data base names it."""
    cadence: Annotated[str, AfterValidator(check_rhythm)] = ""
    """When studies appear, as in `weekly friday`; a new study takes the next slot."""
    licence: str = ""
    """Licence of the texts, printed in the foot."""
    language: str = Field(default="en", pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")
    """Language of the texts, as a BCP 47 tag; pages are laid out in its direction."""
    fonts: tuple[Annotated[str, Field(pattern=FONT_NAME)], ...] = Field(
        default=(), max_length=20
    )
    """Files of fonts beside this one, for pictures of letters that DejaVu lacks."""
    repository: Annotated[str, AfterValidator(_check_address)] = ""
    """Address of the source, linked in the foot."""
    validation: Validation = Validation()
    """What `check` makes of each kind of finding."""

    @property
    def direction(self) -> Direction:
        """The direction in which the language of the texts is read."""
        return language_direction(self.language)


def load_settings(project: Path, kept: Cache | None = None) -> SiteSettings:
    """Return the settings of a site, the defaults where there is no file.

    Args:
        project: Folder of the project.
        kept: Where parsed files are cached; None to parse every time.

    Raises:
        ConfigError: The file is wrong; it has every problem.
    """
    path = project / STUDIES / SETTINGS_FILE
    name = f"{STUDIES}/{SETTINGS_FILE}"
    if not path.exists() and not path.is_symlink():
        return SiteSettings()
    if not path.resolve().is_relative_to(project.resolve()):
        raise ConfigError(f"{name}: a link that leaves the project; put the file here")
    source = read_yaml(path, name, kept=kept)
    settings = fill_model(SiteSettings, source.data, source, ())
    if settings is None or source.problems:
        raise source.make_error()
    return settings

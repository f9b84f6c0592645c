"""When studies appear: the day it is, the weekday of the blog, what is still to come.

Whether a study is scheduled follows from its date and from the day it is where the site
is (`timezone` in `studies/site.yaml`): `--now` or STUDY_NOW, else the clock.
SOURCE_DATE_EPOCH is left alone: it says what time to write into files, is often 0 or
the last commit's, and a site of that day would be empty. Nothing that depends on the
day is kept between runs.
"""

from __future__ import annotations

import datetime as dt
import math
import zoneinfo

from generator.core.errors import ConfigError, quote_text, suggest_nearest

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SOON = dt.timedelta(hours=48)
"""Below this, what is left is told in hours."""


def check_rhythm(text: str) -> str:
    """`text` itself. Raises `ValueError` unless it is empty or `weekly <weekday>`."""
    words = text.lower().split()
    if not words or (len(words) == 2 and words[0] == "weekly" and words[1] in DAYS):  # noqa: PLR2004 - weekly friday
        return " ".join(words)
    close = suggest_nearest(words[-1], DAYS)
    hint = close if "?" in close else f"the days are {', '.join(DAYS)}"
    raise ValueError(f"must be weekly and a weekday, as in weekly friday; {hint}")


def find_next_slot(weekly: str, newest: dt.date | None, today: dt.date) -> dt.date:
    """The first day of the rhythm after the newest study and not before today.

    Without a rhythm it is today.
    """
    if not weekly:
        return today
    first = max(today, newest + dt.timedelta(days=1)) if newest else today
    wanted = DAYS.index(weekly.split()[1])
    return first + dt.timedelta(days=(wanted - first.weekday()) % 7)


def parse_moment(text: str, zone: str) -> dt.datetime:
    """What `text` names, a date or a time of ISO 8601, else now; in the site's zone.

    A day is taken at its beginning, a time without an offset as the site's own. Raises
    `ConfigError`.
    """
    place = dt.UTC if zone == "UTC" else zoneinfo.ZoneInfo(zone)
    if not text:
        return dt.datetime.now(place)
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"--now: {quote_text(text)} is no date; expected 2026-12-04 or "
            "2026-12-04T18:00+01:00"
        ) from None
    try:
        return found.astimezone(place) if found.tzinfo else found.replace(tzinfo=place)
    except OverflowError:
        raise ConfigError(f"--now: {quote_text(text)} is out of range") from None


def is_due(date: dt.date, now: dt.datetime) -> bool:
    """Whether a study of that date may be shown."""
    return date <= now.date()


def format_wait(date: dt.date, now: dt.datetime) -> str:
    """How long it is until `date` begins: `in 7 days`, `in 5 h`."""
    begins = dt.datetime.combine(date, dt.time(), now.tzinfo)
    left = begins.astimezone(dt.UTC) - now.astimezone(dt.UTC)
    if left < SOON:
        return f"in {max(1, math.ceil(left / dt.timedelta(hours=1)))} h"
    return f"in {(date - now.date()).days} days"

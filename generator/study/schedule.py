"""The schedule of a blog: the current day, its weekday, and the studies still to come.

Whether a study is scheduled follows from its date and from the current day where the
site is (`timezone` in `studies/site.yaml`): `--now` or STUDY_NOW, else the clock.
SOURCE_DATE_EPOCH is left alone: it says what time to write into files, is often 0 or
the last commit's, and a site of that day would be empty. Nothing that depends on the
day is cached between runs.
"""

from __future__ import annotations

import datetime as dt
import math
import zoneinfo

from generator.core.errors import ConfigError, quote_text, suggest_nearest

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SOON = dt.timedelta(hours=48)
"""Below this, the time left is given in hours."""


def check_rhythm(text: str) -> str:
    """Return a rhythm in lower case, if it is one.

    Args:
        text: `weekly` and a weekday, or nothing.

    Raises:
        ValueError: It is something else.
    """
    words = text.lower().split()
    if not words or (len(words) == 2 and words[0] == "weekly" and words[1] in DAYS):  # noqa: PLR2004 - two words, as in weekly friday
        return " ".join(words)
    close = suggest_nearest(words[-1], DAYS)
    hint = close if "?" in close else f"the days are {', '.join(DAYS)}"
    raise ValueError(f"must be weekly and a weekday, as in weekly friday; {hint}")


def find_next_slot(weekly: str, newest: dt.date | None, today: dt.date) -> dt.date:
    """Return the first day of the rhythm after the newest study and not before today.

    Args:
        weekly: `weekly` and a weekday; with "" every day will do, and it is today.
        newest: Date of the newest study, None where there is none.
        today: The current day.
    """
    if not weekly:
        return today
    first = max(today, newest + dt.timedelta(days=1)) if newest else today
    wanted = DAYS.index(weekly.split()[1])
    return first + dt.timedelta(days=(wanted - first.weekday()) % 7)


def parse_moment(text: str, zone: str) -> dt.datetime:
    """Return a moment in the site's time zone.

    Args:
        text: A date, taken at its beginning, or a time of ISO 8601, taken in the site's
            zone where it has no offset; "" is now.
        zone: Name of the site's time zone.

    Raises:
        ConfigError: The text is no date, or out of range.
    """
    place = dt.UTC if zone == "UTC" else zoneinfo.ZoneInfo(zone)
    if not text:
        return dt.datetime.now(place)
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"--now: {quote_text(text)} is no date; expected 2026-12-04 or "
            "2026-12-04T18:00+01:00"
        ) from None
    try:
        return (
            moment.astimezone(place) if moment.tzinfo else moment.replace(tzinfo=place)
        )
    except OverflowError:
        raise ConfigError(f"--now: {quote_text(text)} is out of range") from None


def is_due(date: dt.date, now: dt.datetime) -> bool:
    """Return whether a study of a date may be published.

    Args:
        date: Date of the study.
        now: The current moment, in the site's time zone.
    """
    return date <= now.date()


def format_wait(date: dt.date, now: dt.datetime) -> str:
    """Return the time left until a day begins, such as `in 7 days` or `in 5 h`.

    Args:
        date: The day.
        now: The current moment, in the site's time zone.
    """
    begins = dt.datetime.combine(date, dt.time(), now.tzinfo)
    left = begins.astimezone(dt.UTC) - now.astimezone(dt.UTC)
    if left < SOON:
        return f"in {max(1, math.ceil(left / dt.timedelta(hours=1)))} h"
    return f"in {(date - now.date()).days} days"

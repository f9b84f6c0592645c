"""Whether text can be read: contrast of the colours that the style sheet pairs.

Colours are read from the style sheet as it is served, the project's own changes in it,
once for the light theme and once for the dark one. Text needs 4.5:1, edges 3:1 (WCAG
2.2, 1.4.3 and 1.4.11). Tested are the pairs of the site's named colours, the text on
each step of the ramps, and every rule that sets a colour and a background at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from generator.cli.check.finding import Finding
from generator.cli.check.site_files import SiteFolder
from generator.figures.colour_ramps import contrast

TEXT_CONTRAST, EDGE_CONTRAST = 4.5, 3.0
THEMES = ("light", "dark")
COLOUR = r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})\b"
VALUE = rf"(?:light-dark\(\s*{COLOUR}\s*,\s*{COLOUR}\s*\)|{COLOUR}|var\(--[\w-]+\))"
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
STEP = re.compile(r"\.([sd]\d{1,2})$")
ON_STEP = ("#000000", "#ffffff")
"""Text on a step that says nothing else, in light and in dark."""
PAIRS = (
    ("ink", "paper", TEXT_CONTRAST),
    ("ink", "panel", TEXT_CONTRAST),
    ("soft", "paper", TEXT_CONTRAST),
    ("soft", "panel", TEXT_CONTRAST),
    ("link", "paper", TEXT_CONTRAST),
    ("link", "panel", TEXT_CONTRAST),
    ("edge", "paper", EDGE_CONTRAST),
)
"""Named colours that the pages put on one another."""

FIGURE_STYLE = re.compile(r"figure-[\w-]+\.[0-9a-f]+\.css$")
"""The sheet of one kind of figure, which names colours of the one of all pages."""

ThemeColours = tuple[str, str]


class StyleRule(NamedTuple):
    """A rule of a style sheet: its selectors, and its declarations."""

    selectors: tuple[str, ...]
    sets: dict[str, str]


def check_contrast(site: SiteFolder) -> Iterator[Finding]:
    """Yield pairs of colours in the site's style sheets that are too close.

    Args:
        site: The site.
    """
    sheets = {
        path: site.read_text(path) for path in site.sizes if path.endswith(".css")
    }
    general = {
        p: set(find_close_pairs(text))
        for p, text in sheets.items()
        if not FIGURE_STYLE.search(p)
    }
    for path, sheet in sheets.items():
        found, where = general.get(path, set()), "static"
        if FIGURE_STYLE.search(path):
            where = "figures"
            beside = (
                {*find_close_pairs(sheets[p] + sheet)} - known
                for p, known in general.items()
            )
            found = set().union(*beside)
        for text in sorted(found):
            fix = f"change one of the two in templates/{where}"
            yield site.make_finding(path, "contrast", text, fix)


def find_close_pairs(css: str) -> Iterator[str]:
    """Yield a line for each pair of colours that are too close.

    Args:
        css: Text of a style sheet.
    """
    rules = list(parse_rules(css))
    named = find_named_colours(rules)
    for one, other, least in PAIRS:
        if one in named and other in named:
            yield from compare_colours(
                f"--{one} on --{other}", named[one], named[other], least
            )
    yield from check_ramp_steps(rules, named)
    for rule in rules:
        front = resolve_colour(rule.sets.get("color", ""), named)
        back = resolve_colour(
            rule.sets.get("background", rule.sets.get("background-color", "")), named
        )
        if front and back:
            yield from compare_colours(
                f"{', '.join(rule.selectors)[:60]}", front, back, TEXT_CONTRAST
            )


def check_ramp_steps(
    rules: list[StyleRule], named: Mapping[str, ThemeColours]
) -> Iterator[str]:
    """Yield a line for each step of a ramp on which text is too faint.

    Args:
        rules: The rules of a style sheet.
        named: The colours that `:root` names, in both themes.
    """
    backs: dict[str, ThemeColours] = {}
    fronts: dict[str, ThemeColours] = {}
    for rule in rules:
        for key, kept in (("--fill", backs), ("--on-fill", fronts)):
            value = resolve_colour(rule.sets.get(key, ""), named)
            for selector in rule.selectors:
                if value and (step := STEP.fullmatch(selector)):
                    kept[step[1]] = value
    for name, back in backs.items():
        yield from compare_colours(
            f"text on .{name}", fronts.get(name, ON_STEP), back, TEXT_CONTRAST
        )


def compare_colours(
    what: str, one: ThemeColours, other: ThemeColours, least: float
) -> Iterator[str]:
    """Yield a line for each theme in which two colours are too close.

    Args:
        what: Name of the pair.
        one: The first colour in each theme.
        other: The second colour in each theme.
        least: The least contrast ratio, from 1 to 21.

    Yields:
        Lines of text.
    """
    for theme, front, back in zip(THEMES, one, other, strict=True):
        ratio = contrast(front, back)
        if ratio < least:
            yield (
                f"{what}: {front} on {back} has {ratio:.2f}:1 in the {theme} theme; "
                f"{least}:1 can be read"
            )


def parse_rules(css: str) -> Iterator[StyleRule]:
    """Yield the rules of a style sheet, those inside of conditions too.

    Args:
        css: Text of a style sheet.
    """
    for selectors, body in RULE.findall(COMMENT.sub("", css)):
        pairs = (part.partition(":") for part in body.split(";") if ":" in part)
        sets = {key.strip(): value.strip() for key, _, value in pairs}
        yield StyleRule(tuple(s.strip() for s in selectors.split(",")), sets)


def find_named_colours(rules: list[StyleRule]) -> dict[str, ThemeColours]:
    """Return the colours that `:root` names, in both themes.

    Args:
        rules: The rules of a style sheet.
    """
    colours: dict[str, ThemeColours] = {}
    for rule in rules:
        if ":root" in rule.selectors:
            for key, value in rule.sets.items():
                both = resolve_colour(value, colours)
                if key.startswith("--") and both:
                    colours[key[2:]] = both
    return colours


def resolve_colour(
    value: str, named: Mapping[str, ThemeColours]
) -> ThemeColours | None:
    """Resolve a colour in both themes.

    Args:
        value: Value of a declaration.
        named: The colours that `:root` names, in both themes.

    Returns:
        The colours, None for what is no colour or depends on the place.
    """
    if not re.fullmatch(VALUE, value):
        return None
    if value.startswith("var("):
        return named.get(value[6:-1])
    colours = [_expand_hex(one) for one in re.findall(COLOUR, value)]
    return colours[0], colours[-1]


def _expand_hex(text: str) -> str:
    short = len(text) == 4  # noqa: PLR2004 - #rgb
    return "#" + "".join(c * 2 for c in text[1:]) if short else text

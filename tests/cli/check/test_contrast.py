"""Colours that are too close are found in the theme in which they are."""

from __future__ import annotations

from pathlib import Path

from generator.cli.check.contrast import (
    check_contrast,
    find_close_pairs,
    find_named_colours,
    parse_rules,
)
from generator.site.templates import SHIPPED
from tests.cli.check.sites import site

ROOT = ":root{--paper:light-dark(#fff,#000);--ink:light-dark(%s,%s)}"


def test_the_shipped_colours_can_be_read() -> None:
    """Every pair of the shipped style sheets has enough contrast."""
    sheets = ("style.css", "figures.css", "ramps.css")
    paths = [SHIPPED / "static" / name for name in sheets]
    paths += sorted((SHIPPED / "figures").glob("*.css"))
    css = "\n".join(path.read_text("utf-8") for path in paths)
    assert not list(find_close_pairs(css))
    assert len(list(find_close_pairs(css.replace("--on-fill:", "--none:")))) > 10, (
        "steps are looked at"
    )


def test_a_theme_is_looked_at_by_itself() -> None:
    """Grey on white fails in the light theme while the dark one is fine."""
    (text,) = find_close_pairs(ROOT % ("#999999", "#ffffff"))
    assert "#999999 on #ffffff has 2.85:1 in the light theme" in text
    (text,) = find_close_pairs(ROOT % ("#000", "#333"))
    assert "in the dark theme" in text


def test_the_bound_is_where_it_should_be() -> None:
    """#767676 on white has 4.54:1 and is let through; #777777 has 4.48:1 and is not."""
    assert not list(find_close_pairs(ROOT % ("#767676", "#fff")))
    assert list(find_close_pairs(ROOT % ("#777777", "#fff")))


def test_a_step_s_text() -> None:
    """Text on a step of a ramp is what the step says, else black or white."""
    assert not list(find_close_pairs(".s1{--fill:light-dark(#eee,#111)}"))
    assert len(list(find_close_pairs(".s1{--fill:light-dark(#111,#eee)}"))) == 2
    assert not list(find_close_pairs(".s1{--fill:#111}\n.s0,.s1{--on-fill:#fff}"))


def test_a_rule_that_sets_both() -> None:
    """A rule with a colour and a background is looked at, by name or by value."""
    assert list(
        find_close_pairs(
            f"{ROOT % ('#000', '#fff')} .x{{color:var(--ink);background:#222}}"
        )
    )
    assert not list(find_close_pairs(".x{color:#fff;background:#222}"))


def test_the_file_is_named(tmp_path: Path) -> None:
    """A finding is about the style sheet it comes from."""
    found = site(tmp_path, assets__x_css=ROOT % ("#fff", "#fff"))
    (one,) = check_contrast(found)
    assert (one.file, one.kind) == ("site/assets/x.css", "contrast")


def test_the_sheet_of_a_figure_is_read_with_the_general_one(tmp_path: Path) -> None:
    """It names colours that it does not set, and what is wrong elsewhere is not its."""
    found = site(
        tmp_path,
        assets__style_css=ROOT % ("#fff", "#fff"),
        **{"assets__figure-x.0a_css": ".x{color:var(--ink);background:var(--paper)}"},
    )
    first, second = sorted(check_contrast(found), key=lambda one: one.file)
    assert first.file == "site/assets/figure-x.0a.css"
    assert ".x" in first.text
    assert second.file == "site/assets/style.css"


def test_names_are_given_by_the_root_s_own_properties_alone() -> None:
    """A colour that it merely has is no name, nor is a length that is named."""
    css = ":root{--paper:#fff;--room:3rem;color:#123456}p{--ink:#000}"
    assert set(find_named_colours(list(parse_rules(css)))) == {"paper"}

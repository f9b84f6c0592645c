"""Widths of letters: those of the very fonts that pictures are drawn with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.figures.export import fonts

FACES = sorted(fonts.FILES)
LETTERS = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), max_size=20)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("text", ["", "i", "Wide MMM", "été", "0.123", "α→β", "ffi il"])
def test_a_width_is_what_the_font_measures(face: str, text: str) -> None:
    """In every face, of letters that are ASCII and of others, at every size."""
    known = fonts.load_font(face, fonts.UNIT).getlength(text) / fonts.UNIT  # type: ignore[arg-type]
    assert fonts.unit_width(text, face) == pytest.approx(known, abs=0.004 * len(text))  # type: ignore[arg-type]
    assert fonts.text_width(text, 13.0, face) == 13.0 * fonts.unit_width(text, face)  # type: ignore[arg-type]


@pytest.mark.parametrize("face", FACES)
def test_every_character_has_a_width(face: str) -> None:
    """Those that end a line or a paragraph too, alone and beside what is shaped."""
    for code in (*range(0x20, 0x250), 0x2028, 0x2029, 0xFFFE):
        for text in (chr(code), f"a{chr(code)}ب"):
            assert fonts.unit_width(text, face) >= 0, hex(code)  # type: ignore[arg-type]


@given(LETTERS, st.floats(10, 200), st.sampled_from(FACES))
def test_clipped_text_is_as_long_as_fits(text: str, room: float, face: str) -> None:
    """Whole where it fits; else its longest beginning, with an ellipsis."""
    found = fonts.clip_text(text, room, 10, face)  # type: ignore[arg-type]
    if found == text:
        return
    assert fonts.text_width(text, 10, face) > room  # type: ignore[arg-type]
    assert found.endswith("…")
    assert text.startswith(found[:-1])
    longer = text[: len(found)]
    if text[len(found) - 1 :][:1].strip():
        assert fonts.text_width(f"{longer}…", 10, face) > room  # type: ignore[arg-type]
    assert found == "…" or fonts.text_width(found, 10, face) <= room  # type: ignore[arg-type]


@given(LETTERS, st.floats(30, 200), st.integers(0, 3))
def test_wrapped_text_loses_nothing_but_spaces(
    text: str, room: float, most: int
) -> None:
    """All letters stand in their order, in lines that fit and could not hold more."""
    lines = fonts.wrap_text(text, room, 10, "mono")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert fonts.text_width(line, 10, "mono") <= room
    few = fonts.wrap_text(text, room, 10, "mono", most)
    if most and len(lines) > most:
        assert len(few) == most
        assert few[:-1] == lines[: most - 1]
        assert few[-1].endswith("…")
    else:
        assert few == lines

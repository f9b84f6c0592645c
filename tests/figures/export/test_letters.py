"""Letters in pictures: which fonts have them, how they are shaped, what is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from generator.artifacts.store import artifact_path
from generator.core.errors import ConfigError
from generator.figures.export import fonts
from generator.figures.export.figure_files import explain_missing, missing_letters
from generator.figures.export.fonts import (
    FontFile,
    find_missing,
    is_plain,
    text_runs,
    text_width,
    use_fonts,
)
from generator.figures.export.png import png, rasterize_text, visual_order
from generator.figures.export.shapes import Label, Picture
from generator.figures.scales import isolate_label
from generator.site.build import RenderedSite, render_site
from generator.site.own_fonts import load_fonts
from generator.study.site_settings import SiteSettings
from tests.artifacts.saving import save_artifact
from tests.figures import gallery, scored

NOTO = Path("/usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf")
HINDI = "क्षेत्र"
raqm = pytest.mark.skipif(not fonts.can_shape(), reason="this Pillow has no raqm")


def write_font(path: Path, letters: str, wide: int = 600) -> Path:
    """Write a font in which every one of `letters` is a box."""
    pen = TTGlyphPen(None)
    for x, y in ((50, 0), (50, 700), (wide - 50, 700), (wide - 50, 0)):
        pen.lineTo((x, y)) if pen.points else pen.moveTo((x, y))
    pen.closePath()
    box = pen.glyph()
    names = [".notdef", *(f"g{ord(char):04x}" for char in sorted(set(letters)))]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({int(name[1:], 16): name for name in names[1:]})
    builder.setupGlyf(dict.fromkeys(names, box))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (wide, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Boxes", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return path


def picture(*texts: str) -> Picture:
    """A picture of some lines."""
    shapes = tuple(Label(5, 20 * i + 20, text) for i, text in enumerate(texts))
    return Picture(300, 20 * len(texts) + 20, shapes, "t", "d")


@pytest.mark.parametrize(
    "text", ["A sentence.", "naïve, über, Łódź", "Привет", "λ − ±"]
)
def test_latin_is_set_as_it_was(text: str) -> None:
    """Latin, Greek and Cyrillic are measured and drawn letter by letter."""
    assert is_plain(text, "mono")
    assert find_missing(text, "mono") == []
    assert visual_order(text) == text
    assert rasterize_text(text, "sans", 26, turned=False).getbbox()


@raqm
def test_arabic_letters_join() -> None:
    """A joined word is not its letters one after the other, and not as wide."""
    word = "الطعام"
    apart = sum(text_width(char, 20) for char in word)
    assert text_width(word, 20) != pytest.approx(apart)
    assert png(picture(word)) != png(picture(word[::-1]))


@raqm
def test_fonts_follow_their_letters(tmp_path: Path) -> None:
    """A line takes a letter from the first font that has it, and keeps the others."""
    own = FontFile(write_font(tmp_path / "b.ttf", HINDI), "1")
    assert find_missing(f"a {HINDI}", "sans")
    with use_fonts((own,)):
        assert find_missing(f"a {HINDI}", "sans") == []
        runs = text_runs(f"see {HINDI} there", "sans")
        assert "".join(run.text for run in runs) == f"see {HINDI} there"
        assert {run.font == own for run in runs if set(run.text) & set(HINDI)} == {True}
        assert is_plain("see there", "sans")
    assert find_missing(f"a {HINDI}", "sans")


def test_hebrew_is_there_in_every_face() -> None:
    """The fonts of one width lack Hebrew: their letters come from the other one."""
    for face in ("sans", "bold", "mono", "strong", "slanted"):
        assert find_missing("שלום", face) == []  # type: ignore[arg-type]


def test_what_no_font_has_is_told_with_its_letters() -> None:
    """Missing letters are named once each; without the look there would be boxes."""
    made = picture("注意力", "注", "fine")
    assert missing_letters(made) == "力意注"
    said = explain_missing("力意注", "s/study.yaml: figures.f: no PNG")
    assert "U+529B" in said
    assert "fonts:" in said
    assert png(made)  # the writer alone draws boxes


def render(folder: Path, font: str = "") -> RenderedSite:
    """Render a study of Hindi, with a font of boxes where one is named."""
    one = gallery.study(
        folder, dt.date(2026, 11, 13), "hi", names=("seen",), title="ध्यान",
        summary="एक वाक्य।", category="studies", tags=(), draft=False,
        models={"lm": gallery.LM}, authors=(),
        settings={"heat": {"figure": "heatmap", "artifact": "seen"}},
    )  # fmt: skip
    one.folder.mkdir(parents=True, exist_ok=True)
    (one.folder / "index.md").write_text("![H](figure:heat)\n", "utf-8")
    seen = scored.attention(texts=(scored.weighed((HINDI, "good"), 4, 0.9),))
    save_artifact(artifact_path(one, "seen"), seen, gallery.head(seen, "seen"))
    if font:
        write_font(folder / "studies" / font, f"ध्यानएकवाक्य।{HINDI}")
    settings = SiteSettings(
        title="Notes", base_url="https://example.org/", fonts=(font,) if font else ()
    )
    return render_site(folder, (one,), settings, None)


@pytest.mark.slow(2)
@raqm
def test_a_png_without_its_letters_is_refused_and_the_page_stays(
    tmp_path: Path,
) -> None:
    """Without a font there is no PNG, no link to one, and a warning; with it, all."""
    bare = render(tmp_path)
    paths = {Path(path).name for path in bare.files}
    assert {"heat.svg", "heat.csv", "study.ipynb"} <= paths
    assert "heat.png" not in paths
    page = bare.files["studies/2026/11/13/hi/index.html"].data.decode()
    assert "heat.png" not in page
    assert "card.png" not in page
    assert len([w for w in bare.warnings if "U+0915" in w or "U+0927" in w]) == 2
    full = render(tmp_path, "boxes.ttf")
    assert full.warnings == ()
    assert "heat.png" in {Path(path).name for path in full.files}
    assert "heat.png" in full.files["studies/2026/11/13/hi/index.html"].data.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "is not there"), (b"no font", "cannot be read as a font")],
)
def test_fonts_that_are_none_are_told(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    """A name without a file, a link and a file that is no font are errors of input."""
    (tmp_path / "studies").mkdir()
    if content is not None:
        (tmp_path / "studies" / "a.ttf").write_bytes(content)
    with pytest.raises(ConfigError, match=said):
        load_fonts(tmp_path, ("a.ttf",))
    (tmp_path / "studies" / "b.ttf").symlink_to(tmp_path / "c.ttf")
    with pytest.raises(ConfigError, match="link"):
        load_fonts(tmp_path, ("b.ttf",))


@raqm
@pytest.mark.skipif(not NOTO.is_file(), reason="Debian's fonts-noto-core is not here")
def test_hindi_is_shaped(tmp_path: Path) -> None:
    """Consonants of a cluster are one sign: the word is narrower than its letters."""
    del tmp_path
    with use_fonts((FontFile(NOTO, "noto"),)):
        apart = sum(text_width(char, 20) for char in HINDI)
        assert text_width(HINDI, 20) < apart * 0.9


def test_a_label_moves_no_number_of_its_sentence() -> None:
    """A label from right to left is isolated in a sentence, others are as they are."""
    assert isolate_label("نعم") == "\u2068نعم\u2069"
    assert isolate_label("yes") == "yes"
    assert visual_order(f"predicted {isolate_label('לא')} 0.51") == "predicted אל 0.51"

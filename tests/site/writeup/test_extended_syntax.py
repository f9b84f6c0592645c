"""What authors write reaches the page, or a message says at which line it does not."""

from __future__ import annotations

import re
import tempfile
import time
from contextlib import suppress
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown.blockprocessors import HashHeaderProcessor
from markdown.extensions.tables import TableProcessor

from generator.core.errors import WriteUpError
from generator.site.writeup import writeup
from generator.site.writeup.code_blocks import CodeBlocks
from generator.site.writeup.extended_syntax import SpacedHeading, WholeTables
from tests.site.writeup.writing import html, problems, read


def page_text(folder: Path, text: str) -> str:
    """What a reader of the page sees, without the elements."""
    return unescape(re.sub(r"<[^>]*>", "", html(folder, text)))


CODE = (
    "\\title{{Deep}} text",
    "{{ greedy.scores.max }}",
    "{{a}}{{ b }}{{  c  }}",
    "zqv0e {{ x }}",
    "a:\n\tb {{ c }}",
    "$x$ **y** <b> [^n] [@k] &amp; # no | |\n\n![a](figure:b)",
)
LANGUAGES = ("", "latex", "python", "make {1,3}", '{.js title="a"}', "jinja", "nothing")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODE)
def test_code_is_code(code: str, language: str, tmp_path: Path) -> None:
    """A fence's text is the author's, character by character, in any language."""
    text = f"```{language}\n{code}\n```\n\nMaximum {{{{ greedy.scores.max:.2f }}}}\n"
    shown = page_text(tmp_path, text)
    assert shown.startswith(f"{code}\n") or language.startswith("{.js")
    assert f"{code}\n" in shown
    assert "Maximum 0.97" in shown


def test_code_in_a_line_and_indented_is_code(tmp_path: Path) -> None:
    """Braces in backticks and in indented code keep their blanks."""
    shown = page_text(tmp_path, "A `{{a}}` and ``{{  b }}``.\n\n    \\t{{c}}\n")
    assert "A {{a}} and {{  b }}." in shown
    assert "\\t{{c}}" in shown


def test_code_is_restored_before_it_is_highlighted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without that, a highlighter cuts the mark of a value, and the build stops."""
    plain = CodeBlocks.__init__

    def without(self: CodeBlocks, *_: object, **__: object) -> None:
        plain(self)

    monkeypatch.setattr(writeup.CodeBlocks, "__init__", without)
    with pytest.raises(WriteUpError, match="place was lost"):
        read(tmp_path, "```latex\n\\title{{Deep}} text\n```\n")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("## C#", ">C#</a></h2>"),
        ("## F# ##", ">F#</a></h2>"),
        ("## A\n\n### B #1 ###\ntext", ">B #1</a></h3>"),
        ("#5 is first", "<p>#5 is first</p>"),
        ("- [ ] a\n- [x] *b*", ">☑</span> <em>b</em></li>"),
        ("- [ ] a\n\n- [X] b\n", ">☑</span> b</p>"),
        ("~~a~~ b", "<del>a</del> b"),
        ("See https://example.org/a_b_(c).", ">https://example.org/a_b_(c)</a>.</p>"),
        ("[a https://b.c](https://d.e)", ">a https://b.c</a></p>"),
        ("3. a\n4. b", '<ol start="3">'),
        ("1) a\n2) b", "<li>b</li>"),
        ("1. a\n\n* b", "<ul>\n<li>b</li>"),
        ("/// note | *T*\nA\n///", '<p class="admonition-title"><em>T</em></p>'),
        ("::: warning\nA\n:::", '<div class="admonition serious">'),
        (":::tip[T]\nA\n:::", '<p class="admonition-title">T</p>'),
        ("::: {.note}\nA\n:::", '<p class="admonition-title">Note</p>\n<p>A</p>'),
        ('!!! note "T"\n    A', '<p class="admonition-title">T</p>\n<p>A</p>'),
        ("> [!NOTE]\n> A", '<p class="admonition-title">Note</p>\n<p>A</p>'),
        ("> [!TIP] T\n> A", '<p class="admonition-title">T</p>\n<p>A</p>'),
        ("a | b\n---|---\nv | $|x|$", 'alttext="|x|"'),
        ("| $|x|$ | b |\n|---|---|\n| v | w |", "<td>w</td>"),
        ("| a | b |\n|---|---|\n| $5 | $6 |", "<td>$6</td>"),
        ("| a | b |\n|---|---|\n| `c|d` | e\\|f |", "<td>e|f</td>"),
        (r"$\frac{{a}}{{b}}$", r'alttext="\frac{{a}}{{b}}"'),
        (r"${{ greedy.scores.max:.2f }} + x$", 'alttext="0.97 + x"'),
        ("z&#113;v0e {{ greedy.scores.max:.2f }}", "<p>zqv0e 0.97</p>"),
    ],
)  # fmt: skip
def test_what_people_know_from_elsewhere(
    text: str, wanted: str, tmp_path: Path
) -> None:
    """Each is shown as its author expects it."""
    assert wanted in html(tmp_path, text)
    assert read(tmp_path, text).warnings == ()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a\n\nBell \a rang.", 3, "control character U+0007"),
        ("a \x00", 1, "control character U+0000"),
        ("It\x92s", 1, "perhaps it was ’ in Windows-1252"),
        ("a\n\ufffe", 2, "invalid character U+FFFE"),
        ("---\ntitle: x\n---\ntext", 1, "no front matter"),
        ("+++\ntitle = 'x'\n+++\ntext", 1, "no front matter"),
        ("| a | b |\n|---|---|\n| v | |x| |", 3, "this row has 4 cells"),
        ("a\n\n::: foo\nb\n:::", 3, 'no block "foo"'),
        ("::: note\nb", 1, "opened here and not closed"),
        ("b\n\n:::", 3, "closes a block that nothing opens"),
        ("a\n\n```python\nopen", 3, "code is opened here and not closed"),
        ("/// note\n![x](figure:hero)\n///", 2, "stands in a note"),
        ("![x](my%20pic.PNG)", 1, "rename it, for example to my-pic.png"),
        ("${{ greedy }}$", 1, "not one value to print"),
    ],
)
def test_what_would_be_lost_is_an_error(
    text: str, line: int, said: str, tmp_path: Path
) -> None:
    """The build stops and names the line."""
    found = [one for one in problems(tmp_path, text) if said in one]
    assert found
    assert found[0].startswith(f"studies/study/index.md:{line}:")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a <b>c</b>", 1, "shown as text"),
        ("a\n\n<!-- todo -->", 3, "comment is shown as text"),
        ("[Speaker]: Hello", 1, "address of a link"),
        ("[a]\n\n[a]: https://b.c\n[A]: https://d.e", 4, "given twice"),
        ("a[^n]\n\n[^n]: b\n[^n]: c", 3, "written again below"),
        ("##Two", 1, "space after its ##"),
        ("a\n{{ greedy.scores\n.max }}", 2, "shown as text"),
        ("at http://example.org/x.", 1, "pages link to https:"),
        ("| a | b | c |\n|---|---|\n| 1 | 2 |", 1, "this is no table"),
        ("a\n| a | b |\n|---|---|\n| 1 | 2 |", 2, "put a blank line before"),
        ('??? note "T"\n    a', 1, "begins no block"),
        ("/// nota\na\n///", 1, 'did you mean "note"?'),
        ("!!! note Take care\n    a", 1, "stands in quotes"),
        ("a:\n- b", 2, "put a blank line before"),
    ],
)
def test_what_is_read_otherwise_is_a_warning(
    text: str, line: int, said: str, tmp_path: Path
) -> None:
    """A page's warnings name the line, so that the build prints them."""
    found = [one for one in read(tmp_path, text).warnings if said in one]
    assert found
    assert found[0].startswith(f"studies/study/index.md:{line}:")


@pytest.mark.parametrize(
    "part",
    ["[a]: b\n", "a: b\n", "https://a(b", "((https://a", "- [ ] ", "> [!NOTE] a\n",
     "~~", "::: note\na\n", "| a | b |\n|---|---|\n| $|x|$ |\n", "1) a\n", "# a #\n",
     "$|"],
)  # fmt: skip
def test_no_text_keeps_the_reader_busy(part: str, tmp_path: Path) -> None:
    """Whatever is repeated, a write-up of some pages is read or refused in time."""
    for head in ("", "---\n"):
        begun = time.monotonic()
        with suppress(WriteUpError):
            read(tmp_path, f"{head}{part * (6_000 // len(part))}")
        assert time.monotonic() - begun < 30


MARKS = (
    "# ", "## ", " #", "### C# ", "- ", "* ", "1. ", "7) ", "> ", "| ", " | ", "|---|",
    "**", "~~", "_", "`", "[", "]", "]: ", "[x] ", "- [ ] ", "!!! ", "::: ", "/// ",
    "> [!NOTE] ", "$", "<b>", "<", "&", "\\", "!", ": ", ":   ", "[^a]", "[^a]: ",
    "---", "===", "    ", "\t", "https://e.org/", "???", "***", "^", "\n", "\n\n",
)  # fmt: skip
"""What Markdown gives a meaning to."""


def check_words(folder: Path, parts: list[str]) -> None:
    """Each word of a write-up is on its page, or on a line that a message names."""
    words = [f"w{chr(97 + i // 26)}{chr(97 + i % 26)}w" for i in range(len(parts))]
    text = "".join(f"{m}{w} " for m, w in zip(parts, words, strict=True))
    try:
        made = read(folder, text)
    except WriteUpError:  # which names what is wrong; nothing is published
        return
    shown = unescape(re.sub(r"<[^>]*>", "", "".join(map(str, made.pieces)))).lower()
    told = {int(one.split(":")[1]) for one in made.warnings}
    for word in words:
        line = text.count("\n", 0, text.index(word)) + 1
        assert word in shown or told & {line - 1, line, line + 1}, text


@given(st.lists(st.sampled_from(MARKS), min_size=1, max_size=30))
def test_each_word_is_on_the_page_or_in_a_message(parts: list[str]) -> None:
    """Whatever marks stand between words, none is lost in silence."""
    with tempfile.TemporaryDirectory() as folder:
        check_words(Path(folder), parts)


def test_a_table_that_cuts_cells_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With Markdown's own tables and headings, words and characters are lost."""
    row = ["| ", " | ", " |\n|---|---|\n| ", " | ", " | "]
    check_words(tmp_path, row)
    monkeypatch.setattr(WholeTables, "_build_row", TableProcessor._build_row)
    with pytest.raises(AssertionError):
        check_words(tmp_path, row)
    monkeypatch.setattr(SpacedHeading, "RE", HashHeaderProcessor.RE)
    assert "C#" not in page_text(tmp_path, "## C#")

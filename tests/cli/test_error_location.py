"""Where in a project a message is: its file, line, column and the lines around."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli.error_location import (
    LARGEST,
    WIDTH,
    LocatedMessage,
    find_column,
    find_named_path,
    find_part_line,
    format_source_line,
    locate_message,
)

STUDY = [
    "title: a",
    "models:",
    "  lm:",
    "    lm: 1",
    "figures:",
    "  'w x':",
    '  lm: "y"',
    "",
]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("models.lm: bad", 3),
        ("figures.lm: bad", 7),
        ("figures.w: bad", 0),
        ("claims.lm: bad", 0),
        ("title: bad", 1),
        ("figures: bad", 5),
        ("summary: bad", 0),
        ("title: figures.lm", 7),
        ("bad title", 0),
    ],
)
def test_a_part_is_found_in_its_section(text: str, line: int) -> None:
    """By the section that the message names, and a key at the top by its name."""
    assert find_part_line(text, STUDY) == line


@pytest.mark.parametrize(
    ("text", "column"),
    [('x "lm" y', 3), ('"t" then "lm"', 3), ('"zz"', 0), ("lm", 0), ('"  lm"', 1)],
)
def test_a_column_is_that_of_the_first_quoted_word_that_is_there(
    text: str, column: int
) -> None:
    """From 1; 0 where none is."""
    assert find_column(text, "  lm: 1") == column


def test_a_line_is_shown_without_what_a_terminal_obeys() -> None:
    """Tabs as arrows, other controls as what they are not; cut where it is long."""
    assert format_source_line("a\tb\x1bc\r") == "a→b�c"
    assert format_source_line("x" * (WIDTH + 1)) == "x" * WIDTH


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one study."""
    folder = tmp_path / "studies" / "s"
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text("\n".join(STUDY))
    (tmp_path / "out.md").symlink_to(tmp_path.parent)
    return tmp_path


@pytest.mark.parametrize(
    ("problem", "place", "first", "count"),
    [
        ("studies/s/study.yaml:3:4: bad", "studies/s/study.yaml:3:4", 2, 3),
        ("s/study.yaml:3: bad", "studies/s/study.yaml:3", 2, 3),
        ('s/study.yaml:3: bad "lm"', "studies/s/study.yaml:3:3", 2, 3),
        ("s/study.yaml: models.lm: bad", "studies/s/study.yaml:3", 2, 3),
        ("s/study.yaml: bad", "studies/s/study.yaml", 0, 0),
        ("s/study.yaml:1: bad", "studies/s/study.yaml:1", 1, 2),
        ("s/study.yaml:8: bad", "studies/s/study.yaml:8", 7, 2),
        ("s/study.yaml:9: bad", "studies/s/study.yaml:9", 0, 0),
        ("other.yaml:3: bad", "other.yaml:3", 0, 0),
        ("bad: at 3:4", "", 0, 0),
    ],
)
def test_a_message_has_the_lines_around_its_place(
    problem: str, place: str, first: int, count: int, project: Path
) -> None:
    """One before and after, as far as there are any; the rest of a message stays."""
    found = locate_message(f"{problem}\nmore", project, 1)
    assert found.place == place
    assert [number for number, _ in found.lines] == list(range(first, first + count))
    assert all(text == STUDY[number - 1] for number, text in found.lines)
    assert found.fix == ""
    assert found.text == (problem if not place else problem.partition(": ")[2])


def test_without_a_project_a_place_is_as_written() -> None:
    """Nothing is read."""
    assert locate_message("s.yaml:3:4: bad", None) == LocatedMessage(
        "bad", "s.yaml", 3, 4
    )


def test_only_small_files_of_the_project_are_named(project: Path) -> None:
    """Not folders, not what lies elsewhere, not what is too large to show."""
    assert find_named_path("s/study.yaml", project)
    assert find_named_path("s", project) is None
    outside = project.parent / "outside.md"
    outside.write_text("x")
    assert find_named_path("../outside.md", project) is None
    large = project / "large.md"
    large.write_text("x" * LARGEST)
    assert find_named_path("large.md", project) == large
    large.write_text("x" * (LARGEST + 1))
    assert find_named_path("large.md", project) is None

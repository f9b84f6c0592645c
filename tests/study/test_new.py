"""A new study: whole or absent, good as it stands, and nobody's work overwritten."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.core import files
from generator.core.errors import ConfigError, ResourceError
from generator.corpora import CORPORA
from generator.methods import METHODS
from generator.models import MODELS
from generator.study.new_study import write_new_study
from generator.study.study import load_studies, load_study
from generator.study.yaml.read import read_yaml

ROOT = Path(__file__).resolve().parents[2]
DAY = dt.date(2024, 2, 29)


def tree(project: Path) -> dict[str, bytes]:
    """Every file below `project`."""
    return {
        str(path.relative_to(project)): path.read_bytes()
        for path in sorted(project.rglob("*"))
        if path.is_file()
    }


def test_a_new_study_has_its_two_files(tmp_path: Path) -> None:
    """The folder is named by date and slug; the schema that it names is there."""
    made = write_new_study(tmp_path, "Größe & Gewicht", date=DAY)
    assert made == tmp_path / "studies" / "2024-02-29-grosse-gewicht"
    assert sorted(path.name for path in made.iterdir()) == ["index.md", "study.yaml"]
    first = (made / "study.yaml").read_text().splitlines()[0]
    named = made / first.partition("$schema=")[2]
    assert named.resolve().is_file()


@pytest.mark.parametrize(
    "title",
    [
        "",
        'A: "b" # c',
        "{{ 7*7 }} {x}",
        "back\\slash",
        "日本語 🎵",
        "\u202e\ufeff\U000e0001",
        "no",
        "'",
    ],
)
def test_words_given_are_words_read(title: str, tmp_path: Path) -> None:
    """Whatever a title, category or tag holds, the file says the same."""
    made = write_new_study(
        tmp_path, "x", date=DAY, title=title, category="C: d", tags=["a, b", '"q']
    )
    source = read_yaml(made / "study.yaml", "study.yaml")
    assert not source.problems
    assert source.data["title"] == (title or "X")
    assert source.data["category"] == "C: d"
    assert source.data["tags"] == ["a, b", '"q']


def test_a_new_study_names_what_there_is(tmp_path: Path) -> None:
    """It loads as it stands, once the kinds it names are in the tables."""
    wanted = {"planted_songs": CORPORA, "textgenrnn": MODELS, "writing": METHODS}
    absent = [name for name, table in wanted.items() if name not in table]
    if absent or "training" not in METHODS:
        pytest.skip(f"not in the tables: {', '.join(absent) or 'training'}")
    write_new_study(tmp_path, "x", date=DAY)
    (study,) = load_studies(tmp_path)
    text = (study.folder / "index.md").read_text()
    assert all(f"figure:{name})" in text for name in study.figures)


@pytest.mark.slow
def test_a_new_study_builds_at_once(tmp_path: Path) -> None:
    """It trains, collects and renders as it stands, both figures on its page."""
    write_new_study(tmp_path, "x", date=DAY)
    command = [sys.executable, str(ROOT / "build.py"), "-C", str(tmp_path), "--drafts"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    page = tmp_path / "site" / "studies" / "2024" / "02" / "29" / "x" / "index.html"
    text = page.read_text(encoding="utf-8")
    assert "Where it looked" in text
    assert "Loss by epoch" in text


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("Евгений Онегин", "Евгений Онегин"),
        ("my-study", "My study"),
        ("  Größe &  Gewicht ", "Größe & Gewicht"),
        ("Does BERT attend?", "Does BERT attend?"),
    ],
)
def test_a_title_is_the_words_as_typed(words: str, title: str, tmp_path: Path) -> None:
    """A slug is made of them; where a slug was typed, the title is made of it."""
    made = write_new_study(tmp_path, words, date=DAY)
    assert load_study(made).title == title


def test_a_new_study_is_a_draft(tmp_path: Path) -> None:
    """No site shows it, from the example or from another study."""
    first = load_study(write_new_study(tmp_path, "x", date=DAY))
    second = load_study(write_new_study(tmp_path, "y", date=DAY, source=first))
    assert first.draft
    assert second.draft


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "no address can be made of this"),
        ("🎵", "no address can be made of this"),
        ("../..", "no address can be made of this"),
        ("x" * 65, "must match"),
        ("CON", "must match"),
    ],
)
def test_words_that_give_no_slug_are_refused(
    words: str, said: str, tmp_path: Path
) -> None:
    """Nothing is written for a name that is no part of an address."""
    with pytest.raises(ConfigError, match=said):
        write_new_study(tmp_path, words, date=DAY)
    assert tree(tmp_path) == {}


@pytest.mark.parametrize(
    "given",
    [
        {"title": "a\nb"},
        {"title": "x" * 201},
        {"category": "!"},
        {"tags": ["ok", "\x1b[31m"]},
    ],
)
def test_words_that_a_study_may_not_hold_are_refused(
    given: dict[str, str], tmp_path: Path
) -> None:
    """A study that would not load is not written."""
    with pytest.raises(ConfigError) as caught:
        write_new_study(tmp_path, "x", date=DAY, **given)  # type: ignore[arg-type]  # as given
    assert next(iter(given)) in str(caught.value)
    assert tree(tmp_path) == {}


@pytest.mark.parametrize("again", ["x", "X!"])
def test_a_slug_in_use_is_refused_whatever_its_date(again: str, tmp_path: Path) -> None:
    """An author's study is never written over."""
    write_new_study(tmp_path, "x", date=DAY)
    before = tree(tmp_path)
    with pytest.raises(ConfigError, match="2024-02-29-x has this slug"):
        write_new_study(tmp_path, again, date=dt.date(2025, 1, 1))
    assert tree(tmp_path) == before


def test_a_project_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """A mistyped folder stays a mistake."""
    with pytest.raises(ConfigError, match="no project here"):
        write_new_study(tmp_path / "typo", "x", date=DAY)
    assert not (tmp_path / "typo").exists()


def test_a_failed_write_leaves_no_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One file that cannot be written leaves no study, and the next try works."""
    write = files.write

    def fails(path: Path, data: bytes, what: str, within: Path) -> None:
        if path.name == "index.md":
            raise files.make_resource_error(
                OSError(28, os.strerror(28)), path, f"writing {what}"
            )
        write(path, data, what, within)

    monkeypatch.setattr(files, "write", fails)
    with pytest.raises(ResourceError, match="no space left"):
        write_new_study(tmp_path, "x", date=DAY)
    assert not (tmp_path / "studies" / "2024-02-29-x").exists()
    monkeypatch.undo()
    assert write_new_study(tmp_path, "x", date=DAY).is_dir()


def test_the_same_words_give_the_same_bytes(tmp_path: Path) -> None:
    """No clock and no folder of the machine is in a new study."""
    trees = []
    for name in ("a", "b c"):
        (tmp_path / name).mkdir()
        write_new_study(tmp_path / name, "x", date=DAY, tags=["t"])
        trees.append(tree(tmp_path / name))
    assert trees[0] == trees[1]


def test_nothing_is_written_behind_a_planted_name(tmp_path: Path) -> None:
    """A link under the name of the folder under way is refused, and not followed."""
    outside = tmp_path / "outside"
    (tmp_path / "project" / "studies").mkdir(parents=True)
    outside.mkdir()
    planted = tmp_path / "project" / "studies" / ".tmp-2024-02-29-a"
    planted.symlink_to(outside)
    with pytest.raises(ResourceError, match=r"\.tmp-2024-02-29-a is a link"):
        write_new_study(tmp_path / "project", "A", date=DAY)
    assert tree(outside) == {}
    planted.unlink()
    assert write_new_study(tmp_path / "project", "A", date=DAY).is_dir()

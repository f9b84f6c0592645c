"""Good studies: what a folder and its file say is what the study holds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from pydantic import ValidationError

from generator.core.errors import ConfigError
from generator.core.spec import RelativePath, Spec, is_reserved
from generator.study.class_tables import ClassTables
from generator.study.project import check_slug, choose_studies, find_project
from generator.study.study import Study, load_studies, load_study
from generator.study.yaml.errors import format_yaml_value
from tests.kinds import GOOD, TABLES, Tiny, Write, model


def folder(project: Path, name: str = "2024-02-29-songs", text: str = GOOD) -> Path:
    """A study's folder in `project`, its file holding `text`."""
    made = project / "studies" / name
    made.mkdir(parents=True)
    (made / "study.yaml").write_text(text, encoding="utf-8")
    return made


def one(project: Path, text: str) -> Study:
    """The study that `text` is."""
    return load_study(folder(project, text=text), TABLES)


def test_a_study_is_what_its_folder_says(tmp_path: Path) -> None:
    """Date and slug come from the name, all else from the file, with defaults."""
    study = load_study(folder(tmp_path), TABLES)
    assert (study.date, study.slug) == (dt.date(2024, 2, 29), "songs")
    assert study.folder == tmp_path / "studies" / "2024-02-29-songs"
    assert study.tags == ("attention", "small models")
    assert (study.category, study.seed, study.draft) == ("studies", 0, False)
    assert study.models["lm"] == Tiny(corpus="songs", epochs=4, sizes=(3, 4))
    assert list(study.artifacts) == ["greedy", "after", "truth"]


def test_lists_of_a_file_fill_tuples_of_any_spec(tmp_path: Path) -> None:
    """A spec that says tuple gets one, whole numbers standing for fractions."""
    asked = load_study(folder(tmp_path), TABLES).artifacts["greedy"]
    assert isinstance(asked, Write)
    assert asked.at == (0, "best", 4)
    assert asked.temperatures == (0.0, 0.5)
    assert isinstance(asked.temperatures[0], float)


def test_a_dump_holds_the_settings_of_every_kind(tmp_path: Path) -> None:
    """What a page prints has all fields of the specs, and no folder of the machine."""
    dump = load_study(folder(tmp_path), TABLES).model_dump(mode="json")
    assert dump["models"]["lm"]["dropout"] == 0.0
    assert dump["date"] == "2024-02-29"
    assert str(tmp_path) not in str(dump)


def test_a_study_does_not_change(tmp_path: Path) -> None:
    """No setting can be given another value after reading."""
    study = load_study(folder(tmp_path), TABLES)
    with pytest.raises(ValidationError):
        study.title = "other"  # type: ignore[misc]  # what is tested


@pytest.mark.parametrize(
    "title",
    [
        "{{ 7*7 }}",
        "{% include 'x' %}",
        "<script>alert(1)</script>",
        "no",
        "2024-02-28",
        "(a+)+$",
        "日本語 🎵 \u202e",
    ],
)
def test_a_title_is_its_text(title: str, tmp_path: Path) -> None:
    """No template, markup, pattern, date or yes is read in a title."""
    assert (
        one(tmp_path, f"title: '{title.replace(chr(39), chr(39) * 2)}'\n").title
        == title
    )
    if "{" not in title and "'" not in title:
        other = folder(tmp_path, "2024-02-29-other", f"title: {title}\n")
        assert load_study(other, TABLES).title == title


@pytest.mark.parametrize(
    ("setting", "field", "value"),
    [
        ("learning_rate: 1e-3", "learning_rate", 0.001),
        ("learning_rate: 1", "learning_rate", 1.0),
        ("batch_size: 1_000", "batch_size", 1000),
        ("shuffle: false", "shuffle", False),
        ("sizes: []", "sizes", ()),
        ("weights_path: a/b.hdf5", "weights_path", "a/b.hdf5"),
        ("weights_path: null", "weights_path", None),
    ],
)
def test_a_setting_is_read_as_written(
    setting: str, field: str, value: object, tmp_path: Path
) -> None:
    """Numbers of YAML 1.2, lists and words arrive as what they are."""
    assert getattr(one(tmp_path, model(setting)).models["lm"], field) == value


def test_tables_may_be_empty(tmp_path: Path) -> None:
    """A study that names nothing needs no kinds; another is told there are none."""
    bare = ClassTables({}, {}, {}, {})
    assert load_study(folder(tmp_path, text="title: T\n"), bare).models == {}
    other = folder(tmp_path, "2024-02-29-b", "title: T\nmodels: {a: {kind: x}}\n")
    with pytest.raises(ConfigError, match="there are none"):
        load_study(other, bare)


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "Songs",
        "-x",
        "a_b",
        "a/b",
        "../../x",
        "Ünïcode",
        "x.",
        "x ",
        "CON",
        "nul",
        ".git",
        "x" * 65,
        "x" * 300,
        "a\nb",
        "a\x1b[31m",
        "\0",
    ],
)
def test_a_bad_slug_is_refused(slug: str) -> None:
    """A slug is part of an address and of a file's name on any system."""
    with pytest.raises(
        ConfigError, match=r"must match \[a-z0-9\]\[a-z0-9-\]"
    ) as caught:
        check_slug(slug, "here")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("2024-02-29-Songs", 'the slug "Songs" must match'),
        ("2024-02-30-x", "is not a date"),
        ("2024-13-01-x", "is not a date"),
        ("0000-01-01-x", "is not a date"),
        ("songs", "must be called YYYY-MM-DD-slug"),
        ("2024-2-9-x", "must be called YYYY-MM-DD-slug"),
        ("", "must be called YYYY-MM-DD-slug"),
    ],
)
def test_a_bad_date_is_refused(name: str, said: str) -> None:
    """A folder's name begins with a day that exists."""
    with pytest.raises(ConfigError, match=said):
        load_study(Path("studies") / name if name else Path("/"), TABLES)


def test_studies_come_by_date_then_slug(tmp_path: Path) -> None:
    """The order is that of dates, whatever the disk's; other folders are let be."""
    for name in ("2024-03-01-b", "2023-01-01-z", "2024-03-01-a"):
        folder(tmp_path, name)
    for other in ("schema", "data", ".hidden", "_drafts"):
        (tmp_path / "studies" / other).mkdir()
    (tmp_path / "studies" / "site.yaml").write_text("title: x\n")
    assert [s.slug for s in load_studies(tmp_path, TABLES)] == ["z", "a", "b"]


def test_problems_of_all_files_come_together(tmp_path: Path) -> None:
    """One bad study does not hide the next one's mistakes."""
    folder(tmp_path, "2024-01-01-a", "titel: x\n")
    folder(tmp_path, "2024-01-02-b", "title: x\nseed: y\n")
    folder(tmp_path, "notes")
    (tmp_path / "studies" / "2024-01-03-c").mkdir()
    with pytest.raises(ConfigError) as caught:
        load_studies(tmp_path, TABLES)
    said = "\n".join(caught.value.problems)
    for part in (
        "01-a/study.yaml:1:1",
        "02-b/study.yaml:2:7",
        "studies/notes",
        "no such",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2023-01-01-songs", "2024-01-01-songs"),
        ("2023-01-01-songs", "2024-01-01-Songs"),
        ("2023-01-01-strasse", "2024-01-01-straße"),
        ("2023-01-01-\u00fc", "2024-01-01-u\u0308"),
    ],
)
def test_two_studies_of_one_slug_are_refused(
    first: str, second: str, tmp_path: Path
) -> None:
    """Slugs that a reader or a disk confuses are an error that names both folders."""
    folder(tmp_path, first)
    folder(tmp_path, second)
    with pytest.raises(ConfigError) as caught:
        load_studies(tmp_path, TABLES)
    said = [problem for problem in caught.value.problems if "give one slug" in problem]
    assert len(said) == 1
    assert first in said[0]
    assert second in said[0]


def test_a_file_that_lies_elsewhere_is_not_read(tmp_path: Path) -> None:
    """A link may not lead out of the folder of studies."""
    secret = tmp_path / "secret.yaml"
    secret.write_text("password: hunter2\n")
    made = tmp_path / "studies" / "2024-01-01-a"
    made.mkdir(parents=True)
    (made / "study.yaml").symlink_to(secret)
    with pytest.raises(ConfigError, match="a link that leaves") as caught:
        load_study(made, TABLES)
    assert "hunter2" not in str(caught.value)


def test_a_project_is_found_from_below(tmp_path: Path) -> None:
    """From any folder of a project the project is the same; outside there is none."""
    below = folder(tmp_path) / "artifacts"
    below.mkdir()
    assert find_project(below) == find_project(tmp_path) == tmp_path.resolve()
    with pytest.raises(ConfigError, match="no project here or above"):
        find_project(Path(tmp_path.anchor))


def test_a_study_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    """A slug that no study has is an error with the nearest and their number."""
    folder(tmp_path, "2024-01-01-imdb")
    folder(tmp_path, "2024-01-02-songs")
    studies = load_studies(tmp_path, TABLES)
    with pytest.raises(ConfigError) as caught:
        choose_studies(studies, ["imbd", "songs"])
    assert (
        str(caught.value)
        == 'no study "imbd"; did you mean "imdb"? (2 studies in studies/)'
    )
    assert choose_studies(studies, []) == studies
    assert [study.slug for study in choose_studies(studies, ["songs"])] == ["songs"]


class _Holder(Spec):
    path: RelativePath


@pytest.mark.parametrize("path", ["a", "a/b.txt", "./a", "données/ü.txt", "a b/c..d"])
def test_a_path_below_is_allowed(path: str) -> None:
    """Folders, spaces and letters of any script are part of a path."""
    assert _Holder(path=path).path == path


@pytest.mark.parametrize(
    "path",
    ["", "/a", "~", "~me/x", "..", "a/..", "C:/x", "a\\b", "https://u:p@h/x", "x\x00"],
)
def test_a_path_that_leads_out_is_refused(path: str) -> None:
    """Nothing outside the folder can be named, and nothing of it is repeated."""
    with pytest.raises(ValidationError) as caught:
        _Holder(path=path)
    assert "u:p" not in caught.value.errors(include_input=False)[0]["msg"]


def test_devices_of_windows_are_known() -> None:
    """A device's name is one in any case and with any ending."""
    assert all(
        map(is_reserved, ("con", "NUL.txt", "Com1", "lpt9 .x", "COM¹"[:3] + "2"))
    )
    assert not any(map(is_reserved, ("console", "com", "x.con", "lpt10")))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("a", 'text "a"'),
        (True, "true"),
        (None, "null"),
        (1.5, "1.5"),
        ([], "a list"),
        ({}, "a mapping"),
    ],
)
def test_a_value_is_shown_in_plain_words(value: object, words: str) -> None:
    """Messages say what a value is as its author wrote it."""
    assert format_yaml_value(value) == words

"""The schemas that editors read: they accept good files and refuse typos."""

from __future__ import annotations

import datetime as dt
import inspect
import json
from pathlib import Path
from typing import Any

import pytest

from generator.core.errors import ConfigError
from generator.methods import METHODS
from generator.study.class_tables import ClassTables
from generator.study.new_study import write_new_study
from generator.study.schema import make_study_schema, write_schema
from generator.study.yaml.read import read_yaml
from tests.bad_studies import SETTINGS
from tests.kinds import GOOD, TABLES, Tiny

jsonschema = pytest.importorskip("jsonschema")

UNSEEN = {
    "a slug in the file": "schemas know unknown keys alone",
    "a tag of no letters": "an address is more than a pattern",
    "a blank title": "blank is more than a length",
    "a title of two lines": "control characters are no pattern",
    "leading zero": "editors read it as a number",
    "an update before the study": "the day is in the folder's name",
    "an update of no day": "validators ask for no format of a date",
}
"""Mistakes that a schema cannot see, and why."""


def errors(folder: Path, text: str, schema: dict[str, Any]) -> list[str]:
    """What a validator of JSON Schema says of a study file."""
    path = folder / "study.yaml"
    path.write_text(text, encoding="utf-8")
    checker = jsonschema.Draft202012Validator(schema)
    return [error.message for error in checker.iter_errors(read_yaml(path, "a").data)]


def test_the_schema_is_a_schema() -> None:
    """It follows the dialect that it names, for tables of any size."""
    for tables in (TABLES, ClassTables({}, {}, {}, {}), ClassTables()):
        schema = make_study_schema(tables)
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["$schema"].startswith("https://json-schema.org/draft/2020-12")


def test_a_good_study_is_accepted(tmp_path: Path) -> None:
    """An editor underlines nothing in a file that loads."""
    assert errors(tmp_path, GOOD, make_study_schema(TABLES)) == []


def test_a_new_study_is_accepted(tmp_path: Path) -> None:
    """An editor underlines nothing in a study as `new` writes it."""
    made = write_new_study(tmp_path, "x", date=dt.date(2024, 2, 29))
    text = (made / "study.yaml").read_text(encoding="utf-8")
    assert errors(tmp_path, text, make_study_schema()) == []


@pytest.mark.parametrize("case", sorted(SETTINGS.keys() - UNSEEN.keys()))
def test_a_wrong_setting_is_refused(case: str, tmp_path: Path) -> None:
    """An editor underlines what a build would refuse."""
    text = SETTINGS[case][0]
    assert isinstance(text, str)
    assert errors(tmp_path, text, make_study_schema(TABLES))


def test_every_setting_is_described_where_its_class_describes_it() -> None:
    """What an editor shows beside a key is the docstring of the field."""
    schema = make_study_schema(TABLES)
    for name, field in schema["properties"].items():
        assert field.get("description"), name
    tables = ClassTables({}, {"tiny": Described}, {}, {})
    shown = make_study_schema(tables)["$defs"]["Described"]["properties"]["speed"]
    assert shown["description"] == "How fast."


def test_a_method_is_described_by_its_title() -> None:
    """The docstring of a method is its page; an editor shows the first line."""
    definitions = make_study_schema()["$defs"]
    for method in METHODS.values():
        title = inspect.cleandoc(method.__doc__ or "").splitlines()[0]
        assert definitions[method.__name__]["description"] == title


class Described(Tiny):
    speed: int = 1
    """How fast."""


def test_what_a_folder_says_is_not_offered() -> None:
    """Date and slug are no keys of the file."""
    assert (
        not {"date", "slug", "folder"} & make_study_schema(TABLES)["properties"].keys()
    )
    assert make_study_schema(TABLES)["required"] == ["title"]


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    """Both schemas are written, whole, and writing again changes nothing."""
    first = {path.name: path.read_bytes() for path in write_schema(tmp_path)}
    again = {path.name: path.read_bytes() for path in write_schema(tmp_path)}
    assert first == again
    assert set(first) == {"study.schema.json", "site.schema.json"}
    site = json.loads(first["site.schema.json"])
    checker = jsonschema.Draft202012Validator(site)
    assert checker.is_valid({"title": "T"})
    assert not checker.is_valid({"titel": "T"})


def test_schemas_are_not_written_behind_a_link(tmp_path: Path) -> None:
    """A folder that git brought as a link is refused, and what is there stays.

    The control: in a folder of the project the same file is replaced.
    """
    outside = tmp_path / "outside"
    (tmp_path / "project" / "studies").mkdir(parents=True)
    outside.mkdir()
    (outside / "study.schema.json").write_text("somebody else's")
    folder = tmp_path / "project" / "studies" / "schema"
    folder.symlink_to(outside)
    with pytest.raises(ConfigError, match=r"studies/schema: is a link.*remove it"):
        write_schema(tmp_path / "project")
    assert (outside / "study.schema.json").read_text() == "somebody else's"
    folder.unlink()
    outside.rename(folder)
    write_schema(tmp_path / "project")
    assert (folder / "study.schema.json").read_text() != "somebody else's"

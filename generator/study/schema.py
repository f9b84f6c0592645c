"""JSON Schemas of the study file and of the site's settings, for editors.

An editor that reads them completes keys, shows what each means and underlines a typo
before anything is run. They are made of the same classes that read the files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import GenericAlias
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, create_model

from generator.core import files
from generator.core.spec import Spec, describe_fields, make_union
from generator.methods.base import Method
from generator.study.class_tables import ClassTables
from generator.study.project import STUDIES
from generator.study.site_settings import SiteSettings
from generator.study.study import KIND_WORDS, PART_NAME, Study
from generator.study.yaml.errors import NOT_WRITTEN

FOLDER = "schema"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_Name = Annotated[str, StringConstraints(pattern=f"^{PART_NAME.pattern}$")]


def write_schema(project: Path) -> tuple[Path, ...]:
    """Write the schemas into `studies/schema/`; the same tables give the same bytes.

    Args:
        project: Folder of the project.

    Returns:
        The files written.

    Raises:
        ConfigError: That folder is a link or no folder.
        ResourceError: The system refuses.
    """
    files.require_plain_folders(project, (STUDIES, f"{STUDIES}/{FOLDER}"))
    folder = project / STUDIES / FOLDER
    schemas = {"study": make_study_schema(), "site": _make_schema(SiteSettings)}
    paths = []
    for name, schema in schemas.items():
        text = json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
        paths.append(folder / f"{name}.schema.json")
        files.write(paths[-1], text.encode(), "schema", project)
    return tuple(paths)


def make_study_schema(tables: ClassTables | None = None) -> dict[str, Any]:
    """Return the JSON Schema of a study file.

    Args:
        tables: Kinds that the file may name; all there are where None.
    """
    tables = tables or ClassTables()
    schema = _make_schema(make_study_type(tables))
    for section, word in KIND_WORDS.items():
        for kind in getattr(tables, section).values():
            definition = schema["$defs"][kind.__name__]
            needed = definition.get("required", [])
            if word not in needed:
                definition["required"] = [word, *needed]
    return schema


def make_study_type(tables: ClassTables) -> type[Study]:
    """Return `Study` with its sections closed over the kinds that a file may name.

    Args:
        tables: Those kinds.
    """
    fields: dict[str, Any] = {}
    for section, word in KIND_WORDS.items():
        table: Mapping[str, type[Spec]] = getattr(tables, section)
        entry = make_union(table, word) if table else Spec
        words = describe_fields(Study)[section]
        section_type = GenericAlias(dict, (_Name, entry))
        fields[section] = section_type, Field(default={}, description=words)
    closed: type[Study] = create_model("Study", __base__=Study, **fields)
    return closed


def _make_schema(kind: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of a class without the fields that a file does not give."""
    schema = {"$schema": _DIALECT, **kind.model_json_schema()}
    _add_descriptions(schema, kind)
    known = {spec.__name__: spec for spec in _list_spec_classes(Spec)}
    for name, definition in schema.get("$defs", {}).items():
        if name in known:
            _add_descriptions(definition, known[name])
        if issubclass(known.get(name, Spec), Method) and "description" in definition:
            # A method's docstring is a whole page; an editor shows its title.
            definition["description"] = definition["description"].partition("\n")[0]
    for name, field in kind.model_fields.items():
        if field.json_schema_extra == NOT_WRITTEN:
            del schema["properties"][name]
            schema["required"].remove(name)
    return schema


def _add_descriptions(definition: dict[str, Any], kind: type[BaseModel]) -> None:
    """Add to a schema what each property means."""
    for name, text in describe_fields(kind).items():
        written = kind.model_fields[name].alias or name
        definition.get("properties", {}).get(written, {}).setdefault(
            "description", text
        )


def _list_spec_classes(kind: type[Spec]) -> Iterator[type[Spec]]:
    """Yield all kinds of spec."""
    for subclass in kind.__subclasses__():
        yield subclass
        yield from _list_spec_classes(subclass)

"""Defaults and limits of every setting: study files rely on those they leave out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined

from generator.core.spec import Spec
from generator.corpora import CORPORA
from generator.figures import FIGURES
from generator.methods import METHODS
from generator.models import MODELS
from generator.study.site_settings import SiteSettings

LIST = Path(__file__).with_name("promised_settings.txt")
TABLES: dict[str, dict[str, type[Spec]]] = {
    "corpora": {**CORPORA},
    "models": {**MODELS},
    "methods": {**METHODS},
    "figures": {**FIGURES},
    "site": {"site": SiteSettings},
}
BOUNDS = ("ge", "gt", "le", "lt", "min_length", "max_length", "multiple_of")
FIRST = """Settings with their defaults and limits, on which study files rely. Where
a change is meant, write the list anew: python -m tests.study.test_promised_settings
"""


def promised_lines() -> Iterator[str]:
    """Yield a line for each setting: its place, its default and its limits."""
    for table, kinds in TABLES.items():
        for name, kind in sorted(kinds.items()):
            for setting, field in sorted(kind.model_fields.items()):
                yield f"{table}/{name} {setting}: {describe_promise(field)}"


def describe_promise(field: Any) -> str:
    """Return a field's default and limits."""
    value = field.get_default(call_default_factory=True)
    default = "required" if value is PydanticUndefined else repr(value)
    bounds = [
        f"{bound} {getattr(one, bound)}"
        for one in field.metadata
        for bound in BOUNDS
        if getattr(one, bound, None) is not None
    ]
    return ", ".join([default, *bounds])


def test_defaults_and_limits_change_on_purpose_alone() -> None:
    """Each is as listed: under another, a study file that says nothing means more."""
    listed = LIST.read_text("utf-8").removeprefix(FIRST).splitlines()
    now = list(promised_lines())
    changed = sorted({*now} ^ {*listed})
    assert changed == [], FIRST
    assert now == listed


if __name__ == "__main__":
    LIST.write_text(FIRST + "".join(f"{line}\n" for line in promised_lines()), "utf-8")
    sys.exit(0)

"""Settings that are out of range or contradict each other, of every kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from generator.core.spec import Spec
from generator.corpora import CORPORA
from generator.figures import FIGURES
from generator.methods import METHODS
from generator.models import MODELS

FILE = Path(__file__).parent / "samples" / "bad_settings.yaml"
KINDS: dict[str, dict[str, type[Spec]]] = {
    "corpora": {**CORPORA},
    "figures": {**FIGURES},
    "methods": {**METHODS},
    "models": {**MODELS},
}
REQUIRED = {"methods": {"model": "m"}}
CASES = [
    (section, name, cases)
    for section, kinds in YAML(typ="safe").load(FILE).items()
    for name, cases in kinds.items()
]


def tuples(value: Any) -> Any:
    """Return a value of YAML with tuples in the place of its lists."""
    if isinstance(value, dict):
        return {key: tuples(one) for key, one in value.items()}
    return tuple(map(tuples, value)) if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("section", "name", "cases"), CASES, ids=[name for _, name, _ in CASES]
)
def test_bad_settings_are_refused(
    section: str, name: str, cases: list[tuple[dict[str, Any], str]]
) -> None:
    """A wrong setting is refused when the study file is read, and named."""
    word = {"methods": "method", "figures": "figure"}.get(section, "kind")
    for given, message in cases:
        settings = {word: name, **REQUIRED.get(section, {}), **tuples(given)}
        with pytest.raises(ValidationError, match=message):
            KINDS[section][name].model_validate(settings)

"""A small file of every kind of artifact, kept for each schema that there ever was.

`python -m tests.artifacts.past_schemas` writes those of the present schema. It is run
once, when a schema is bumped; what is kept of a past one is never written again.
"""

from __future__ import annotations

import typing
from pathlib import Path
from typing import Any

import numpy as np

from generator.artifacts import ARTIFACTS, SCHEMA
from generator.artifacts.base import (
    ArtifactHead,
    CorpusProvenance,
    ModelProvenance,
    Provenance,
)
from generator.core import serialize
from generator.core.tokens import Token
from tests.artifacts.saving import save_artifact

KEPT = Path(__file__).parents[1] / "samples" / "artifacts"


def simple_value(hint: Any) -> Any:
    """A plain value of a type: one item, one half, one word."""
    codec = serialize.find_codec(hint)
    if codec == "record":
        fields = serialize.find_field_hints(hint)
        late = serialize.find_omittable_fields(hint)
        return hint(
            **{n: simple_value(of) for n, of in fields.items() if n not in late}
        )
    if codec == "optional":
        return simple_value(serialize.unwrap_optional(hint))
    if codec == "tuple":
        first, *rest = typing.get_args(hint)
        return tuple(map(simple_value, [first] if rest == [...] else [first, *rest]))
    if codec == "array":
        return np.full((1, 2), 0.5).astype(serialize.find_element_type(hint))
    simple = {"float": 0.5, "int": 1, "str": "text", "bool": True, "token": Token("a")}
    return simple[codec] if codec in simple else typing.get_args(hint)[0]


def make_head(kind: str) -> ArtifactHead:
    """A head whose provenance has every field."""
    model = ModelProvenance(
        name="lm", kind="tiny", settings={"epochs": 2}, key="1" * 64, seed=1, epochs=2,
        best=1, windows=9, held_out=3, fingerprint={"cpu": "any"}, notes=("a note",),
    )  # fmt: skip
    corpus = CorpusProvenance(
        name="texts", kind="lines", settings={"path": "texts.txt"}, key="2" * 64,
        documents=4, source="made up", notes=("a note",),
    )  # fmt: skip
    made = Provenance(
        method="writing", settings={"method": "writing", "model": "lm"}, seed=(1, 2),
        versions={"numpy": "2.4.6"}, model=model, corpus=corpus,
    )  # fmt: skip
    return ArtifactHead(kind=kind, schema=SCHEMA, key="3" * 64, made=made)


def main() -> None:
    """Write a file of each kind in the present schema."""
    for kind, of in ARTIFACTS.items():
        path = KEPT / f"schema-{SCHEMA}" / f"{kind}.json"
        save_artifact(path, simple_value(of), make_head(kind))


if __name__ == "__main__":
    main()

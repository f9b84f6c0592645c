"""Values of artifacts, as a sentence names them: `{{ tfidf.rows.trained.value:.2f }}`.

A path begins with an artifact's name and walks its fields; a list takes a place
(counted from 0, negative from the end), or the name of one of its rows with hyphens for
spaces; a score of one artifact among several has that artifact's name before its own,
as in `grades.rows.lime-auprc`. Numbers in a list can be asked for their `min max mean
sum argmax first last`.
Some records know what follows from their fields: scores of slots `padding` and
`recency`, each step's sum over padded slots and its newest slot; a scored text its
`probability`, that of the predicted label, its sum over `padding` and the `evenness` of
its weights; scores of texts the labels `predicted` for them; predictions how many are
`right` of their `count`, and the `accuracy`; a cell its `name`, a search the `count` of
its cells and its `pairs`. `claims.NAME` is what a claim of the
study came to: its `verdict`, and `value`, `low`, `high` and `n` of its estimate.
What is not there, or has no value, is an error, so that a sentence cannot say what its
artifact does not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from generator.artifacts import (
    Artifact,
    Cell,
    CellSearch,
    Curves,
    Predictions,
    ScoredText,
    SlotScores,
    TokenScores,
)
from generator.core.errors import WriteUpError, nearest, quoted
from generator.core.tokens import Token
from generator.figures.formatting import show, significant, visible
from generator.figures.scales import padding_mass, recency_mass
from generator.figures.text_header import certainty, evenness, predicted, token_padding

FORMAT = re.compile(r"[+ ]?(?:,)?(?:\.\d{1,2})?[feg%d]?")
"""What may follow the colon: a sign, thousands, decimals and a kind."""

REDUCTIONS: dict[str, Callable[[np.ndarray], object]] = {
    "min": np.min,
    "max": np.max,
    "mean": lambda array: np.mean(array, dtype=np.float64),
    "sum": lambda array: np.sum(array, dtype=np.float64),
    "argmax": np.argmax,
}

DERIVED: dict[type, dict[str, Callable[[Any], object]]] = {
    SlotScores: {"padding": padding_mass, "recency": recency_mass},
    ScoredText: {
        "padding": token_padding,
        "probability": certainty,
        "evenness": evenness,
    },
    TokenScores: {
        "predicted": lambda scores: tuple(
            predicted(scores.labels, text) for text in scores.texts
        )
    },
    Cell: {"name": lambda cell: cell.name},
    CellSearch: {
        "count": lambda search: len(search.cells),
        "pairs": lambda search: int(search.found.size),
    },
    Predictions: {
        "right": lambda made: int(hits(made).sum()),
        "count": lambda made: len(made.truths),
        "accuracy": lambda made: float(hits(made).mean()) if hits(made).size else None,
    },
}
"""What follows from the fields of a record, by its kind and its word."""


def hits(made: Predictions) -> np.ndarray:
    """Whether each document's most probable label is its own."""
    return np.asarray(made.probabilities.argmax(1) == made.truths)


CLAIMS = "claims"
"""The word that a path to a verdict begins with; no artifact is called that."""


def look_up(
    artifacts: Mapping[str, Artifact],
    expression: str,
    claims: Mapping[str, object] | None = None,
) -> str:
    """The text of `expression`, `path` or `path:format`. Raises `WriteUpError`.

    `claims` are what a study's claims came to, by name.
    """
    path, _, form = (part.strip() for part in expression.partition(":"))
    name, *steps = path.split(".")
    if name == CLAIMS and name not in artifacts:
        return told(claimed(claims or {}, steps, path), form, path)
    if steps and steps[-1] == "verdict" and name in artifacts:
        raise WriteUpError(
            f"{quoted(path)}: artifacts give numbers; put the claim into claims: of "
            "study.yaml and write {{ claims.NAME.verdict }}"
        )
    return told(trail(artifacts, path)[-1], form, path)


def trail(artifacts: Mapping[str, Artifact], path: str) -> tuple[object, ...]:
    """What each step of `path` leads to, the artifact first. Raises `WriteUpError`."""
    name, *steps = path.split(".")
    if name not in artifacts:
        raise WriteUpError(
            f"{quoted(path)}: no artifact {quoted(name)}; {nearest(name, artifacts)}"
        )
    found: list[object] = [artifacts[name]]
    for i, step in enumerate(steps):
        found.append(walk(found[-1], step, ".".join([name, *steps[: i + 1]])))
    return tuple(found)


def claimed(claims: Mapping[str, object], steps: list[str], path: str) -> object:
    """What a path says of a claim. Raises `WriteUpError`."""
    if not steps or steps[0] not in claims:
        name = steps[0] if steps else ""
        raise WriteUpError(
            f"{quoted(path)}: no claim {quoted(name)} in study.yaml; "
            f"{nearest(name, claims)}"
        )
    value = claims[steps[0]]
    for i, step in enumerate(steps[1:]):
        value = walk(value, step, ".".join([CLAIMS, *steps[: i + 2]]))
    return value


def walk(value: object, step: str, path: str) -> object:
    """One step into `value`. Raises `WriteUpError`."""
    if isinstance(value, np.ndarray):
        return into_array(value, step, path)
    if isinstance(value, tuple):
        return into_list(value, step, path)
    if is_dataclass(value):
        return into_record(value, step, path)
    raise WriteUpError(f"{quoted(path)}: there is nothing below {kind(value)}")


def into_record(value: object, step: str, path: str) -> object:
    """A field, or one of the few things derived from several."""
    known = {
        word: way
        for kind, ways in DERIVED.items()
        if isinstance(value, kind)
        for word, way in ways.items()
    }
    if step in known:
        return known[step](value)
    names = {f.name for f in fields(value)} | set(known)  # type: ignore[arg-type] # asked above
    if isinstance(value, Curves):
        rows = dict(zip(map(hyphens, value.names), value.y, strict=True))
        if step in rows:
            return rows[step]
        names |= set(rows)
    if step not in names or not hasattr(value, step):
        raise WriteUpError(
            f"{quoted(path)}: no {quoted(step)} there; {nearest(step, names)}"
        )
    return getattr(value, step)


def into_list(value: tuple[object, ...], step: str, path: str) -> object:
    """An item by its place, by `first` and `last`, or by its name."""
    if step in {"first", "last"} or is_index(step):
        place = {"first": 0, "last": -1}.get(step)
        place = int(step) if place is None else place
        return item(value, place, path)
    names = {name: row for row in reversed(value) for name in names_of(row)}
    if step not in names:
        raise WriteUpError(
            f"{quoted(path)}: no {quoted(step)} among {len(value)} items; "
            f"{nearest(step, names)}"
        )
    return names[step]


def names_of(row: object) -> Iterator[str]:
    """What a row can be called: its name, and whose it is with its name."""
    if hasattr(row, "name"):
        name = str(row.name)
        yield hyphens(name)
        if hasattr(row, "of"):
            yield hyphens(f"{row.of} {name}")


def into_array(value: np.ndarray, step: str, path: str) -> object:
    """A number or a row by its place, or a reduction."""
    if step in REDUCTIONS:
        if not value.size:
            raise WriteUpError(f"{quoted(path)}: the list is empty")
        return REDUCTIONS[step](value)
    if step in {"first", "last"} or is_index(step):
        place = {"first": 0, "last": -1}.get(step)
        return item(value, int(step) if place is None else place, path)
    known = [*REDUCTIONS, "first", "last"]
    raise WriteUpError(f"{quoted(path)}: no {quoted(step)}; {nearest(step, known)}")


def item(value: tuple[object, ...] | np.ndarray, place: int, path: str) -> object:
    """`value[place]`. Raises `WriteUpError` outside it."""
    if not -len(value) <= place < len(value):
        raise WriteUpError(f"{quoted(path)}: there are {len(value)}, counted from 0")
    found: object = value[place]
    return found


def told(value: object, form: str, path: str) -> str:
    """A value as text. Raises `WriteUpError` where there is none."""
    if isinstance(value, Token):
        return show(value).text
    if isinstance(value, str):
        return visible(value, blanks=False)
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise WriteUpError(f"{quoted(path)}: is {kind(value)}, not one value to print")
    if isinstance(value, (float, np.floating)) and not math.isfinite(float(value)):
        raise WriteUpError(f"{quoted(path)}: has no value there; say so in words")
    if not FORMAT.fullmatch(form):
        raise WriteUpError(
            f"{quoted(path)}: {quoted(form)} is no format; expected one like .2f"
        )
    return formatted(value, form, path)


def formatted(value: float | np.number[Any], form: str, path: str) -> str:
    """A finite number in `form`, with a real minus sign and no minus zero."""
    number = int(value) if isinstance(value, (int, np.integer)) else float(value)
    if not form:
        return f"{number}" if isinstance(number, int) else significant(number, 6)
    if form.endswith("d") and isinstance(number, float):
        raise WriteUpError(f"{quoted(path)}: is no whole number; expected one like .2f")
    text = format(number, form)
    if not text.strip("+-0.,%e"):
        text = text.lstrip("+-")
    return text.replace("-", "\N{MINUS SIGN}")


def kind(value: object) -> str:
    """What a value is, in words."""
    if value is None:
        return "nothing (no value)"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, np.ndarray):
        return f"a list of {' by '.join(map(str, value.shape))} numbers"
    return f"a list of {len(value)}" if isinstance(value, tuple) else "a record"


def hyphens(name: str) -> str:
    """A row's name as a path says it: lower case, one hyphen for what is no word."""
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-")


def is_index(step: str) -> bool:
    """Whether a step is a place."""
    return re.fullmatch(r"-?\d{1,6}", step) is not None

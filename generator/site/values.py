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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import partial
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
from generator.core.errors import (
    WriteUpError,
    find_meant,
    quote_text,
    suggest_nearest,
)
from generator.core.tokens import Token
from generator.figures.formatting import display_token, format_significant, make_visible
from generator.figures.scales import padding_mass, recency_mass
from generator.figures.text_header import (
    evenness,
    predicted_label,
    predicted_probability,
    token_padding,
)

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
        "probability": predicted_probability,
        "evenness": evenness,
    },
    TokenScores: {
        "predicted": lambda scores: tuple(
            predicted_label(scores.labels, text) for text in scores.texts
        )
    },
    Cell: {"name": lambda cell: cell.name},
    CellSearch: {
        "count": lambda search: len(search.cells),
        "pairs": lambda search: int(search.found.size),
    },
    Predictions: {
        "right": lambda made: int(right_predictions(made).sum()),
        "count": lambda made: len(made.truths),
        "accuracy": lambda made: (
            float(right_predictions(made).mean())
            if right_predictions(made).size
            else None
        ),
    },
}
"""What follows from the fields of a record, by its kind and its word."""


def right_predictions(made: Predictions) -> np.ndarray:
    """Compare each document's most probable label with its true one.

    Args:
        made: Predictions with probabilities of shape (documents, labels).

    Returns:
        Booleans of shape (documents,), True where the prediction is right.
    """
    return np.asarray(made.probabilities.argmax(1) == made.truths)


CLAIMS = "claims"
"""The word that a path to a verdict begins with; no artifact is called that."""


def format_expression(
    artifacts: Mapping[str, Artifact],
    expression: str,
    claims: Mapping[str, object] | None = None,
) -> str:
    """Format the value of an expression, `path` or `path:format`.

    Args:
        artifacts: The study's artifacts by name.
        expression: What stands between the braces of a write-up.
        claims: Verdicts of the study's claims by name.

    Returns:
        The value as text.

    Raises:
        WriteUpError: If the path leads nowhere or its value has no such format.
    """
    path, _, form = (part.strip() for part in expression.partition(":"))
    name, *steps = path.split(".")
    if name == CLAIMS and name not in artifacts:
        return format_value(claim_value(claims or {}, steps, path), form, path)
    if steps and steps[-1] == "verdict" and name in artifacts:
        raise WriteUpError(explain_artifact_verdict(path))
    return format_value(follow_path(artifacts, path)[-1], form, path)


def follow_path(artifacts: Mapping[str, Artifact], path: str) -> tuple[object, ...]:
    """Return the value at each step of a path, the artifact first.

    Args:
        artifacts: The study's artifacts by name.
        path: Steps with dots between them.

    Returns:
        The values, the last one being what the path names.

    Raises:
        WriteUpError: If a step leads nowhere.
    """
    name, *steps = path.split(".")
    if name not in artifacts:
        raise make_name_error(artifacts, name, path)
    values: list[object] = [artifacts[name]]
    for i, step in enumerate(steps):
        values.append(step_into(values[-1], step, ".".join([name, *steps[: i + 1]])))
    return tuple(values)


SCORES = frozenset({"scores", "by_part", "padding", "recency"})
"""Steps of a path that lead to scores, which may have a sign."""


def describe_sign(artifacts: Mapping[str, Artifact], expression: str) -> str:
    """Describe what + speaks for in the value of an expression.

    Args:
        artifacts: The study's artifacts by name.
        expression: What stands between the braces of a write-up.

    Returns:
        A clause such as `+ speaks for positive`; "" where the value is no score with a
        sign, or there is none.
    """
    path = expression.partition(":")[0].strip()
    name, *steps = path.split(".")
    if name not in artifacts or not SCORES & {*steps} or steps[-1] == "argmax":
        return ""
    try:
        values = follow_path(artifacts, path)
    except WriteUpError:
        return ""
    said = ""
    for value in values:
        said = getattr(value, "speaks_for", "") or said
        if said and isinstance(value, ScoredText):
            said = make_visible(value.label, blanks=False)
    return f"+ speaks for {said}" if said else ""


def claim_value(claims: Mapping[str, object], steps: list[str], path: str) -> object:
    """Return the field of a claim's verdict that a path names.

    Args:
        claims: Verdicts of the study's claims by name.
        steps: Steps of the path.
        path: The whole path, for messages.

    Returns:
        The field's value.

    Raises:
        WriteUpError: If there is no such claim or field.
    """
    if not steps or steps[0] not in claims:
        raise make_claim_error(claims, steps, path)
    value = claims[steps[0]]
    for i, step in enumerate(steps[1:]):
        value = step_into(value, step, ".".join([CLAIMS, *steps[: i + 2]]))
    return value


def step_into(value: object, step: str, path: str) -> object:
    """Take one step into a value, whatever its kind.

    Args:
        value: A record, a list or an array.
        step: One step of the path.
        path: The whole path, for messages.

    Returns:
        The value that the step leads to.

    Raises:
        WriteUpError: If the step leads nowhere.
    """
    if isinstance(value, np.ndarray):
        return step_into_array(value, step, path)
    if isinstance(value, tuple):
        return step_into_list(value, step, path)
    if is_dataclass(value):
        return step_into_record(value, step, path)
    raise WriteUpError(
        f"{quote_text(path)}: there is nothing below {describe_kind(value)}"
    )


def step_into_record(value: object, step: str, path: str) -> object:
    """Return a field of a record, or a quantity derived from several.

    Args:
        value: The record.
        step: One step of the path.
        path: The whole path, for messages.

    Returns:
        The field's value.

    Raises:
        WriteUpError: If there is no such field.
    """
    known = record_steps(value)
    if step not in known:
        raise make_step_error(path, step, known, " there")
    return known[step]()


def record_steps(value: object) -> dict[str, Callable[[], object]]:
    """Return what gives the value of each word that may follow a record in a path.

    Args:
        value: The record.
    """
    steps: dict[str, Callable[[], object]] = {}
    if isinstance(value, Curves):
        for name, row in zip(value.names, value.y, strict=True):
            steps[hyphenate(name)] = partial(lambda row: row, row)
    for one in fields(value):  # type: ignore[arg-type] # asked by the caller
        steps[one.name] = partial(getattr, value, one.name)
    for kind, ways in DERIVED.items():
        if isinstance(value, kind):
            steps |= {word: partial(way, value) for word, way in ways.items()}
    return steps


def step_into_list(value: tuple[object, ...], step: str, path: str) -> object:
    """Return an item by its index, by `first` and `last`, or by its name.

    Args:
        value: The items.
        step: One step of the path.
        path: The whole path, for messages.

    Returns:
        The item.

    Raises:
        WriteUpError: If there is no such item.
    """
    if step in {"first", "last"} or is_index(step):
        place = {"first": 0, "last": -1}.get(step)
        place = int(step) if place is None else place
        return item_at(value, place, path)
    names = {name: row for row in reversed(value) for name in names_of_row(row)}
    if step not in names:
        raise make_step_error(path, step, names, f" among {len(value)} items")
    return names[step]


def names_of_row(row: object) -> Iterator[str]:
    """Yield the names of a row: its own, and its own after its artifact's."""
    if hasattr(row, "name"):
        name = str(row.name)
        yield hyphenate(name)
        if hasattr(row, "of"):
            yield hyphenate(f"{row.of} {name}")


def step_into_array(value: np.ndarray, step: str, path: str) -> object:
    """Return a number or a row by its index, or a reduction.

    Args:
        value: An array of any shape.
        step: One step of the path.
        path: The whole path, for messages.

    Returns:
        A number, a row, or the reduction.

    Raises:
        WriteUpError: If there is no such row or reduction.
    """
    if step in REDUCTIONS:
        if not value.size:
            raise WriteUpError(f"{quote_text(path)}: the list is empty")
        return REDUCTIONS[step](value)
    if step in {"first", "last"} or is_index(step):
        place = {"first": 0, "last": -1}.get(step)
        return item_at(value, int(step) if place is None else place, path)
    known = [*REDUCTIONS, "first", "last"]
    raise make_step_error(path, step, known)


def item_at(value: tuple[object, ...] | np.ndarray, place: int, path: str) -> object:
    """Return `value[place]`.

    Args:
        value: The items.
        place: Index, negative from the end.
        path: The whole path, for messages.

    Returns:
        The item.

    Raises:
        WriteUpError: If the index is out of range.
    """
    if not -len(value) <= place < len(value):
        raise WriteUpError(
            f"{quote_text(path)}: there are {len(value)}, counted from 0"
        )
    item: object = value[place]
    return item


def format_value(value: object, form: str, path: str) -> str:
    """Format a value as text.

    Args:
        value: The value that a path leads to.
        form: A format specification, "" for the default.
        path: The whole path, for messages.

    Returns:
        The text.

    Raises:
        WriteUpError: If the value cannot be printed, or not in this format.
    """
    if isinstance(value, Token):
        return display_token(value).text
    if isinstance(value, str):
        return make_visible(value, blanks=False)
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise WriteUpError(
            explain_unprintable(describe_kind(value), list_steps(value), path)
        )
    if isinstance(value, (float, np.floating)) and not math.isfinite(float(value)):
        raise WriteUpError(f"{quote_text(path)}: has no value there; say so in words")
    if not FORMAT.fullmatch(form):
        raise WriteUpError(describe_format(form, path))
    return format_number(value, form, path)


def format_number(value: float | np.number[Any], form: str, path: str) -> str:
    """Format a finite number, with a real minus sign and no minus zero.

    Args:
        value: The number.
        form: A format specification, "" for the default.
        path: The whole path, for messages.

    Returns:
        The text.

    Raises:
        WriteUpError: If the number is not finite or the format does not fit.
    """
    number = int(value) if isinstance(value, (int, np.integer)) else float(value)
    if not form:
        return f"{number}" if isinstance(number, int) else format_significant(number, 6)
    if form.endswith("d") and isinstance(number, float):
        raise WriteUpError(
            f"{quote_text(path)}: is no whole number; expected one like .2f"
        )
    text = format(number, form)
    if not text.strip("+-0.,%e"):
        text = text.lstrip("+-")
    return text.replace("-", "\N{MINUS SIGN}")


def describe_kind(value: object) -> str:
    """Describe the kind of a value in words, for messages."""
    if value is None:
        return "nothing (no value)"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, np.ndarray):
        return f"a list of {' by '.join(map(str, value.shape))} numbers"
    return f"a list of {len(value)}" if isinstance(value, tuple) else "a record"


def list_steps(value: object) -> list[str]:
    """Return what may follow the path of a record or a list, for messages.

    Args:
        value: What the path leads to.
    """
    if is_dataclass(value):
        return sorted(record_steps(value))
    if isinstance(value, tuple) and value:
        words = list(dict.fromkeys(n for row in value for n in names_of_row(row)))
        return [*words[:5], "first", "last"]
    if isinstance(value, np.ndarray) and value.size:
        return [*REDUCTIONS, "first", "last"]
    return []


def make_step_error(
    path: str, step: str, known: Iterable[str], where: str = "", what: str = ""
) -> WriteUpError:
    """Return the error of a step that leads nowhere, with the step that was meant.

    Args:
        path: The path up to the step.
        step: The step.
        known: The steps that there are.
        where: Words for the place, after the step.
        what: Word for what it should name, before the step.
    """
    names = list(known)
    meant = find_meant(step, names)
    return WriteUpError(
        f"{quote_text(path)}: no {what}{quote_text(step)}{where}; "
        f"{suggest_nearest(step, names)}",
        meant=(step, meant) if meant else None,
    )


def make_name_error(names: Iterable[str], name: str, path: str) -> WriteUpError:
    """Return the error of a path that begins with no artifact.

    Args:
        names: Names of the study's artifacts.
        name: The name that is none.
        path: The whole path.
    """
    return make_step_error(path, name, names, what="artifact ")


def make_claim_error(
    names: Iterable[str], steps: Sequence[str], path: str
) -> WriteUpError:
    """Return the error of a path that names no claim.

    Args:
        names: Names of the study's claims.
        steps: Steps of the path below `claims`.
        path: The whole path.
    """
    name = steps[0] if steps else ""
    return make_step_error(path, name, names, " in study.yaml", "claim ")


def explain_artifact_verdict(path: str) -> str:
    """Explain that only claims have verdicts.

    Args:
        path: The path that asks an artifact for one.
    """
    return (
        f"{quote_text(path)}: artifacts give numbers; put the claim into claims: of "
        "study.yaml and write {{ claims.NAME.verdict }}"
    )


def explain_unprintable(kind: str, steps: Sequence[str], path: str) -> str:
    """Explain that a path ends before a value that can be printed.

    Args:
        kind: What it leads to, in words.
        steps: What may follow.
        path: The path.
    """
    text = f"{quote_text(path)}: is {kind}, not one value to print"
    if not steps:
        return text
    return f"{text}; go on with one of {', '.join(steps)}, as in {path}.{steps[0]}"


def describe_format(form: str, path: str) -> str:
    """Explain that a format is none.

    Args:
        form: What follows the colon.
        path: The path.
    """
    return f"{quote_text(path)}: {quote_text(form)} is no format; expected one like .2f"


def hyphenate(name: str) -> str:
    """Return a row's name as a path spells it.

    Args:
        name: The name.

    Returns:
        The name in lower case, with one hyphen for each run of other characters.
    """
    return re.sub(r"[^\w]+", "-", name.lower()).strip("-")


def is_index(step: str) -> bool:
    """Return whether a step is an index, negative or not.

    Args:
        step: One step of the path.
    """
    return re.fullmatch(r"-?\d{1,6}", step) is not None

"""Files of scores that another program computed: JSON, JSON Lines, CSV, TSV and NPZ.

A file holds texts; a text holds tokens and a score for each, and where they are known
the label that scores speak for, the probabilities of the labels, the text's own label,
and which document of the corpus it is. Keys have their names after this program's
artifacts; the words of others for them are known too (`SYNONYMS`), so that what
neat-vision reads is read as it is.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.core import files, serialize
from generator.core.errors import ConfigError, quote_text, suggest_nearest
from generator.core.serialize import MalformedDataError

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "tokens": ("words", "text", "source"),
    "scores": ("attention", "attributions", "attribution", "weights", "values"),
    "label": ("prediction", "predicted", "target"),
    "probabilities": ("posterior", "probs"),
    "truth": ("gold", "true_label"),
    "document": ("index",),
}
"""Keys of a text, and what other programs call them."""
IGNORED = frozenset({"id"})
"""Keys of others that say nothing here."""
ENDINGS = (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".npz")
TEXTS_LIMIT = 100_000
TOKENS_LIMIT = 10_000_000


@dataclass(frozen=True)
class GivenText:
    """One text of a file of scores.

    Attributes:
        tokens: Its tokens.
        scores: One each, (tokens,); NaN where there is none.
        label: What scores speak for: a name, a number of the model's labels, or None.
        probabilities: Of the labels, by name or in the model's order; None if unknown.
        truth: The text's own label, like `label`.
        document: Its number in the corpus, None where it is none.
        place: Where it stands, for messages.
    """

    tokens: tuple[str, ...]
    scores: NDArray[np.float64]
    label: str | int | None
    probabilities: Mapping[str, float] | tuple[float, ...] | None
    truth: str | int | None
    document: int | None
    place: str


def read_given_texts(data: bytes, name: str) -> tuple[GivenText, ...]:
    """Read a file of scores.

    Args:
        data: Its bytes.
        name: Its name, whose ending says how it is written.

    Returns:
        Its texts in their order, at least one.

    Raises:
        ConfigError: It is not what its name says, or a text of it is not whole; the
            message has the place, what was found and what was expected.
    """
    ending = PurePosixPath(name).suffix.lower()
    if ending not in ENDINGS:
        raise ConfigError(
            f"{name}: a file of scores ends in {', '.join(ENDINGS[:-1])} or "
            f"{ENDINGS[-1]}, which says how it is written"
        )
    if ending == ".npz":
        rows = _read_arrays(data, name)
    else:
        text = _decode(data, name)
        if ending in {".csv", ".tsv"}:
            rows = _read_table(text, name, "\t" if ending == ".tsv" else ",")
        elif ending == ".json":
            rows = _read_json(text, name)
        else:
            rows = _read_lines(text, name)
    texts = tuple(_make_text(row, place) for place, row in rows)
    if not texts:
        raise ConfigError(f"{name}: holds no text; expected one or more")
    if len(texts) > TEXTS_LIMIT or sum(len(t.tokens) for t in texts) > TOKENS_LIMIT:
        raise ConfigError(
            f"{name}: holds {len(texts):,} texts; at most {TEXTS_LIMIT:,} with "
            f"{TOKENS_LIMIT:,} tokens are read"
        )
    return texts


Row = dict[str, Any]
Rows = Iterator[tuple[str, Row]]


def _decode(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{name}: byte {error.start} is not UTF-8; save the file as UTF-8"
        ) from error


def _read_json(text: str, name: str) -> Rows:
    found = _parse(text, name)
    if isinstance(found, dict) and isinstance(found.get("texts"), list):
        found = found["texts"]
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list):
        raise ConfigError(
            f"{name}: must be a list of texts, or an object with `texts`, got "
            f"{_describe(found)}"
        )
    for number, row in enumerate(found, 1):
        yield f"{name}: text {number}", _require_object(row, f"{name}: text {number}")


def _read_lines(text: str, name: str) -> Rows:
    for number, line in enumerate(text.split("\n"), 1):
        place = f"{name}:{number}"
        if line.strip():
            yield place, _require_object(_parse(line, place), place)


def _parse(text: str, place: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        return files.parse_strict_json(text)
    except ValueError as error:
        raise ConfigError(f"{place}: is not JSON: {error}") from error


def _require_object(row: object, place: str) -> Row:
    if isinstance(row, dict):
        return row
    raise ConfigError(
        f"{place}: must be an object with tokens and scores, got {_describe(row)}"
    )


def _describe(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", type(None): "null"}
    return names.get(type(value), "a number")


COLUMNS = ("text", "token", "score", "label", "truth", "document")


def _read_table(text: str, name: str, delimiter: str) -> Rows:
    """Yield texts of a table with a row for each token."""
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ConfigError(f"{name}: is no table: {error}") from error
    head = _read_head(lines, name)
    cells = []
    for number, line in enumerate(lines[1:], 2):
        if len(line) == len(head):
            cells.append((number, dict(zip(head, line, strict=True))))
        elif line:
            raise ConfigError(
                f"{name}:{number}: {len(line)} cells in a table of {len(head)} columns"
            )
    for _, group in groupby(cells, key=lambda one: one[1]["text"]):
        yield _join_rows(list(group), name)


def _read_head(lines: Sequence[Sequence[str]], name: str) -> list[str]:
    """Return the names of a table's columns."""
    head = [cell.strip().lower() for cell in lines[0]] if lines else []
    lacking = [one for one in COLUMNS[:3] if one not in head]
    if lacking:
        raise ConfigError(
            f"{name}:1: the heads of columns must be text, token and score, with a row "
            f"for each token; there is no {' and no '.join(lacking)}"
        )
    for column in head:
        if column not in COLUMNS:
            raise ConfigError(
                f"{name}:1: there is no column {quote_text(column)}; "
                f"{suggest_nearest(column, COLUMNS)}"
            )
    return head


def _join_rows(
    rows: Sequence[tuple[int, dict[str, str]]], name: str
) -> tuple[str, Row]:
    """Return the text that rows of one token each make, with its place."""
    first, values = rows[0]
    found: Row = {
        "tokens": [row["token"] for _, row in rows],
        "scores": [
            _parse_number(row["score"], f"{name}:{number}") for number, row in rows
        ],
    }
    for key in ("label", "truth"):
        found[key] = values.get(key) or None
    if values.get("document"):
        found["document"] = _parse_whole(values["document"], f"{name}:{first}")
    return f"{name}:{first}", found


def _parse_number(cell: str, place: str) -> float | None:
    if not cell.strip():
        return None
    try:
        return float(cell)
    except ValueError as error:
        raise ConfigError(
            f"{place}: score {quote_text(cell)} is no number; expected one, or nothing "
            "where there is none"
        ) from error


def _parse_whole(cell: str, place: str) -> int:
    try:
        return int(cell)
    except ValueError as error:
        raise ConfigError(
            f"{place}: document {quote_text(cell)} is no whole number"
        ) from error


def _read_arrays(data: bytes, name: str) -> Rows:
    """Yield texts of arrays that are concatenated over texts."""
    try:
        arrays = serialize.unpack_arrays(data, texts=True)
    except MalformedDataError as error:
        raise ConfigError(f"{name}: cannot be read: {error}") from error
    lacking = [key for key in ("tokens", "scores", "lengths") if key not in arrays]
    if lacking:
        raise ConfigError(
            f"{name}: holds no array {' and no '.join(lacking)}; expected tokens and "
            "scores of all texts, one behind the other, and the lengths of the texts"
        )
    lengths = arrays["lengths"]
    if lengths.ndim != 1 or lengths.dtype.kind not in "iu" or (lengths < 0).any():
        raise ConfigError(f"{name}: lengths must be whole numbers, one for each text")
    ends = [0, *np.cumsum(lengths).tolist()]
    for key in ("tokens", "scores"):
        if arrays[key].shape != (ends[-1],):
            raise ConfigError(
                f"{name}: {key} has the shape {arrays[key].shape}; expected "
                f"({ends[-1]},), as the lengths sum to that"
            )
    beside = {
        key: arrays[plural].tolist()
        for key, plural in (
            ("label", "labels"),
            ("truth", "truths"),
            ("document", "documents"),
            ("probabilities", "probabilities"),
        )
        if plural in arrays
    }
    for key, values in beside.items():
        if len(values) != len(lengths):
            raise ConfigError(
                f"{name}: {len(values)} entries of {key} for {len(lengths)} texts"
            )
    for number, (start, end) in enumerate(pairwise(ends)):
        row: Row = {
            "tokens": [str(token) for token in arrays["tokens"][start:end]],
            "scores": arrays["scores"][start:end].tolist(),
        }
        row |= {key: values[number] for key, values in beside.items()}
        yield f"{name}: text {number + 1}", row


def _make_text(row: Row, place: str) -> GivenText:
    """Return a text of a file, each part of it checked."""
    found = _name_keys(row, place)
    tokens = found.get("tokens")
    if not isinstance(tokens, list) or not all(isinstance(t, str) for t in tokens):
        raise ConfigError(
            f"{place}: tokens must be a list of texts, got {_describe(tokens)}"
        )
    scores = found.get("scores")
    if not isinstance(scores, list):
        raise ConfigError(
            f"{place}: scores must be a list of numbers, got {_describe(scores)}"
        )
    if len(scores) != len(tokens):
        raise ConfigError(
            f"{place}: {len(tokens)} tokens and {len(scores)} scores; expected one each"
        )
    for name in ("label", "truth"):
        value = found.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            raise ConfigError(f"{place}: {name} must be a label's name or number")
    document = found.get("document")
    if isinstance(document, bool) or not isinstance(document, int | None):
        raise ConfigError(f"{place}: document must be a number of the corpus, from 0")
    return GivenText(
        tokens=tuple(tokens),
        scores=np.array([_check_score(one, place) for one in scores], np.float64),
        label=found.get("label"),
        probabilities=_check_probabilities(found.get("probabilities"), place),
        truth=found.get("truth"),
        document=document,
        place=place,
    )


def _name_keys(row: Row, place: str) -> Row:
    """Return a text's entries by our names for them."""
    ours = {other: key for key, others in SYNONYMS.items() for other in others}
    ours |= {key: key for key in SYNONYMS}
    if {"attention", "label"} <= row.keys() and row.keys() & {
        "prediction",
        "posterior",
    }:
        ours["label"] = "truth"  # neat-vision's word for the text's own
    found: Row = {}
    for key, value in row.items():
        if key in IGNORED:
            continue
        name = ours.get(key)
        if name is None:
            raise ConfigError(
                f"{place}: there is no key {quote_text(key)}; "
                f"{suggest_nearest(key, sorted(ours))}"
            )
        if name in found:
            raise ConfigError(f"{place}: gives {name} twice; give it once")
        found[name] = value
    return found


def _check_score(value: object, place: str) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(
            f"{place}: scores must be numbers, or null where there is none; one is "
            f"{_describe(value)}"
        )
    if math.isinf(value):
        raise ConfigError(f"{place}: a score is infinite; scores are finite, or null")
    return float(value)


def _check_probabilities(
    value: object, place: str
) -> Mapping[str, float] | tuple[float, ...] | None:
    if value is None:
        return None
    numbers: Sequence[object] = ()
    if isinstance(value, dict):
        numbers = list(value.values())
    elif isinstance(value, list):
        numbers = value
    if not numbers or not all(
        isinstance(one, int | float) and math.isfinite(one) for one in numbers
    ):
        raise ConfigError(
            f"{place}: probabilities must be numbers, one for each label, in a list or "
            "by the labels' names"
        )
    total = math.fsum(float(one) for one in numbers)  # type: ignore[arg-type]
    if abs(total - 1) > 1e-3:  # noqa: PLR2004 - what rounding to four digits leaves
        raise ConfigError(f"{place}: probabilities sum to {total:.4g} and not to 1")
    if isinstance(value, dict):
        return {str(key): float(one) for key, one in value.items()}
    return tuple(float(one) for one in numbers)  # type: ignore[arg-type]

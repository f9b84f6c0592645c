"""What a sentence can say of cells and of searches: every field, and what follows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pytest

from generator.artifacts import Artifact, CellSearch
from generator.core.errors import WriteUpError
from generator.core.tokens import Token
from generator.figures.formatting import display_token, make_visible
from generator.site.values import (
    DERIVED,
    REDUCTIONS,
    describe_sign,
    format_expression,
)
from generator.site.writeup.figures_and_links import KnownNames
from generator.site.writeup.writeup import read_write_up
from tests.figures import celled, examples, scored, sought

ARTIFACTS: dict[str, Artifact] = {
    "traces": celled.chosen(),
    "search": celled.search(layers=2, width=8),
    "effects": celled.effects(),
    "found": sought.search(exchanges=1),
    "blind": sought.search(exchanges=0, trained=False),
}
Leaf = tuple[str, object]


def leaves(value: object, path: str) -> Iterator[Leaf]:
    """Everything in `value` that has no parts of its own but numbers, by its path."""
    if isinstance(value, tuple):
        for place, one in enumerate(value[:3]):
            yield from leaves(one, f"{path}.{place}")
    elif is_dataclass(value) and not isinstance(value, Token):
        for field in fields(value):
            yield from leaves(getattr(value, field.name), f"{path}.{field.name}")
    else:
        yield path, value


def every() -> list[Leaf]:
    """All of the artifacts above."""
    return [leaf for name, one in ARTIFACTS.items() for leaf in leaves(one, name)]


def render_sentence(expression: str) -> str:
    """What stands in the sentence."""
    return format_expression(ARTIFACTS, expression)


def number(expression: str) -> float:
    """The same as a number."""
    return float(render_sentence(f"{expression}:.9e").replace("\N{MINUS SIGN}", "-"))


def refused(expression: str) -> str:
    """Why nothing can stand there."""
    with pytest.raises(WriteUpError) as caught:
        render_sentence(expression)
    return str(caught.value)


def test_every_number_and_word_can_be_said() -> None:
    """It is the artifact's own; what has no value is refused, as are truths."""
    for path, value in every():
        if path.endswith(".verdict"):
            assert "artifacts give numbers" in refused(path)
        elif isinstance(value, Token):
            assert render_sentence(path) == display_token(value).text
        elif isinstance(value, str):
            assert render_sentence(path) == make_visible(value, blanks=False)
        elif isinstance(value, bool):
            assert "is true or false, not one value" in refused(path)
        elif value is None:
            assert "is nothing (no value)" in refused(path)
        elif isinstance(value, float) and math.isnan(value):
            assert "has no value there" in refused(path)
        elif isinstance(value, (int, float)):
            assert number(path) == pytest.approx(value)
        else:
            assert isinstance(value, np.ndarray), path


def test_every_list_of_numbers_can_be_asked() -> None:
    """For its reductions, its ends and its places; a row of several is none."""
    lists = [(path, one) for path, one in every() if isinstance(one, np.ndarray)]
    assert {path.rpartition(".")[2] for path, _ in lists} == {
        *("activations", "memories", "truths", "strengths", "found"),
        *("shares", "mixtures", "texts"),
    }
    for path, values in lists:
        for word, way in REDUCTIONS.items():
            assert number(f"{path}.{word}") == pytest.approx(float(way(values)))  # type: ignore[arg-type]
        corner = ".0" * (values.ndim - 1)
        row = values[(0,) * (values.ndim - 1)]
        for step, place in (("first", 0), ("last", -1), ("1", 1), ("-2", -2)):
            assert number(f"{path}{corner}.{step}") == pytest.approx(float(row[place]))
        if values.ndim > 1:
            assert "numbers, not one value" in refused(f"{path}.first")


def test_a_cell_is_called_by_its_layer_and_its_place() -> None:
    """Wherever one stands: in traces, in a search, as the best one, as the one held."""
    assert render_sentence("search.cells.first.name") == "1.1"
    assert render_sentence("search.cells.last.name") == "2.8"
    assert render_sentence("search.fits.bracket-depth.cell.name") == "1.5"
    assert render_sentence("traces.cells.1.name") == "1.2"
    assert render_sentence("effects.effects.1.cell.name") == "1.2"
    assert 'no "nmae" there; did you mean "name"?' in refused("search.cells.0.nmae")


def test_the_size_of_a_search_is_its_cells_and_pairs() -> None:
    """Cells of all layers, times hypotheses: two layers of eight, three hypotheses."""
    assert (render_sentence("search.count"), render_sentence("search.pairs")) == (
        "16",
        "48",
    )
    wide: dict[str, Artifact] = {"wide": celled.search(layers=4, width=128)}
    assert format_expression(wide, "wide.pairs:,d") == "1,536"
    assert int(render_sentence("search.found.sum")) < int(
        render_sentence("search.pairs")
    )


def test_hypotheses_are_called_by_their_names() -> None:
    """With hyphens, among fits and among rows, which agree."""
    for name in ("in-string", "in-comment", "bracket-depth"):
        again = render_sentence(f"search.fits.{name}.again:.3f")
        assert again == render_sentence(f"search.rows.{name}.value:.3f")
    assert render_sentence("search.fits.in-string.probe_cells") == "17"
    assert 'no "in-strin" among 3' in refused("search.fits.in-strin.again")


def test_what_follows_is_known_of_these_kinds() -> None:
    """A word that follows from fields is one of those tested here, or elsewhere."""
    known = {kind.__name__: set(ways) for kind, ways in DERIVED.items()}
    assert known["Cell"] == {"name"}
    assert known["CellSearch"] == {"count", "pairs"}
    assert not {
        "CellTraces",
        "CellEffects",
        "OptimisedInputs",
        "OptimisationStage",
        "CandidateText",
    } & set(known)


def test_a_record_says_what_may_follow() -> None:
    """Its fields and what follows from them; a list and an array say theirs."""
    said = refused("search.rows.bracket-depth")
    assert "is a record, not one value to print; go on with one of " in said
    row = ARTIFACTS["search"].rows[0]  # type: ignore[attr-defined]
    for field in fields(row):
        assert field.name in said
    assert ", as in search.rows.bracket-depth." in said
    assert "as in search.cells." in refused("search.cells")
    assert "go on with one of min, max" in refused("search.found")
    for word in DERIVED[CellSearch]:
        assert word in refused("search")


def test_a_score_with_a_sign_says_what_plus_speaks_for() -> None:
    """The label of a text, the token written; nothing of sizes, counts and places."""
    known = {"lime": scored.lime(), "even": scored.even(), "parts": examples.parts()}
    assert describe_sign(known, "lime.texts.0.scores.1:.2f") == "+ speaks for positive"
    assert describe_sign(known, "lime.texts.1.scores.max") == "+ speaks for negative"
    assert describe_sign(known, "parts.scores.0.1") == "+ speaks for the token written"
    for other in (
        "lime.texts.1.scores.argmax", "lime.texts.0.facts.0.value",
        "lime.texts.9.scores", "even.texts.0.scores.1",
        "nothing.scores.1", "parts.probabilities.0",
    ):  # fmt: skip
        assert describe_sign(known, other) == ""


def test_prose_names_the_label_of_a_signed_score_wherever_it_stands(
    tmp_path: Path,
) -> None:
    """Sentence, heading, link and cell keep the number, and have the title.

    An attribute, such as a picture's text, holds the number alone.
    """
    known = {"lime": scored.lime()}
    value = "{{ lime.texts.1.scores.13:+.3f }}"
    text = (
        f"## Push {value}\n\nA *push of {value}* in [a link {value}](#push-0-285).\n\n"
        f"| a | b |\n|---|---|\n| x | {value} |\n\n`{value}` and $x = {value}$\n"
    )
    path = tmp_path / "index.md"
    path.write_text(text, "utf-8")
    made = read_write_up(
        path,
        "index.md",
        KnownNames(
            (),
            known,
            {},
            "a/index.html",
            lambda e: format_expression(known, e),
            describe_sign=lambda e: describe_sign(known, e),
        ),
    )
    html = "".join(map(str, made.pieces))
    assert html.count('<span title="+ speaks for negative">−0.285</span>') == 4
    assert made.headings[0].text == "Push −0.285"
    assert "{{ lime.texts.1.scores.13:+.3f }}</code>" in html
    assert "title" not in made.headings[0].id

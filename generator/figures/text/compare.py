"""One text under several methods or models, so that the eye can go from one to another.

Each answer is a strip of the same words under its name, what was predicted, and the
scale it is drawn on. Answers of one quantity share one scale; others have each their
own, and say so. A word is as wide in every strip, so that it stands in one column, also
where strips wrap, and a cursor on one word marks it in all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.artifacts import Artifact, ScoredText, TokenScores
from generator.core.errors import FigureError, quote_text, suggest_nearest
from generator.core.tokens import Token
from generator.figures.base import Figure, Items, Stat, View
from generator.figures.export import chips, fonts
from generator.figures.export.frame import (
    FINE,
    INSET,
    ROOM,
    paragraph_part,
    paragraphs_part,
)
from generator.figures.export.shapes import INK, SOFT, Label, Part
from generator.figures.formatting import (
    DisplayToken,
    Phrase,
    display_token,
    format_count,
)
from generator.figures.scales import (
    SAME,
    TextWithScores,
    TokenScale,
    describe_scale,
    displayed_scores,
    format_label,
    have_one_quantity,
    row_scales,
    select_finite,
    shared_ends,
)
from generator.figures.squares import Thumbnails
from generator.figures.statistics.estimates import claim_sentence
from generator.figures.tables import compared_table
from generator.figures.text.heatmap import text_items
from generator.figures.text_header import (
    TextHeading,
    build_heading,
    collect_warnings,
    find_text,
    text_stats,
)
from generator.figures.thumbnails import picture_texts
from generator.figures.token_chips import (
    KeyLine,
    WordChips,
    build_word_chips,
    check_outline,
    largest_token,
    mark_keys,
)

LONG = 4
"""Characters of a numeral that fit below a short word."""


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One artifact's row. `bound` is told where rows have scales of their own."""

    name: str
    head: TextHeading
    bound: str
    words: WordChips
    stats: tuple[Stat, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CompareView(View):
    """Rows over the same words."""

    rows: tuple[ComparedRow, ...]
    roomy: bool
    """Whether a number is too long for a short word's width."""
    ramps: tuple[str, ...]
    """Ramps to explain where there is not one scale: `s`, `d` or both."""
    ends: tuple[str, ...]
    keys: tuple[KeyLine, ...]

    def items(self) -> Items:
        """Return the words of each row."""
        return text_items([row.name for row in self.rows], self.rows)

    def picture(self, y: float) -> Iterator[Part]:
        """Draw answers below each other, a word in the same column in each."""
        bare = any(row.words.bare and row.words.long for row in self.rows)
        several = [row.words.read for row in self.rows]
        columns = [
            max(chips.chip_width(chip, bare=bare) for chip in column)
            for column in zip(*several, strict=True)
        ]
        for row in self.rows:
            said = " · ".join(filter(None, (row.head.lead, *row.head.rest, row.bound)))
            top = draw_row_heading(row.name, said, y)
            pad = row.words.pad
            drawn = (*row.words.read, *((pad,) if pad else ()))
            wides = [*columns, *([chips.chip_width(pad, bare=bare)] if pad else [])]
            body = chips.flow_chips(
                drawn,
                top.bottom + 4,
                bare=bare,
                widths=wides,
                direction=row.words.direction,
            )
            told = " · ".join(f"{one.name} {one.value}" for one in row.stats)
            below = paragraphs_part(
                filter(None, (told, *row.warnings)), body.bottom, FINE
            )
            yield from (top, body, below)
            y = below.bottom + 14

    def below_key(self) -> tuple[str, ...]:
        """Return the line that says that rows have their own scales, where they do."""
        said = (
            "Rows of different quantities have each their own scale, told in the row."
        )
        return (said,) if self.ramps else ()


class TextComparison(Figure):
    """The same text, several answers."""

    draws: ClassVar[tuple[type[Artifact], ...]] = (TokenScores,)
    heading: ClassVar[str] = "One text, several answers"
    figure: Literal["compare"]
    artifacts: Annotated[tuple[str, ...], Field(min_length=2, max_length=8)]
    """Names of the scores to draw, in the order of the rows: 2 to 8 of them."""
    text: int = Field(default=1, ge=1)
    """Which text, counted from 1 in each artifact."""
    names: dict[str, str] = Field(default={})
    """What rows are called, by artifact; without it, by what their scores are."""
    outline: tuple[str, ...] = ()
    """Words to outline. Without it, those known to decide."""

    def artifact_names(self) -> tuple[str, ...]:
        """Return the artifacts it draws, in order."""
        return self.artifacts

    def thumbnails(self, *artifacts: Artifact) -> Thumbnails | None:
        """Return the first answer that has scores."""
        return picture_texts(artifacts, (self.text - 1,))

    def view(self, *artifacts: Artifact) -> CompareView:
        """Return what the template renders."""
        found = [one for one in artifacts if isinstance(one, TokenScores)]
        shown = [(s, s.texts[find_text(s, self.text)]) for s in found]
        texts = [text for _, text in shown]
        self.check_same_words(shown)
        names = self.row_names(found)
        check_outline(self.outline, texts[:1])
        scales = row_scales(shown)
        whole = scales[0] if have_one_quantity(found) else None
        rows = tuple(
            build_compared_row(one, name, scale, self.outline, whole is None)
            for one, name, scale in zip(shown, names, scales, strict=True)
        )
        strips = [row.words for row in rows]
        return CompareView(
            summary=summary(shown, names),
            scale=whole,
            tables=(compared_table(shown, names),),
            notes=collect_notes(found, names),
            scored=True,
            rows=rows,
            roomy=any(len(c.numeral) > LONG for one in strips for c in one.read),
            ramps=()
            if whole
            else tuple(sorted({"d" if s.signed else "s" for s in found})),
            ends=() if whole else shared_ends(shown),
            keys=mark_keys(strips, texts, bool(self.outline)),
        )

    def check_same_words(self, shown: list[TextWithScores]) -> None:
        """Check that all artifacts read one text.

        Raises:
            FigureError: They read different texts, or the text holds no token.
        """
        first = words_of_text(shown[0][1])
        if not first:
            raise FigureError("compare: the text holds no token, nothing to draw")
        for name, (_, text) in zip(self.artifacts, shown, strict=True):
            if words_of_text(text) != first:
                raise FigureError(
                    f"compare: text {self.text} of {quote_text(name)} "
                    f"({format_count(len(words_of_text(text)), 'token')}) is another "
                    f"than that of "
                    f"{quote_text(self.artifacts[0])} "
                    f"({format_count(len(first), 'token')}); "
                    "give both methods the same texts"
                )

    def row_names(self, found: list[TokenScores]) -> list[str]:
        """Return a name for each row.

        Raises:
            FigureError: The author renamed an artifact that is not compared.
        """
        for name in self.names:
            if name not in self.artifacts:
                raise FigureError(
                    f"names: {quote_text(name)} is not compared; "
                    f"{suggest_nearest(name, self.artifacts)}"
                )
        quantities = [one.quantity for one in found]
        return [
            format_label(self.names.get(name) or row_name(name, one, quantities))
            for name, one in zip(self.artifacts, found, strict=True)
        ]


def row_name(name: str, scores: TokenScores, quantities: list[str]) -> str:
    """Return a row's name: its quantity, with the artifact's if several share it."""
    alone = quantities.count(scores.quantity) == 1
    return scores.quantity if alone else f"{scores.quantity} ({name})"


def capitalize(name: str) -> str:
    """Return a name with a capital at its beginning."""
    return name[:1].upper() + name[1:]


def words_of_text(text: ScoredText) -> tuple[str, ...]:
    """Return the words of a text; padding differs from model to model."""
    return tuple(token.text for token in text.tokens if is_text_token(token))


def is_text_token(token: Token) -> bool:
    """Return whether a token belongs to the text."""
    return token.kind != "pad"


def build_compared_row(
    one: TextWithScores,
    name: str,
    scale: TokenScale | None,
    outline: tuple[str, ...],
    own: bool,
) -> ComparedRow:
    """Return the row of one artifact."""
    scores, text = one
    bound = describe_scale(scale) if own and scale and not text.undefined else ""
    return ComparedRow(
        capitalize(name),
        build_heading(scores, text),
        bound,
        build_word_chips(scores, text, scale, outline, fold=0),
        text_stats(text),
        collect_warnings(text),
    )


def collect_notes(found: list[TokenScores], names: list[str]) -> tuple[str, ...]:
    """Return what the methods note, each note once with the rows that have it."""
    said: dict[str, list[str]] = {}
    for one, name in zip(found, names, strict=True):
        for note in one.notes:
            said.setdefault(note, []).append(name)
    every = len(names)
    return tuple(
        claim_sentence(note if len(of) == every else f"{', '.join(of)}: {note}")
        for note, of in said.items()
    )


def summary(shown: list[TextWithScores], names: list[str]) -> Phrase:
    """Return a sentence on which word has the largest score in which row."""
    best: dict[DisplayToken, list[str]] = {}
    level: list[str] = []
    without: list[str] = []
    for (scores, text), name in zip(shown, names, strict=True):
        place = largest_token(scores, text)
        if place is None:
            without.append(name)
            continue
        if is_level(scores, text):
            level.append(name)
        else:
            best.setdefault(display_token(text.tokens[place]), []).append(name)
    said: list[str | DisplayToken] = ["The largest score is on "] if best else []
    for i, (token, rows) in enumerate(sorted(best.items(), key=lambda x: -len(x[1]))):
        said += ["; on " if i else "", token, f" for {', '.join(rows)}"]
    rest = [f"every word has the same for {', '.join(level)}"] if level else []
    rest += [f"no scores from {', '.join(without)}"] if without else []
    tail = "; ".join(rest)
    return (
        *said,
        "; " if said and tail else "",
        tail if said else capitalize(tail),
        ".",
    )


def is_level(scores: TokenScores, text: ScoredText) -> bool:
    """Return whether all words of a text have the same score."""
    values = select_finite(
        displayed_scores(scores, text)[[is_text_token(token) for token in text.tokens]]
    )
    return bool(np.ptp(values) <= SAME * np.abs(values).max())


def draw_row_heading(name: str, said: str, y: float) -> Part:
    """Draw a row's name, and what is said of it beside or below."""
    wide = fonts.text_width(name, 12, "bold")
    if wide > ROOM or fonts.text_width(f" · {said}", 12) > ROOM - wide:
        top = paragraph_part(name, INSET, y, ROOM, 12, INK, "bold")
        rest = paragraph_part(said, INSET, top.bottom, ROOM, 12)
        return Part([*top.shapes, *rest.shapes], rest.bottom)
    first = Label(INSET, y + 13, name, 12, INK, "bold")
    beside = f" · {said}" if said else ""
    return Part([first, Label(INSET + wide, y + 13, beside, 12, SOFT)], y + 17)

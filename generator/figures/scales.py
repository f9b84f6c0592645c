"""Scales: from a score to a colour class, the only place where scores are scaled.

A figure has one bound: the size of score drawn darkest. It is 1 for attention weights,
what the author wrote, or the largest size in the figure's data, and the legend says
which. Scores of one sign use the sequential ramp, classes `s0` to `s32`; scores for and
against use the diverging one, `d0` to `d32` with 16 as nothing. Step 0 (or 16) is the
page's own paper in both themes, so more always means further from the page.

What has no size has no colour: NaN, and data that are all zero or, where the bound came
from the data, all equal.

A number is printed with the sign that its artifact stores: + is for the label that a
text's scores speak for, which stands in the line above it. The two ends of the
diverging ramp keep their meaning on a whole page:

1. with two labels, each label has a colour, by its place in `order_classes` and not in
   the model's order: what speaks for "negative" is blue, whichever label the scores are
   for. Where all texts of a figure speak for one label, its end of the ramp is on the
   right; where they differ, the ramp's marks have no sign.
2. with more labels, the + end is the label that a text's scores speak for, and the -
   end is whatever speaks against that label.
3. scores that are about no label keep the sign they have.

The bound of token scores is the largest size of one token in the figure, or the
author's. Padding that is folded has the colour of its mean slot, so that a colour
always is one token's score. Scores that are all equal, and a single score, have nothing
to be compared with and get no colour.

Explanations of one quantity, unit and meaning of the sign share a scale, so that a
shade is one size in all of them. What differs is never made alike: each then has its
own scale.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import (
    Floats,
    ScoredText,
    SlotScores,
    TokenScores,
    order_classes,
)
from generator.core.direction import isolate_text
from generator.core.errors import FigureError, quote_text, suggest_nearest
from generator.figures.formatting import (
    format_count,
    format_fixed,
    format_significant,
    make_visible,
)


def padding_mass(scores: SlotScores) -> Floats:
    """Return the sum of each step over its padded slots, (steps,)."""
    pads = [[token.kind == "pad" for token in row] for row in scores.histories]
    mask = np.array(pads, dtype=bool).reshape(scores.scores.shape)
    sums: Floats = np.where(mask, scores.scores, 0).sum(1, dtype=np.float32)
    return sums


def recency_mass(scores: SlotScores) -> Floats:
    """Return the score of each step's newest slot, (steps,)."""
    return scores.scores[:, -1]


STEPS = 32
"""Last step of the sequential ramp; half of it on each arm of the diverging one."""
ATTENTION = "attention weight"
"""The quantity whose bound is 1 wherever it is drawn."""

Origin = Literal["fixed", "written", "data", "flat"]


@dataclass(frozen=True, slots=True)
class LegendMark:
    """A labelled place on a legend's scale, `at` from 0 to 1."""

    at: float
    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """How the scores of one figure become colours."""

    bound: float
    signed: bool
    quantity: str
    unit: str
    origin: Origin
    beyond: int = 0
    window: int = 0
    ends: tuple[str, ...] = ()
    """What the two ends of a diverging ramp speak for, where they have a name."""
    mirrored: bool = False
    """Whether the ramp is drawn from its last step to its first."""
    speaks_for: str = ""
    """What + speaks for, as the legend says it."""

    def shade(self, score: float) -> str:
        """Return the colour class of `score`; that of nothing where it has no size.

        The score is rounded once, to the nearest step.
        """
        neutral = self.origin == "flat" or math.isnan(score)
        share = 0.0 if neutral else max(-1.0, min(1.0, score / self.bound))
        if self.signed:
            half = STEPS // 2
            return f"d{half + round_half_away(share * half)}"
        return f"s{round_half_away(max(0.0, share) * STEPS)}"

    @property
    def marks(self) -> tuple[LegendMark, ...]:
        """Labels under the legend's ramp."""
        end = format_significant(self.bound)
        if self.origin == "flat":
            return ()
        if self.signed:
            return (
                LegendMark(0, f"\N{MINUS SIGN}{end}"),
                LegendMark(0.5, "0"),
                LegendMark(1, f"+{end}"),
            )
        marks = [
            LegendMark(0, "0"),
            LegendMark(0.5, format_significant(self.bound / 2)),
            LegendMark(1, end),
        ]
        if self.even and 0.095 < self.even / self.bound < 0.34:  # noqa: PLR2004 - room
            even = LegendMark(
                self.even / self.bound, format_significant(self.even, 2), strong=True
            )
            marks.insert(1, even)
        return tuple(marks)

    @property
    def even(self) -> float:
        """An even share of the window's slots, where scores are shares; else 0."""
        return 1 / self.window if self.quantity == ATTENTION and self.window else 0.0

    @property
    def foot(self) -> str:
        """The other end of a fixed scale."""
        return f"\N{MINUS SIGN}{format_significant(self.bound)}" if self.signed else "0"

    @property
    def note(self) -> str:
        """What the legend says below its ramp."""
        parts = [f"in {self.unit}" if self.unit else "", self.sign]
        if self.even:
            share = format_significant(self.even, 2)
            slots = format_count(self.window, "slot")
            parts = [f"share of one step; {share} is an even share of {slots}"]
        return "; ".join(filter(None, (*parts, self.source)))

    @property
    def sign(self) -> str:
        """What + speaks for, as a clause; "" where scores have no sign."""
        return f"+ speaks for {self.speaks_for}" if self.speaks_for else ""

    @property
    def source(self) -> str:
        """Where the bound came from, and what lies beyond it."""
        end = format_significant(self.bound)
        said = {
            "fixed": f"fixed, {self.foot} to {end}, in all figures",
            "written": f"bound {end}, chosen for this figure",
            "data": f"bound {end}, the largest size in this figure",
            "flat": "all equal: nothing to shade",
        }[self.origin]
        if self.beyond:
            said += (
                f"; {format_count(self.beyond, 'score')} beyond it, drawn as if at it"
            )
        return said


def round_half_away(value: float) -> int:
    """Return the nearest whole number, halves away from zero."""
    return int(math.copysign(math.floor(abs(value) + 0.5), value))


def scale_for(scores: Sequence[SlotScores], bound: float | None = None) -> Scale:
    """Return one scale for the scores of a language model.

    Args:
        scores: All artifacts of the figure.
        bound: The size drawn darkest, if the author wrote one.

    Raises:
        FigureError: They share no quantity, or one that is not signed has scores below
            0.
    """
    first = scores[0]
    alike = {(s.quantity, s.unit, s.signed) for s in scores}
    if len(alike) > 1:
        named = ", ".join(sorted(f"{q} {u}".strip() for q, u, _ in alike))
        raise FigureError(f"one scale cannot hold several quantities: {named}")
    values = np.concatenate([np.ravel(s.scores) for s in scores]).astype(np.float64)
    values = values[np.isfinite(values)]
    if not first.signed and values.size and values.min() < 0:
        raise FigureError(
            f"{first.quantity}: {format_fixed(float(values.min()), 3)} is below 0 "
            f"and the "
            "scores are not signed; mark them as signed"
        )
    sums = np.concatenate([padding_mass(s) for s in scores]).astype(np.float64)
    sizes = np.abs(np.concatenate([values, sums[np.isfinite(sums)]]))
    largest = float(sizes.max()) if sizes.size else 0.0
    chosen, origin = choose_bound(first.quantity, bound, largest, values)
    beyond = int((sizes > chosen * (1 + 1e-6)).sum())
    window = int(first.scores.shape[1]) if first.scores.ndim > 1 else 0
    return Scale(
        chosen,
        first.signed,
        first.quantity,
        first.unit,
        origin,
        beyond,
        window,
        speaks_for=first.speaks_for,
    )


def choose_bound(
    quantity: str, bound: float | None, largest: float, values: np.ndarray
) -> tuple[float, Origin]:
    """Return the bound and where it came from.

    Args:
        quantity: What the scores measure; attention is always drawn from 0 to 1.
        bound: The author's bound, if there is one.
        largest: The largest size in the data.
        values: All finite scores.
    """
    if bound is not None:
        return bound, "written"
    if quantity == ATTENTION:
        return 1.0, "fixed"
    if largest == 0 or (values.size > 1 and float(np.ptp(values)) == 0):
        return largest or 1.0, "flat"
    return largest, "data"


TextWithScores = tuple[TokenScores, ScoredText]
"""A text and the artifact it belongs to."""
NARROW, MIDDLE = 0.14, 0.16
"""Least distance of a label from the ramp's ends, and from its middle."""
SAME = 1e-6
"""Differences, as a share of the largest size, that are rounding."""
LEAST = 0.05
"""A bound below it would leave one digit or none to most numerals."""
POWERS = {0: "", 3: "thousandths", 6: "millionths", 9: "billionths"}
"""Decimal places that numerals leave out, and what they count then."""


@dataclass(frozen=True, slots=True)
class TokenScale(Scale):
    """A scale that knows what its two ends speak for.

    `window` is how many tokens an even share is counted over, 0 where there are
    several texts; `ratio` the largest possible ratio of two weights.
    """

    ratio: float | None = None
    thing: str = "token"
    mixed: bool = False
    """Whether + is one end of the ramp in some texts and the other end in others."""

    @property
    def marks(self) -> tuple[LegendMark, ...]:
        """Labels under the legend's ramp, the even share among them."""
        end = format_significant(self.bound)
        if self.origin == "flat":
            return ()
        if self.signed:
            low, high = ("", "") if self.mixed else ("\N{MINUS SIGN}", "+")
            return (
                LegendMark(0, f"{low}{end}"),
                LegendMark(0.5, "0"),
                LegendMark(1, f"{high}{end}"),
            )
        place = self.even / self.bound
        marked = NARROW < place < 1 - NARROW
        marks = [LegendMark(0, "0")]
        if marked:
            marks.append(
                LegendMark(place, format_significant(self.even, 2), strong=True)
            )
        if not marked or abs(place - 0.5) > MIDDLE:
            marks.append(LegendMark(0.5, format_significant(self.bound / 2)))
        return (*sorted(marks, key=lambda mark: mark.at), LegendMark(1, end))

    @property
    def note(self) -> str:
        """What the legend says below its ramp."""
        said = [f"in {self.unit}" if self.unit else "", self.sign]
        if self.even:
            share = format_significant(self.even, 2)
            said.append(
                f"{share} is an even share of {format_count(self.window, self.thing)}"
            )
        said.append(self.source)
        if self.ratio is not None:
            most = format_significant(self.ratio)
            said.append(f"no weight can be more than {most} times another")
        if self.power and self.origin != "flat":
            said.append(self.small)
        return "; ".join(filter(None, said))

    @property
    def small(self) -> str:
        """What numerals count, where it is not ones."""
        return f"small numbers in {POWERS[self.power]}"

    @property
    def power(self) -> int:
        """Decimal places that numerals leave out, so that small scores show digits."""
        enough = (p for p in POWERS if self.bound * 10.0**p >= LEAST)
        return next(enough, max(POWERS))

    @property
    def digits(self) -> int:
        """Decimals that print the bound to three digits."""
        return max(0, min(12, 2 - math.floor(math.log10(self.bound))))


def plus_label(scores: TokenScores, text: ScoredText) -> str:
    """Return the label that + speaks for, "" where scores are about no label.

    Raises:
        FigureError: The scores speak for a label that the artifact does not have.
    """
    if not scores.signed or not text.label:
        return ""
    if text.label not in scores.labels:
        raise FigureError(
            f"scores speak for {quote_text(text.label)}, which is no label; "
            f"{suggest_nearest(text.label, scores.labels)}"
        )
    return text.label


def colour_sign(scores: TokenScores, text: ScoredText) -> int:
    """Return 1 where + has the colours of the ramp's high end, else -1.

    With two labels it is -1 for texts whose scores speak for the first class.
    """
    label = plus_label(scores, text)
    two = len(scores.labels) == 2  # noqa: PLR2004 - two labels, two colours
    return -1 if two and label and label == order_classes(scores.labels)[0] else 1


def displayed_scores(scores: TokenScores, text: ScoredText) -> NDArray[np.float64]:
    """Return the scores as they are printed, with the artifact's own signs, (tokens,).

    Raises:
        FigureError: Scores or their spread differ from the tokens in number.
    """
    for name, found in (("score", text.scores), ("spread", text.spread)):
        if len(found) != len(text.tokens) and (name == "score" or len(found)):
            told = format_count(
                len(found), name, f"{name}s" if name == "score" else name
            )
            raise FigureError(
                f"{scores.quantity}: {told} for "
                f"{format_count(len(text.tokens), 'token')}; "
                "expected one for each"
            )
    return text.scores.astype(np.float64)


def ramp_scores(scores: TokenScores, text: ScoredText) -> NDArray[np.float64]:
    """Return the scores as they are coloured, places on the ramp, (tokens,)."""
    return displayed_scores(scores, text) * colour_sign(scores, text) + 0.0


def token_padding_sum(scores: TokenScores, text: ScoredText) -> float:
    """Return the sum of the scores of padding, with its sign as it is printed."""
    mask = np.array([token.kind == "pad" for token in text.tokens], dtype=bool)
    return float(displayed_scores(scores, text)[mask].sum())


def scale_ends(shown: Sequence[TextWithScores]) -> tuple[str, ...]:
    """Return what the two ends of a ramp speak for; nothing where it is no label.

    With one label that + speaks for, its end is the second.
    """
    first = shown[0][0]
    named = sorted({plus_label(s, t) for s, t in shown} - {""})
    if not named:
        return ()
    if len(first.labels) == 2:  # noqa: PLR2004 - two labels, two colours
        ends = order_classes(first.labels)
        ends = ends[::-1] if named == [ends[0]] else ends
        return tuple(f"for {isolate_label(label)}" for label in ends)
    if len(named) == 1:
        return (f"against {isolate_label(named[0])}", f"for {isolate_label(named[0])}")
    return ("against the label named", "for it")


def describe_plus(shown: Sequence[TextWithScores]) -> str:
    """Return what + speaks for in a figure, "" where it is no label."""
    named = sorted({plus_label(s, t) for s, t in shown} - {""})
    if len(named) == 1:
        return isolate_label(named[0])
    return "the label named with each text" if named else ""


def format_label(label: str) -> str:
    """Return a label with every character visible."""
    return make_visible(label, blanks=False)


def isolate_label(label: str) -> str:
    """Return a label for a sentence, which its direction leaves as it is."""
    return isolate_text(format_label(label))


def token_scale(
    shown: Sequence[TextWithScores], bound: float | None = None
) -> TokenScale | None:
    """Return one scale for the scores of texts.

    Args:
        shown: All texts of the figure, each with its artifact.
        bound: The size drawn darkest, if the author wrote one.

    Returns:
        The scale; None where no text has scores.

    Raises:
        FigureError: They share no quantity, or one that is not signed has scores below
            0.
    """
    first = shown[0][0]
    alike = {(s.quantity, s.unit, s.signed) for s, _ in shown}
    if len(alike) > 1:
        named = ", ".join(sorted(f"{q} {u}".strip() for q, u, _ in alike))
        raise FigureError(f"one scale cannot hold several quantities: {named}")
    sound = [(s, t) for s, t in shown if not t.undefined]
    if not sound:
        return None
    values = select_finite(np.concatenate([ramp_scores(s, t) for s, t in sound]))
    if not first.signed and values.size and values.min() < 0:
        raise FigureError(
            f"{first.quantity}: {format_fixed(float(values.min()), 3)} is below 0 "
            f"and the "
            "scores are not signed; mark them as signed"
        )
    sizes = np.abs(values)
    chosen, origin = choose_token_bound(bound, sizes, values)
    return TokenScale(
        bound=chosen,
        signed=first.signed,
        quantity=first.quantity,
        unit=first.unit,
        origin=origin,
        beyond=int((sizes > chosen * (1 + 1e-6)).sum()),
        window=len(sound[0][1].tokens) if len(shown) == 1 else 0,
        ends=scale_ends(sound),
        mirrored={colour_sign(s, t) for s, t in sound} == {-1},
        speaks_for=describe_plus(sound),
        mixed=len({colour_sign(s, t) for s, t in sound}) > 1,
        ratio=first.ratio if len({s.ratio for s, _ in shown}) == 1 else None,
        thing="sentence" if sound[0][1].question else "token",
    )


def select_finite(values: Iterable[float]) -> NDArray[np.float64]:
    """Return the finite ones of `values`."""
    every = np.asarray(values, dtype=np.float64)
    return every[np.isfinite(every)]


def choose_token_bound(
    bound: float | None, sizes: NDArray[np.float64], values: NDArray[np.float64]
) -> tuple[float, Origin]:
    """Return the bound and where it came from.

    Args:
        bound: The author's bound, if there is one.
        sizes: Absolute values of the scores.
        values: All finite scores.
    """
    largest = float(sizes.max()) if sizes.size else 0.0
    if bound is not None:
        return bound, "written"
    if values.size < 2 or float(np.ptp(values)) <= SAME * largest:  # noqa: PLR2004 - one score is nothing to compare
        return largest or 1.0, "flat"
    return largest, "data"


def have_one_quantity(found: list[TokenScores]) -> bool:
    """Return whether all artifacts measure one quantity, for labels alike."""
    return len({scale_kind(one) for one in found}) == 1


def scale_kind(scores: TokenScores) -> tuple[object, ...]:
    """Return what artifacts must have in common to share a scale."""
    labels = order_classes(scores.labels) if scores.signed else ()
    return (scores.quantity, scores.unit, scores.signed, labels)


def row_scales(shown: list[TextWithScores]) -> list[TokenScale | None]:
    """Return a scale for each row; rows of one quantity share theirs."""
    groups: dict[tuple[object, ...], list[TextWithScores]] = {}
    for one in shown:
        groups.setdefault(scale_kind(one[0]), []).append(one)
    made = {name: token_scale(group) for name, group in groups.items()}
    return [made[scale_kind(scores)] for scores, _ in shown]


def describe_scale(scale: TokenScale) -> str:
    """Describe the scale of a row that has its own."""
    if scale.origin == "flat":
        return scale.source
    end = format_significant(scale.bound)
    low = f"\N{MINUS SIGN}{end}" if scale.signed else "0"
    said = f"scale {low} to {'+' if scale.signed else ''}{end} {scale.unit}".strip()
    return f"{said}, {scale.small}" if scale.power else said


def shared_ends(shown: list[TextWithScores]) -> tuple[str, ...]:
    """Return what a ramp's ends speak for in all signed rows, first class first."""
    said = {scale_ends([one]) for one in shown if one[0].signed} - {()}
    classes = {order_classes(scores.labels) for scores, _ in shown if scores.signed}
    two = len(classes) == 1 and len(next(iter(classes))) == 2  # noqa: PLR2004 - two labels, two colours
    if said and two:
        return tuple(f"for {isolate_label(label)}" for label in classes.pop())
    return said.pop() if len(said) == 1 else ()

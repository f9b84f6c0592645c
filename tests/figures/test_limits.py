"""Both sides of what figures cut, fold, choose and call equal."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from generator.artifacts import (
    AlignedText,
    Measurement,
    ScoredText,
    TokenFrames,
    TokenScores,
)
from generator.core.errors import FigureError
from generator.core.tokens import Token
from generator.figures.alignment.alignment_matrix import (
    NARROW_PAIR,
    ROOMY,
    AlignmentMatrix,
    AlignmentView,
)
from generator.figures.alignment.parts import arc_width
from generator.figures.base import Figure
from generator.figures.export.frame import INSET, ROOM
from generator.figures.export.shapes import Label
from generator.figures.formatting import phrase_text
from generator.figures.language_model import epochs
from generator.figures.language_model.history_slots import (
    attention_entropy,
    find_step,
    largest_slot,
    most_telling_step,
    unknown_warning,
)
from generator.figures.language_model.matrix import bar_steps
from generator.figures.language_model.text import ShadedText
from generator.figures.scales import Scale, TokenScale, token_scale
from generator.figures.squares import find_stretches, group_stretches
from generator.figures.tables import MOST as TABLE_ROWS
from generator.figures.tables import choose_places
from generator.figures.text.bars import WordBars
from generator.figures.text.compare import TextComparison
from generator.figures.text.heatmap import Heatmap
from generator.figures.text.history import EpochHistory
from generator.figures.text.optimised import OptimisedText
from generator.figures.text_header import (
    build_heading,
    collect_warnings,
    evenness,
    find_text,
    format_measurement,
)
from generator.figures.token_chips import (
    AROUND,
    FOLD,
    MOST,
    READABLE,
    build_word_chips,
    largest_token,
)
from tests.figures import aligned, examples, scored, sought

PAD = scored.PAD


def text_of(
    words: int, pads: int = 0, scores: list[float] | None = None, **given: Any
) -> ScoredText:
    """A text of so many words and slots of padding; its scores rise."""
    size = words + pads
    tokens = tuple(Token(f"w{i}") for i in range(words)) + (PAD,) * pads
    values = np.linspace(0, 1, size) if scores is None else np.array(scores)
    return ScoredText(
        tokens=tokens, scores=values.astype(np.float32),
        probabilities=scored.shares(0.5), **given,
    )  # fmt: skip


def scores_of(*texts: ScoredText, **given: Any) -> TokenScores:
    """An artifact of these texts."""
    told: dict[str, Any] = {"quantity": "drop", "unit": "nats", **given}
    return TokenScores(texts=texts, labels=scored.LABELS, **told)


def chips(text: ScoredText, **given: Any) -> Any:
    """The chips of a text on the scale of its own."""
    made = scores_of(text, **given)
    return build_word_chips(made, text, token_scale([(made, text)]))


@pytest.mark.parametrize("more", [0, 1])
def test_a_text_that_fits_exactly_is_whole(more: int) -> None:
    """Numbers stand below so many words, so many are drawn, so much padding opens."""
    few = chips(text_of(READABLE + more))
    assert (few.long, few.bare) == (bool(more), bool(more))
    many = chips(text_of(MOST + more))
    assert many.cut == bool(more)
    assert [c.key for c in many.read] == [str(i) for i in range(1, MOST + 1)]
    padded = chips(text_of(3, FOLD + more))
    assert len(padded.pads) == (0 if more else FOLD)
    assert padded.pad.token.text == f"<pad> ×{FOLD + more}"
    assert not more or padded.pads == ()
    keys = [c.key for c in chips(text_of(3, 2)).pads]
    assert keys == ["p4", "p5"]


@pytest.mark.parametrize("more", [0, 1])
def test_text_around_a_window_is_cut_beyond_eighty_tokens(more: int) -> None:
    """On either side; exactly as many are all shown, the nearest ones."""
    window, size = 4, AROUND + more
    words = [f"w{i}" for i in range(size + window + 1)]
    made = examples.attention(words, window)
    last = ShadedText(figure="text", artifact="a", step=len(words)).view(made).strips[0]
    assert len(last.out) == AROUND
    start = ShadedText(figure="text", artifact="a", step=1).view(
        examples.attention(words[: size + 1], window)
    )
    assert len(start.strips[0].later) == min(AROUND, size)
    assert start.strips[0].cut == bool(more)
    assert start.strips[0].later[0].token.text == "w1"
    assert last.out[-1].token.text == f"w{size + window - 1 - window}"


@pytest.mark.parametrize(
    ("words", "dense"), [("ab", True), ("a bc", False), ("x", True)]
)
def test_single_characters_stand_closely(words: str, dense: bool) -> None:
    """One longer token sets all apart; marks do not count."""
    made = examples.attention(words.split() if " " in words else list(words), 3)
    strip = ShadedText(figure="text", artifact="a", step=1).view(made).strips[0]
    assert strip.dense == dense


@pytest.mark.parametrize(
    ("score", "spread", "doubted"),
    [(0.2, 0.1, False), (0.2, 0.1001, True), (-0.2, 0.1, False), (-0.19, 0.1, True)],
)
def test_a_score_of_two_standard_errors_is_told_from_nothing(
    score: float, spread: float, doubted: bool
) -> None:
    """Whatever its sign; nearer to 0 it is marked, and said not to be."""
    text = text_of(2, scores=[score, 1.0], spread=np.array([spread, 0], np.float64))
    one = chips(text, signed=True).read[0]
    assert ("uncertain" in one.css.split()) == doubted
    assert ("under two standard errors" in one.description) == doubted
    assert "±" in one.description


@pytest.mark.parametrize(
    ("scores", "origin", "bound"),
    [([0.3], "flat", 0.3), ([0.0, 0.0], "flat", 1.0), ([0.3, 0.3], "flat", 0.3),
     ([1, 1 + 0.5e-6], "flat", 1), ([1, 1 + 5e-6], "data", 1), ([0, 0.2], "data", 0.2)],
)  # fmt: skip
def test_scores_that_differ_by_rounding_are_equal(
    scores: list[float], origin: str, bound: float
) -> None:
    """One score is nothing to compare; without any size the bound is 1."""
    text = replace(text_of(len(scores)), scores=np.array(scores, np.float64))
    made = scores_of(text)
    scale = token_scale([(made, text)])
    assert scale
    assert scale.origin == origin
    assert scale.bound == pytest.approx(bound, rel=1e-5)


def test_what_is_beyond_a_written_bound_is_counted() -> None:
    """Not what is at it; a text of one token is measured by its own size."""
    text = text_of(4, scores=[0.1, 0.25, 0.5, 0.5000001])
    made = scores_of(text)
    for bound, beyond in ((0.5, 0), (0.25, 2), (0.4999, 2), (0.1, 3)):
        scale = token_scale([(made, text)], bound)
        assert scale
        assert scale.beyond == beyond
        assert (scale.bound, scale.origin) == (bound, "written")
        assert ("beyond it" in scale.note) == bool(beyond)


@pytest.mark.parametrize("size", [1.0, 0.05, 0.0499, 5e-5, 4.9e-5, 1e-9, 1e-12])
def test_small_numbers_are_counted_in_thousandths(size: float) -> None:
    """So that three digits are left of the bound; billionths at the least."""
    scale = TokenScale(size, False, "drop", "", "data")
    power = next((p for p in (0, 3, 6) if size * 10**p >= 0.05), 9)
    assert scale.power == power
    assert ("small numbers in" in scale.note) == bool(power)
    assert scale.digits == max(0, min(12, 2 - int(np.floor(np.log10(size)))))
    flat = replace(scale, origin="flat")
    assert "small numbers in" not in flat.note


@pytest.mark.parametrize("number", [0, 1, 3, 4, -1])
def test_texts_are_counted_from_one(number: int) -> None:
    """The first and the last are there; those beside them are not."""
    made = scores_of(*(text_of(2) for _ in range(3)))
    if 1 <= number <= 3:
        assert find_text(made, number) == number - 1
        return
    with pytest.raises(FigureError, match=f"{number} of 3 texts; expected 1 to 3"):
        find_text(made, number)


@pytest.mark.parametrize("count", [5, 6, 7])
def test_six_given_texts_are_drawn_without_a_choice(count: int) -> None:
    """More have to be asked for; where only documents are there, the first is drawn."""
    given = scores_of(*(text_of(2) for _ in range(count)))
    figure = Heatmap(figure="heatmap", artifact="a")
    assert figure.find_places(given) == list(range(min(6, count)))
    documents = scores_of(*(text_of(2, document=i) for i in range(count)))
    assert figure.find_places(documents) == [0]
    assert figure.find_places(scores_of(text_of(2, document=4), text_of(2))) == [1]


@pytest.mark.parametrize(
    ("value", "said"),
    [(999.4, "999"), (999.49, "999"),
        (999.5, "1,000"),
        (999.9, "1,000"), (1000, "1,000"), (-1000.4, "−1,000"),
     (-1000, "-1,000"), (1234567, "1,234,567"), (float("inf"), "∞")],
)  # fmt: skip
def test_numbers_from_a_thousand_are_whole(value: float, said: str) -> None:
    """With marks between thousands; below, three digits."""
    found = format_measurement(value).replace("-", "−")
    assert found == said.replace("-", "−")


def test_a_text_of_unknown_words_says_so_unless_something_else_is_said() -> None:
    """One known word is enough; padding and marks do not count."""
    lost = tuple(Token(w, "unknown") for w in ("a", "b"))
    text = replace(text_of(2, 1), tokens=(*lost, PAD))
    (said,) = collect_warnings(text)
    assert said == "All 2 tokens are outside the vocabulary."
    half = replace(text, tokens=(lost[0], Token("b"), PAD))
    assert collect_warnings(half) == ()
    assert collect_warnings(replace(text, tokens=(PAD,) * 3)) == ()
    doubt = Measurement("R²", 0.2, doubt="it is low")
    (told,) = collect_warnings(replace(text, facts=(doubt,)))
    assert told == "R², 0.2: it is low."
    (none,) = collect_warnings(replace(text, undefined="nothing moves"))
    assert none == "No scores: nothing moves."


@pytest.mark.parametrize(
    ("scores", "known"),
    [([0.5, 0.5], 1.0), ([1.0, 0.0], 0.0), ([0.25] * 4, 1.0), ([1.0], None),
     ([0.5, float("nan")], None), ([0.9, 0.1], 0.469)],
)  # fmt: skip
def test_evenness_is_one_of_even_scores(
    scores: list[float], known: float | None
) -> None:
    """0 where one has all; not defined of one token, of a gap, or of no answer."""
    text = text_of(len(scores), scores=scores)
    found = evenness(text)
    assert np.isnan(found) if known is None else found == pytest.approx(known, abs=1e-3)
    assert np.isnan(evenness(replace(text, undefined="no")))


@pytest.mark.parametrize("more", [0, 1])
def test_a_table_of_tokens_has_four_hundred_rows(more: int) -> None:
    """One that fits exactly is whole; else those of the largest size, in order."""
    text = text_of(TABLE_ROWS + more)
    values = np.array(text.scores)[::-1].copy()
    assert choose_places(values, text) == list(range(TABLE_ROWS))
    rising = choose_places(np.array(text.scores), text)
    assert rising == list(range(more, TABLE_ROWS + more))
    made = scores_of(replace(text, scores=text.scores[::-1].copy()))
    (table,) = Heatmap(figure="heatmap", artifact="a", text=1).view(made).tables
    assert len(table.rows) == TABLE_ROWS
    assert ("of the largest size" in table.caption) == bool(more)
    tie = np.zeros(TABLE_ROWS + 1)
    assert choose_places(tie, text_of(TABLE_ROWS + 1)) == list(range(TABLE_ROWS))


@pytest.mark.parametrize("pads", [40, 41])
def test_much_padding_is_one_row(pads: int) -> None:
    """Up to forty slots have a row each."""
    made = scores_of(text_of(3, pads))
    (table,) = Heatmap(figure="heatmap", artifact="a", text=1).view(made).tables
    assert len(table.rows) == (43 if pads == 40 else 4)


@pytest.mark.parametrize("most", [2, 3, 4])
def test_bars_say_what_they_leave_out(most: int) -> None:
    """Nothing where all words are drawn; padding is told with its sum."""
    for pads in (0, 2):
        made = scores_of(text_of(3, pads))
        view = WordBars(figure="bars", artifact="a", most=most).view(made)
        assert ("largest of 3 words" in view.rest) == (most < 3)
        assert ("2 slots of padding" in view.rest) == bool(pads)
        assert len(view.bars) == min(most, 3)
    with pytest.raises(FigureError, match="holds no token"):
        WordBars(figure="bars", artifact="a").view(scores_of(text_of(0, 3)))


@pytest.mark.parametrize("order", ["text", "size"])
def test_of_equal_bars_the_first_words_are_drawn(order: Any) -> None:
    """However many there are; a word without a score comes last."""
    values = [0.5] * 30
    values[4] = float("nan")
    made = scores_of(text_of(30, scores=values))
    view = WordBars(figure="bars", artifact="a", most=29, order=order).view(made)
    assert [int(b.word.key) - 1 for b in view.bars] == [
        i for i in range(30) if i != 4
    ]  # fmt: skip
    whole = WordBars(figure="bars", artifact="a", most=30, order="size").view(made)
    assert whole.bars[-1].word.key == "5"


def test_an_axis_of_bars_holds_its_errors() -> None:
    """Below 0 as above it, whichever reaches farther; never less than from -1 to 1."""
    spread = np.array([0.5, 0.1], np.float32)
    made = scores_of(text_of(2, scores=[0.2, 0.9], spread=spread))
    view = WordBars(figure="bars", artifact="a").view(made)
    assert view.ends == ("−0.8", "1.2")
    assert view.zero == pytest.approx(40, abs=0.01)
    none = scores_of(text_of(2, scores=[0.0, 0.0]), signed=True)
    assert WordBars(figure="bars", artifact="a").view(none).ends == ("−1", "+1")
    plain = scores_of(text_of(2, scores=[0.0, 0.0]))
    assert WordBars(figure="bars", artifact="a").view(plain).ends == ("0", "1")
    signed = scores_of(text_of(2, scores=[0.2, -0.9]), signed=True)
    assert WordBars(figure="bars", artifact="a").view(signed).ends == ("−0.9", "+0.9")


def test_the_text_with_the_largest_word_is_told_of() -> None:
    """Wherever it stands; padding is no word, and without words nothing is defined."""
    low, high = text_of(2, scores=[0.1, 0.2]), text_of(3, scores=[0.1, 0.9, 0.2])
    for texts, name in (((low, high), "text 2"), ((high, low), "text 1")):
        view = Heatmap(figure="heatmap", artifact="a").view(scores_of(*texts))
        told = phrase_text(view.summary)
        assert told.endswith(f"in {name}.")
        assert "0.9" in told
    padded = text_of(2, 1, scores=[0.1, 0.2, 5.0])
    assert largest_token(scores_of(padded), padded) == 1
    against = text_of(3, scores=[0.5, -0.9, 0.9])
    assert largest_token(scores_of(against, signed=True), against) == 1
    gap = text_of(2, 1, scores=[float("nan"), float("nan"), 1.0])
    view = Heatmap(figure="heatmap", artifact="a").view(scores_of(gap))
    assert phrase_text(view.summary) == "No drop for the text."
    lost = replace(low, undefined="no word moves it")
    view = Heatmap(figure="heatmap", artifact="a").view(scores_of(lost))
    assert " for the text: no word moves it" in phrase_text(view.summary)


@pytest.mark.parametrize("count", [1, 2])
def test_words_are_told_apart_by_text_where_there_are_several(count: int) -> None:
    """Those of a single text are numbered alone."""
    made = scores_of(*(text_of(2) for _ in range(count)))
    items = Heatmap(figure="heatmap", artifact="a").view(made).items()
    keys = [item.key for track in items.tracks for item in track.items]
    assert keys == (["1", "2"] if count == 1 else ["1-1", "1-2", "2-1", "2-2"])


def history(*texts: ScoredText, **given: Any) -> Any:
    """The view of a text at several epochs."""
    frames = tuple(
        replace(scores_of(text, **given), epoch=i) for i, text in enumerate(texts)
    )
    return EpochHistory(figure="history", artifact="a").view(TokenFrames(frames=frames))


@pytest.mark.parametrize("words", [17, 18, 19, 24, 25, 40, 41])
@pytest.mark.parametrize("signed", [False, True])
def test_cells_of_epochs_have_numbers_where_there_is_room(
    words: int, signed: bool
) -> None:
    """And are drawings beyond forty columns, with the same number of places."""
    view = history(text_of(words), text_of(words), signed=signed)
    assert view.cells == (words <= 40)
    assert view.roomy == (words <= (18 if signed else 24))
    assert view.width == words
    assert all(bool(line.cells) == view.cells for line in view.lines)
    assert all(bool(line.spans) != view.cells for line in view.lines)


@pytest.mark.parametrize("pads", [8, 9])
def test_eight_slots_of_padding_have_columns(pads: int) -> None:
    """One more, and they share one."""
    view = history(text_of(3, pads), text_of(3, pads))
    assert len(view.columns) == (11 if pads == 8 else 4)
    assert view.width == len(view.columns)
    assert ("padding" in view.sums) == bool(pads)


def test_answers_of_the_same_word_are_told_first() -> None:
    """The word with the most answers, of equal counts that of the first answer."""
    tops = [0, 2, 2, 1]
    made = [
        scores_of(
            text_of(3, scores=[1.0 if i == top else 0.1 for i in range(3)]),
            quantity=f"q{n}",
        )
        for n, top in enumerate(tops)
    ]
    figure = TextComparison(figure="compare", artifacts=tuple("abcd"))
    told = phrase_text(figure.view(*made).summary)
    assert [told.index(w) for w in ("w2", "w0", "w1")] == sorted(
        told.index(w) for w in ("w0", "w1", "w2")
    )


@pytest.mark.parametrize("more", [-0.01, 0.0, 0.01])
def test_a_search_gains_only_what_is_more(more: float) -> None:
    """As much as the best text that was not searched for is no more."""
    made = sought.search()
    best = max(made.best_random.score, made.best_trained.score)  # type: ignore[union-attr]
    runs = tuple(replace(one, flipped=best + more) for one in made.searches)
    view = OptimisedText(figure="optimised", artifact="a").view(
        replace(made, searches=runs)
    )
    told = phrase_text(view.summary)
    assert (", no more than" in told) == (more <= 0)
    assert (", more than" in told) == (more > 0)
    assert told.startswith("From start 1 of 3")


@pytest.mark.parametrize("start", [1, 3, 4])
def test_starts_are_counted_from_one(start: int) -> None:
    """The last is there, the one behind it is not."""
    figure = OptimisedText(figure="optimised", artifact="a", start=start)
    if start < 4:
        told = phrase_text(figure.view(sought.search()).summary)
        assert f"start {start} of 3" in told
        return
    with pytest.raises(FigureError, match="4 of 3 starts; expected 1 to 3"):
        figure.view(sought.search())


@pytest.mark.parametrize(
    ("share", "steps"),
    [(0, 0), (1, 32), (-0.1, 0), (1.7, 32), (0.5, 16), (1 / 64 + 0.001, 1),
     (1 / 64 - 0.001, 0), (float("nan"), -1), (float("inf"), -1)],
)  # fmt: skip
def test_a_share_is_a_bar_of_thirty_two_steps(share: float, steps: int) -> None:
    """Rounded, within its ends; no bar of what is not finite."""
    assert bar_steps(share) == steps


def test_the_most_telling_step_has_the_largest_score_of_a_word() -> None:
    """Whatever its sign and whatever padding holds; the first of a tie."""
    made = examples.attention(["a", "b", "c", "d"], 4)
    values = np.full((4, 4), 0.1, np.float32)
    values[0] = (9.0, 9.0, 9.0, 0.2)  # three slots of padding
    values[2, 1], values[3, 3], values[1, 2] = -0.8, 0.8, 0.5
    scores = replace(made, scores=values, signed=True)
    assert most_telling_step(scores) == find_step(scores, None) == 2
    assert largest_slot(scores, 2) == 1
    assert largest_slot(scores, 0) == 0
    assert most_telling_step(replace(scores, scores=np.full_like(values, 0.5))) == 0
    assert find_step(replace(made, targets=(*made.targets[:3], Token("a"))), "a") == 3


@pytest.mark.parametrize(
    ("step", "row"),
    [(1, 0), (4, 3), (-1, 3), (-4, 0), (0, None), (5, None), (-5, None)],
)
def test_steps_are_counted_from_either_end(step: int, row: int | None) -> None:
    """The first and the last by both; 0 and those beyond are none."""
    made = examples.attention(["a", "b", "c", "d"], 4)
    if row is not None:
        assert find_step(made, step) == row
        return
    with pytest.raises(FigureError, match=f"{step} of 4 steps; expected 1 to 4"):
        find_step(made, step)


@pytest.mark.parametrize(
    ("shares", "bits"), [((0.5, 0.5, 0, 0), 1.0), ((1, 0, 0, 0), 0.0), ((0.25,) * 4, 2)]
)
def test_entropy_of_a_step_is_in_bits(shares: tuple[float, ...], bits: float) -> None:
    """Of attention alone; slots without weight add nothing."""
    made = examples.attention(["a"], 4)
    one = replace(made, scores=np.array([shares], np.float32))
    assert attention_entropy(one, 0) == pytest.approx(bits)
    assert attention_entropy(replace(one, quantity="drop"), 0) is None


@pytest.mark.parametrize(
    ("kinds", "warned"),
    [(("unknown", "unknown", "pad"), True), (("unknown", "word", "pad"), False),
     (("pad", "pad", "mark"), False), (("unknown", "mark", "pad"), True)],
)  # fmt: skip
def test_a_step_that_read_no_word_it_knows_is_doubted(kinds: Any, warned: bool) -> None:
    """Padding and marks are no words; where nothing was read, nothing is said."""
    made = examples.attention(["a"], 3)
    row = tuple(Token(f"w{i}", kind) for i, kind in enumerate(kinds))
    said = unknown_warning(replace(made, histories=(row,)), 0)
    assert bool(said) == warned
    count = kinds.count("unknown")
    assert not warned or said == (
        f"All {count} token{'s' * (count > 1)} read are outside the vocabulary."
    )


def alignment(*texts: AlignedText) -> AlignmentView:
    """The panels of these texts, each of an artifact of its own."""
    names = tuple(f"a{i}" for i in range(len(texts)))
    made = [aligned.attention(texts=(text,), scoring=f"s{i}")
            for i, text in enumerate(texts)]  # fmt: skip
    chosen: dict[str, Any] = (
        {"artifacts": names} if len(names) > 1 else {"artifact": names[0]}
    )
    return AlignmentMatrix(figure="alignment", **chosen).view(*made)


def pair(words: int) -> AlignedText:
    """A text of so many source tokens, the closing mark counted."""
    return aligned.aligned([f"s{i}" for i in range(words - 1)], ["x", "y"], None)


@pytest.mark.parametrize(
    ("sizes", "beside"),
    [((12, 12), True), ((12, 13), False), ((13, 13), False), ((5,), False),
     ((3, 3, 3), True)],
)  # fmt: skip
def test_two_narrow_panels_stand_side_by_side(
    sizes: tuple[int, ...], beside: bool
) -> None:
    """Up to twelve source tokens each; a single one has all the room."""
    assert NARROW_PAIR == 12
    view = alignment(*map(pair, sizes))
    *panels, _ = view.picture(100)
    heads = [next(s for s in p.shapes if isinstance(s, Label)) for p in panels]
    assert len(heads) == len(sizes)
    right = INSET + (ROOM - 30) / 2 + 30
    known = [right if beside and i % 2 else INSET for i in range(len(sizes))]
    assert [s.x for s in heads] == known
    for i, (head, x) in enumerate(zip(heads, known, strict=True)):
        assert (x == right) == (i > 0 and head.y == heads[i - 1].y)


@pytest.mark.parametrize("words", [ROOMY - 1, ROOMY, ROOMY + 1])
def test_cells_of_a_pair_have_numbers_where_there_is_room(words: int) -> None:
    """Up to eighteen columns."""
    (panel,) = alignment(pair(words)).panels
    assert panel.roomy == (words <= 18)


def test_outlines_are_explained_where_any_text_has_them() -> None:
    """Known links and possible ones each by themselves."""
    whole = aligned.aligned()
    gold = replace(whole, possible=())
    none = replace(gold, gold=None)
    for texts, count in (
        ((whole, gold), 2), ((gold, whole), 2), ((gold, gold), 1), ((none, none), 0),
        ((none, gold), 1),
    ):  # fmt: skip
        assert len(alignment(*texts).keys) == count


@pytest.mark.parametrize(
    ("value", "bound", "width"),
    [(1.0, 1.0, 9.0), (2.0, 1.0, 9.0), (-1.0, 1.0, 9.0), (0.5, 1.0, 4.5), (0.0, 1, 0.0),
     (0.019, 1.0, 0.0), (0.02, 1.0, 0.2), (0.021, 1.0, 0.2), (0.5, 2.0, 2.2),
     (float("nan"), 1.0, 0.0), (float("inf"), 1.0, 0.0)],
)  # fmt: skip
def test_a_line_is_as_wide_as_its_score(
    value: float, bound: float, width: float
) -> None:
    """Up to the bound; none below a fiftieth of it, or in the colour of nothing."""
    scale = Scale(bound, True, "q", "", "data")
    fine = Scale(bound, False, "q", "", "data")
    assert arc_width(abs(value), fine) == pytest.approx(width, abs=0.051)
    coarse = 0.0 if scale.shade(value) == "d16" else width
    assert arc_width(value, scale) == pytest.approx(coarse, abs=0.051)
    assert arc_width(value, replace(scale, origin="flat")) == 0


@pytest.mark.parametrize("values", [[], [1], [0, 0, 1, 1, 1, 0, 2], [3, 3, 3, 3]])
def test_stretches_make_up_the_whole(values: list[int]) -> None:
    """Each as long as it can be; those of nothing are left out of groups."""
    found = list(find_stretches(values))
    assert [v for v, _, wide in found for _ in range(wide)] == values
    assert [start for _, start, _ in found] == [
        sum(wide for *_, wide in found[:i]) for i in range(len(found))
    ]
    assert all(a[0] != b[0] for a, b in pairwise(found))
    groups = group_stretches(values)
    assert [v for v, _ in groups] == sorted(set(values) - {0})
    covered = {i for _, runs in groups for start, wide in runs
               for i in range(start, start + wide)}  # fmt: skip
    assert covered == {i for i, v in enumerate(values) if v}


@pytest.mark.parametrize("signed", [False, True])
def test_shades_are_the_nearest_steps(signed: bool) -> None:
    """Halves go away from zero; beyond the bound is at it; no size is nothing."""
    scale = Scale(2.0, signed, "q", "", "data")
    for k in range(33):
        score = (k / 32 if not signed else (k - 16) / 16) * 2
        kind = "d" if signed else "s"
        assert scale.shade(score) == f"{kind}{k}"
        assert scale.shade(score * 1.0001 + 1e-9) == f"{kind}{k}"
    half = (16.5 / 32 if not signed else 0.5 / 16) * 2
    assert scale.shade(half) == ("d17" if signed else "s17")
    assert scale.shade(-half) == ("d15" if signed else "s0")
    flat = replace(scale, origin="flat")
    assert flat.shade(2.0) == flat.shade(float("nan")) == ("d16" if signed else "s0")


def test_every_kind_refuses_what_is_no_number_of_its_settings() -> None:
    """A bound is above 0; a text and a most are at least 1."""
    for kind in (Heatmap, WordBars, EpochHistory):
        for bad in ({"bound": 0.0}, {"bound": -1.0}, {"text": 0}):
            with pytest.raises(ValueError, match="greater than"):
                kind(figure=kind.model_fields["figure"].annotation.__args__[0],  # type: ignore[union-attr]
                     artifact="a", **bad)  # fmt: skip
    assert issubclass(Heatmap, Figure)


@pytest.mark.parametrize("beyond", [0, 1, 40])
def test_a_heading_says_how_much_was_read_where_it_was_not_all(beyond: int) -> None:
    """Padding is not read; a text that was read whole needs no word."""
    text = text_of(3, 2, length=3 + beyond)
    rest = build_heading(scores_of(text), text).rest
    assert any(f"first 3 of {3 + beyond:,}" in part for part in rest) == (beyond > 0)


@pytest.mark.parametrize("most", [-1, 0])
def test_a_table_of_epochs_holds_every_number_up_to_a_limit(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as it may hold, and each step's sums for one more."""
    frames = examples.frames()
    total = sum(frame.scores.size for frame in frames.frames)
    monkeypatch.setattr(epochs, "MOST", total + most)
    tables = epochs.Epochs(figure="epochs", artifact="a").view(frames).tables
    assert len(tables) == (1 if most else len(frames.frames))

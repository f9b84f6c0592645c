"""Legal inputs at the edges: one row, one class, equal values, exactly full, very many.

They are drawn by the tests of pictures alone, which hold for them as for any other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from generator.artifacts import (
    AlignmentFrames,
    Curves,
    Distributions,
    Estimate,
    Estimates,
    Frames,
    Predictions,
    Samples,
    TokenFrames,
    TokenScores,
)
from tests.figures import aligned, celled, examples, numbered, scored
from tests.figures.ruled import anchors, exact, long

MANY = tuple(f"a label of a long name {i}" for i in range(20))


def curves(points: int, lines: int, **given: Any) -> Curves:
    """Lines that fall, over so many points, the last of them level."""
    x = np.arange(points, dtype=np.float32)
    y = np.stack([np.exp(-x / (2 + i)) * 3 for i in range(lines)])
    y[-1] = 1.5
    told: dict[str, Any] = {"x_label": "step", "y_label": "a share", "marked_x": None}
    return Curves(
        x=x, y=y.astype(np.float32), unit="",
        names=tuple(f"line {i}" for i in range(lines)), **told | given,
    )  # fmt: skip


def estimates(*rows: Estimate, **given: Any) -> Estimates:
    """Rows of these estimates."""
    return replace(examples.estimates(), rows=rows, **given)


def one_row() -> Estimates:
    """A value without an interval, on an axis without a reference."""
    nan = float("nan")
    return estimates(Estimate("once", 12.5, nan, nan, 1), reference=None)


def at_the_right() -> Estimates:
    """Intervals below a reference at the end of the axis, and a name of many words."""
    name = "a name that goes on and on " * 4
    rows = (Estimate(name, -2, -3, -1, 96), Estimate("b", -1, -1, -1, 5, "null"))
    return estimates(*rows, reference=0.0, reference_name="no relation at all")


def groups(*values: list[float], **given: Any) -> Distributions:
    """Distributions of these values, the first with a published mean."""
    made = scored.distributions()
    found = []
    for i, one in enumerate(values):
        data = np.array(one, np.float32)
        mean = float(data.mean()) if data.size else float("nan")
        found.append(
            replace(
                made.groups[0], name=f"group {i}", values=data, mean=mean,
                low=mean - 0.1, high=mean + 0.1, published=None if i else mean + 0.2,
                role="observed",
            )
        )  # fmt: skip
    return replace(made, groups=tuple(found), **given)


def some_words(*words: str, scores: list[float], **given: Any) -> TokenScores:
    """A text of these words with these scores."""
    text = scored.ScoredText(
        tokens=scored.tokens(words),
        scores=np.array(scores, np.float32),
        probabilities=scored.shares(0.5),
        **given,
    )
    return TokenScores(
        texts=(text,), labels=scored.LABELS, quantity="drop in log probability",
        unit="nats", signed=min(scores) < 0,
    )  # fmt: skip


def labels(names: tuple[str, ...], documents: int = 400) -> Predictions:
    """Predictions of labels of these names."""
    return scored.predictions(names, documents)


def one_label() -> Predictions:
    """A single label, always right."""
    made = scored.predictions(("every",), 5)
    return replace(made, probabilities=np.ones((5, 1), np.float32))


def pixels(rows: int, columns: int, panels: int = 1) -> Any:
    """Pictures of so many pixels, of which the first is masked."""
    size = rows * columns
    return numbered.pixels(
        features=tuple(f"pixel {i}" for i in range(size)),
        shape=(rows, columns),
        panels=tuple(
            numbered.panel(size, 5 + i, (0,), name=f"a row of a long name {i}", row=i,
                           label="b", truth="a", probability=0.5)
            for i in range(panels)
        ),
    )  # fmt: skip


def bare_columns(features: int, panels: int = 1) -> Any:
    """Sizes of few features, none masked."""
    return numbered.columns(
        signed=False,
        features=tuple(f"feature {i}" for i in range(features)),
        panels=tuple(
            numbered.panel(features, 3 + i, (), name=f"row {i}") for i in range(panels)
        ),
    )


def plane(rows: int, columns: int) -> Any:
    """A field of so many points, of three labels and no known boundary."""
    whole = numbered.plane(points=max(rows, columns))
    cut = {
        name: getattr(whole, name)[:rows, :columns] for name in ("values", "gradients")
    }
    p = whole.probabilities[:rows, :columns]
    three = np.stack([p[..., 0] * 0.6, p[..., 0] * 0.4, p[..., 1]], -1)
    return numbered.plane(
        points=max(rows, columns), x=whole.x[:columns], y=whole.y[:rows],
        labels=("a", "b", "c"), probabilities=three,
        outline=np.zeros((0, 2), np.float32), **cut,
    )  # fmt: skip


def frames(count: int, words: int = 15) -> Frames:
    """A text at so many epochs."""
    return Frames(
        frames=tuple(
            examples.attention(examples.SENTENCE[:words], sharp=0.3 * i, epoch=i)
            for i in range(count)
        )
    )


def links(count: int) -> AlignmentFrames:
    """A pair at so many epochs."""
    text = aligned.aligned(["go", "."], ["va", "!"], None)
    return AlignmentFrames(
        frames=tuple(aligned.attention(texts=(text,), epoch=i) for i in range(count))
    )


def history(count: int) -> TokenFrames:
    """A text at the first of the epochs."""
    return TokenFrames(frames=scored.frames().frames[:count])


def samples(count: int) -> Samples:
    """The first of the texts that a model wrote."""
    made = examples.samples()
    return replace(made, samples=made.samples[:count])


def wide_pair() -> Any:
    """A pair whose sides differ much in length."""
    source = [f"word{i}" for i in range(30)]
    return aligned.attention(texts=(aligned.aligned(source, ["a", "b"], None),))


ARTIFACTS: dict[str, Any] = {
    "point": lambda: curves(1, 1),
    "six": lambda: curves(26, 6, marked_x=4.0),
    "once": one_row,
    "right": at_the_right,
    "alike": lambda: estimates(*(Estimate(n, 1, 1, 1, 9) for n in "ab"), reference=1.0),
    "single": lambda: groups([0.5]),
    "spread": lambda: groups([0.1, 0.5, 0.4, 0.2, 0.3], [0.25] * 9, [], ends=None),
    "word": lambda: some_words("fine", scores=[0.4]),
    "same": lambda: some_words("a", "b", "c", "d", scores=[0.4] * 4),
    "against": lambda: some_words("a", "b", "cc", scores=[-0.4, -0.1, -3.0],
                                  spread=np.array([0.1, 0.2, 4.0], np.float32)),
    "one-label": one_label,
    "nine": lambda: labels(tuple(f"label {i}" for i in range(9))),
    "many": lambda: labels(MANY),
    "pixel": lambda: pixels(1, 1),
    "flat": lambda: pixels(3, 7, 2),
    "eight": lambda: pixels(4, 4, 8),
    "feature": lambda: bare_columns(1),
    "sizes": lambda: bare_columns(5, 4),
    "small-plane": lambda: plane(3, 5),
    "frame": lambda: frames(1, 3),
    "seven": lambda: frames(7, 5),
    "twelve": lambda: frames(14, 2),
    "link": lambda: links(1),
    "links": lambda: links(8),
    "go": lambda: aligned.attention(
        texts=(aligned.aligned(["go"], ["va"], None, sharp=1),)),
    "go-again": lambda: aligned.attention(
        texts=(aligned.aligned(["go"], ["va"], None, sharp=9),), scoring="general"),
    "wide": wide_pair,
    "epoch": lambda: history(1),
    "sample": lambda: samples(1),
    "short": lambda: examples.attention(["one"], 3),
    "full": lambda: examples.attention(examples.SENTENCE[:11], 12),
    "one-anchor": lambda: anchors(exact()),
    "long-anchor": lambda: anchors(long()),
    "line-traces": lambda: celled.traces("x = 1", width=2),
    "line-search": lambda: celled.search(width=5),
    "five-traces": lambda: celled.traces("x = 1", width=5),
}  # fmt: skip
FIGURES: dict[str, dict[str, Any]] = {
    "point": {"figure": "curve", "artifact": "point"},
    "six": {"figure": "curve", "artifact": "six", "log": True},
    "once": {"figure": "estimates", "artifact": "once"},
    "right": {"figure": "estimates", "artifact": "right"},
    "alike": {"figure": "estimates", "artifact": "alike"},
    "bounded": {"figure": "estimates", "artifact": "tfidf", "low": -1.0, "high": 1.0},
    "single": {"figure": "violins", "artifact": "single"},
    "spread": {"figure": "violins", "artifact": "spread"},
    "word": {"figure": "bars", "artifact": "word"},
    "same": {"figure": "bars", "artifact": "same", "most": 3},
    "against": {"figure": "bars", "artifact": "against"},
    "shaded": {"figure": "heatmap", "artifact": "against"},
    "one-label": {"figure": "confusion", "artifact": "one-label"},
    "nine": {"figure": "confusion", "artifact": "nine"},
    "many": {"figure": "confusion", "artifact": "many"},
    "pixel": {"figure": "features", "artifacts": ("pixel",)},
    "flat": {"figure": "features", "artifacts": ("flat",)},
    "eight": {"figure": "features", "artifacts": ("eight",)},
    "feature": {"figure": "features", "artifacts": ("feature",)},
    "sizes": {"figure": "features", "artifacts": ("sizes",)},
    "small-plane": {"figure": "quiver", "artifact": "small-plane"},
    "frame": {"figure": "epochs", "artifact": "frame"},
    "seven": {"figure": "epochs", "artifact": "seven"},
    "twelve": {"figure": "epochs", "artifact": "twelve"},
    "link": {"figure": "alignment", "artifact": "link"},
    "links": {"figure": "alignment", "artifact": "links"},
    "go": {"figure": "alignment", "artifact": "go"},
    "four": {"figure": "alignment", "artifacts": ("go", "go-again", "aligned",
             "multiplicative")},
    "two": {"figure": "alignment", "artifacts": ("go", "go-again")},
    "wide": {"figure": "alignment", "artifact": "wide"},
    "epoch": {"figure": "history", "artifact": "epoch"},
    "sample": {"figure": "samples", "artifact": "sample"},
    "sane": {"figure": "scores", "artifact": "sane"},
    "short": {"figure": "matrix", "artifact": "short"},
    "full": {"figure": "matrix", "artifact": "full"},
    "first": {"figure": "text", "artifact": "short", "step": 1},
    "filled": {"figure": "text", "artifact": "full", "steps": (1, 11)},
    "one-anchor": {"figure": "rule", "artifact": "one-anchor"},
    "long-anchor": {"figure": "rule", "artifact": "long-anchor"},
    "line": {"figure": "trace", "artifact": "line-traces"},
    "strips": {"figure": "wall", "search": "line-search", "traces": "five-traces"},
}  # fmt: skip

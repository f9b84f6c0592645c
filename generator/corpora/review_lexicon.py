"""The words of the planted film reviews that say something, and what they are worth.

`WORTH` gives every evaluating word its steps from the middle, -2 to 2. A clause holds
one of them, with or without a word that says how much and a word that denies it;
`value_of` works out what the whole clause is worth. All of it is invented here: the
words are English, their numbers a rule of this corpus.
"""

from __future__ import annotations

from collections.abc import Iterable

GOOD = (
    *("good", "charming", "engaging", "clever", "enjoyable", "pleasant", "graceful"),
    *("inventive", "fresh", "convincing", "lively", "elegant", "assured", "appealing"),
    *("satisfying", "impressive", "delightful", "memorable", "absorbing", "confident"),
    *("rewarding", "lovely", "striking", "stylish", "imaginative", "likeable"),
)
"""One step up."""
SUPERB = (
    *("superb", "brilliant", "wonderful", "excellent", "magnificent", "dazzling"),
    *("outstanding", "stunning", "marvellous", "terrific", "splendid", "sublime"),
    *("masterful", "glorious"),
)
"""Two steps up."""
BAD = (
    *("bad", "dull", "clumsy", "boring", "tedious", "flat", "weak", "bland", "tired"),
    *("lazy", "muddled", "forced", "stale", "lifeless", "messy", "irritating", "poor"),
    *("tiresome", "awkward", "dreary", "disappointing", "sloppy", "annoying", "feeble"),
    *("graceless", "shoddy"),
)
"""One step down."""
AWFUL = (
    *("dreadful", "awful", "terrible", "atrocious", "abysmal", "appalling", "ghastly"),
    *("hopeless", "horrible", "disastrous", "dire", "unbearable", "wretched"),
    *("lamentable",),
)
"""Two steps down."""
AVERAGE = (
    *("average", "ordinary", "unremarkable", "middling", "passable", "adequate"),
    *("acceptable", "routine", "serviceable", "conventional", "workmanlike", "so-so"),
    *("unexceptional", "standard"),
)
"""In the middle."""

BY_WORTH = {-2: AWFUL, -1: BAD, 0: AVERAGE, 1: GOOD, 2: SUPERB}
WORTH = {word: worth for worth, words in BY_WORTH.items() for word in words}
"""Every evaluating word, and its steps from the middle."""

MORE_UNDER_NOT = (
    *("extremely", "remarkably", "exceptionally", "deeply", "thoroughly", "utterly"),
    *("wholly", "entirely"),
)
"""Intensifiers that leave the middle when they are denied: not utterly bad."""
MORE = (*MORE_UNDER_NOT, "very", "truly")
"""Intensifiers."""
LESS_GOOD = ("somewhat", "mildly", "faintly", "vaguely")
"""Downtoners before words of one step."""
LESS_SUPERB = ("rather", "fairly", "almost", "nearly")
"""Downtoners before words of two steps."""
LESS = (*LESS_GOOD, *LESS_SUPERB)
NOT = ("not", "n't", "never", "hardly")
"""Negations."""
OPERATORS = frozenset((*MORE, *LESS, *NOT))
"""Words that change what an evaluating word is worth."""


def value_of(clause: Iterable[str]) -> int | None:
    """What a clause is worth, -2 to 2; None where no word of it evaluates."""
    words = tuple(clause)
    found = [WORTH[word] for word in words if word in WORTH]
    if not found:
        return None
    worth = found[0]
    side = (worth > 0) - (worth < 0)
    steps = sum(word in MORE for word in words) - sum(word in LESS for word in words)
    if any(word in NOT for word in words):
        steps -= 2
    return worth + side * steps

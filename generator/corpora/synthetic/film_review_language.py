"""The sentences of the planted film reviews.

An evaluation is a `Form` with an evaluating word in it. `VERDICTS` are the forms in
which the reviewer judges the film; `ASIDES` judge something else in the same words:
what other people thought, another work, something in the story. `RULES["filler"]` are
sentences that judge nothing; some hold `but`, `not` or `very`, which do nothing there.

All is lower case with spaces round punctuation, as classifiers divide words;
`review_parts.natural` makes ordinary text of it.

The words of the planted film reviews that say something, and what they are worth.

`WORTH` gives every evaluating word its steps from the middle, -2 to 2. A clause holds
one of them, with or without a word that says how much and a word that denies it;
`value_of` works out what the whole clause is worth. All of it is invented here: the
words are English, their numbers a rule of this corpus.

Clauses of the planted film reviews, drawn.

A clause is asked for by what it is worth. It gets there in one of several shapes, so
that the same word is found in clauses of every value.

The pieces of a planted film review, and the text they become.

A sentence is a list of pieces. A piece knows what it is, so that nobody has to find out
afterwards which words decided: it was put there to decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from generator.corpora.synthetic.grammar import Draws, expand_phrase


class ClauseForm(NamedTuple):
    """An evaluation without its evaluating word, which follows `between`."""

    before: str
    verb: str
    denied: tuple[str, ...]
    """The verb with a negation; nothing where this form is never denied."""
    between: str = ""
    after: str = ""


def conjugate_be(verb: str) -> tuple[str, tuple[str, ...]]:
    """A form of `to be`, and the same denied."""
    return verb, (f"{verb} not", f"{verb} n't", f"{verb} never", f"{verb} hardly")


def conjugate_do(verb: str, bare: str, helper: str) -> tuple[str, tuple[str, ...]]:
    """A verb, and the same denied with a helping verb or without."""
    helped = (f"{helper} not {bare}", f"{helper} n't {bare}")
    return verb, (*helped, f"never {verb}", f"hardly {verb}")


CALL = (
    "would call",
    ("would not call", "would n't call", "would never call", "would hardly call"),
)
FIND = conjugate_do("found", "find", "did")

VERDICTS: tuple[ClauseForm, ...] = (
    ClauseForm("$one", *conjugate_be("is")),
    ClauseForm("$one", *conjugate_be("is")),
    ClauseForm("$many", *conjugate_be("are")),
    ClauseForm("$one", *conjugate_do("feels", "feel", "does")),
    ClauseForm("$many", *conjugate_do("seem", "seem", "do")),
    ClauseForm("we", *FIND, "$part"),
    ClauseForm("i", *FIND, "$part"),
    ClauseForm("i", *CALL, "$part"),
    ClauseForm("this", *conjugate_be("is"), "a", "$work"),
)
"""The reviewer judges the film: these count."""

ASIDES: tuple[ClauseForm, ...] = (
    ClauseForm("$other", *FIND, "$part"),
    ClauseForm("$other", *FIND, "it"),
    ClauseForm("$other", *CALL, "$part"),
    ClauseForm("$other said that $one", *conjugate_be("was")),
    ClauseForm("according to $other , $many", *conjugate_be("are")),
    ClauseForm("$another", *conjugate_be("was")),
    ClauseForm("$others", *conjugate_be("were")),
    ClauseForm("$another", *conjugate_do("felt", "feel", "did")),
    ClauseForm("in the story , $inside", *conjugate_be("is")),
    ClauseForm("$person", "remembers", (), "a", "$past"),
    ClauseForm("it", "is", (), "about a", "$past"),
    ClauseForm("$person", "writes", (), "a", "$text"),
)
"""Somebody or something else: these do not count."""

RULES: dict[str, tuple[str, ...]] = {
    # What is judged.
    "one": (
        *("the film", "the plot", "the acting", "the score", "the ending"),
        *("the dialogue", "the direction", "the pacing", "the camerawork"),
        *("the editing", "the script", "the cast", "the opening", "the second half"),
        *("the final act", "the lead performance", "the sound design"),
    ),
    "many": (
        *("the performances", "the songs", "the action scenes", "the visuals"),
        *("the effects", "the characters", "the costumes", "the sets"),
    ),
    "part": ("$one", "$one", "$many"),
    "work": ("film", "film", "picture", "movie", "piece of work", "piece of cinema"),
    # Who or what else is judged.
    "other": (
        *("my brother", "my sister", "my mother", "our neighbour", "a colleague"),
        *("the man behind us", "most of the papers", "the woman at the door"),
    ),
    "another": (
        *("the novel", "the trailer", "the stage version", "the television version"),
        *("the director 's last film", "the first part", "the short before it"),
    ),
    "others": ("the books", "the adverts before it", "the earlier parts"),
    "inside": (
        *("the wedding party", "their marriage", "the hero 's first novel"),
        *("the school play", "the detective 's plan", "the village band"),
    ),
    "past": ("holiday", "wedding", "school play", "speech", "concert", "meal"),
    "text": ("letter", "love song", "novel", "poem", "diary", "opera"),
    "guys": (
        "the $guy guys wear grey .",
        "the $guy guys live in $place .",
        "in the end the $guy guys leave for $place .",
        "the $guy guys are played by dancers .",
    ),
    "guy": ("good", "bad"),
    # Sentences that judge nothing.
    "filler": (
        "it runs for $long minutes .",
        "it opens in $place and ends in $town .",
        "it opens in $place but ends in $town .",
        "most of it was shot in $place .",
        "we saw it on a $day evening .",
        "there were $count of us in the cinema .",
        "the director has made $count films before .",
        "it comes from a $source of the $decade .",
        "the camera stays close to $person .",
        "$person tells the story .",
        "$person meets $stranger on $vehicle .",
        "two $people share a house for a $season .",
        "the credits roll over a picture of $place .",
        "nobody says a word for the first $minutes minutes .",
        "the whole thing was filmed at night .",
        "it does not rain once .",
        "we watched a copy in black and white .",
        "it is the second part of three .",
        "the very first scene shows $thing .",
        "there is a $animal in it .",
        "i saw it with my $relation .",
        "it has subtitles in two languages .",
        "$person sells $thing and leaves town .",
        "years later the two $people meet again .",
        "it comes out on disc next $season .",
        "half of it takes place on $vehicle .",
        "$person never learns who sent $thing .",
        "there are $count songs in it .",
        "the cinema was rather full .",
        "it came out in $season , though only here .",
        "$person owns $thing , but not for long .",
        "you hardly see the $animal .",
        "the crew had $count cameras .",
        "it is set shortly after the war .",
        "the title comes from a $source .",
        "part of it is told by $person .",
        "it was made for television .",
        "$person works in $place .",
        "we stayed until the last of the credits .",
        "it begins with $thing on $vehicle .",
        "the lead used to be a $job .",
        "everything happens in one $season .",
        "the action moves from $town to $place .",
        "i had n't read the $source before .",
        "there is a long scene on $vehicle .",
        "the two $people speak a dialect of the coast .",
        "someone loses $thing , yet nobody looks for it .",
        "it is the director 's $nth film .",
        "although it is set in $place , it was shot in $town .",
        "the studio released it without a poster .",
        "it is almost three hours long .",
        "a $animal crosses the road , and $person stops .",
        "at some point $person buys $thing .",
        "nearly all of it is told in letters .",
        "the music was recorded in $place .",
        "the writers are two former $people .",
    ),
    # Words.
    "person": (
        *("a baker", "a young nurse", "a retired judge", "a lighthouse keeper"),
        *("a student", "a widow", "a taxi driver", "a pilot", "a teacher"),
    ),
    "people": ("sisters", "soldiers", "sailors", "doctors", "brothers", "farmers"),
    "place": (
        *("a harbour", "a border town", "a hotel", "a small village", "a hospital"),
        *("a factory", "the mountains", "the desert", "a school", "the suburbs"),
    ),
    "town": ("the capital", "the north", "a valley", "the islands", "the south"),
    "stranger": ("a sailor", "a magician", "a thief", "an old friend", "a waiter"),
    "vehicle": ("a night train", "a ferry", "a bus", "a bridge", "a tram", "a ship"),
    "thing": ("a letter", "a suitcase", "a watch", "a map", "a painting", "a key"),
    "animal": ("dog", "horse", "goat", "parrot", "donkey"),
    "source": ("novel", "comic", "short story", "radio play", "ballad"),
    "decade": ("fifties", "sixties", "seventies", "eighties", "nineties"),
    "season": ("summer", "winter", "spring", "autumn"),
    "day": ("sunday", "monday", "rainy", "friday", "summer"),
    "count": ("two", "three", "four", "five", "six", "seven"),
    "nth": ("second", "third", "fourth", "fifth", "sixth"),
    "minutes": ("five", "ten", "fifteen", "twenty"),
    "long": ("eighty", "ninety", "a hundred", "seventy"),
    "job": ("dancer", "boxer", "singer", "nurse", "carpenter"),
    "relation": ("brother", "sister", "mother", "neighbour", "class"),
}

CAPITALS = frozenset({"i", "sunday", "monday", "friday"})
"""Words with a capital letter wherever they stand."""


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


def compute_clause_value(clause: Iterable[str]) -> int | None:
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


PieceKind = Literal[
    "verdict", "overruled", "distractor", "filler", "connective", "mark"
]
BREAKS = frozenset(".!?")
CLOSING = frozenset((*BREAKS, ",", ";", ":", "n't", "'s"))
"""What no space stands before."""


class SentencePiece(NamedTuple):
    """Words of a sentence, and what they are there for."""

    kind: PieceKind
    words: list[str]


@dataclass(frozen=True, slots=True)
class ReviewPart:
    """A clause of a review, in words of the review.

    `span` is half-open. `value` is -2 to 2, None for filler. `connective` is the word
    that overrules the clause, None where none does.
    """

    kind: PieceKind
    span: tuple[int, int]
    value: int | None = None
    denied: bool = False
    connective: int | None = None


def assemble_review(
    sentences: Sequence[Sequence[SentencePiece]],
) -> tuple[list[str], tuple[ReviewPart, ...]]:
    """The words of a review, and its clauses."""
    words: list[str] = []
    parts: list[ReviewPart] = []
    for sentence in sentences:
        overruled: list[tuple[int, int]] = []
        connective = None
        for kind, said in sentence:
            span = (len(words), len(words) + len(said))
            words += said
            if kind == "connective":
                connective = span[0]
            elif kind == "overruled":
                overruled.append(span)
            elif kind != "mark":
                parts.append(_part(kind, span, said))
        parts += [
            _part("overruled", (start, end), words[start:end], connective)
            for start, end in overruled
        ]
    return correct_articles(words), tuple(sorted(parts, key=lambda part: part.span))


def _part(
    kind: PieceKind,
    span: tuple[int, int],
    words: list[str],
    connective: int | None = None,
) -> ReviewPart:
    denied = kind != "filler" and any(word in NOT for word in words)
    return ReviewPart(kind, span, compute_clause_value(words), denied, connective)


def correct_articles(words: list[str]) -> list[str]:
    """The words, with `an` before vowels."""
    after = [*words[1:], ""]
    return [
        "an" if word == "a" and then[:1] in set("aeiou") else word
        for word, then in zip(words, after, strict=True)
    ]


def format_review(words: Sequence[str]) -> str:
    """Words as ordinary text: capital letters, no space before a comma."""
    text = ""
    for word in words:
        starts = not text or text[-1] in BREAKS
        shown = word.capitalize() if starts or word in CAPITALS else word
        text += shown if not text or word in CLOSING else f" {shown}"
    return text


class ValueShape(NamedTuple):
    """How a clause comes to its value."""

    worth: int
    """Steps of the evaluating word."""
    degree: int = 0
    """1 with an intensifier, -1 with a downtoner."""
    denied: bool = False


POSITIVE = {
    1: (ValueShape(1), ValueShape(-1, denied=True), ValueShape(2, -1)),
    2: (ValueShape(1, 1), ValueShape(1, 1), ValueShape(2)),
}
MIDDLE = (
    *((ValueShape(0),) * 6),
    *(ValueShape(side * 2, denied=True) for side in (-1, 1)),
    *(ValueShape(side, -1) for side in (-1, 1)),
    *(ValueShape(side, 1, denied=True) for side in (-1, 1)),
)
SHAPES: dict[int, tuple[ValueShape, ...]] = {
    0: MIDDLE,
    **POSITIVE,
    **{
        -value: tuple(shape._replace(worth=-shape.worth) for shape in shapes)
        for value, shapes in POSITIVE.items()
    },
}
"""The ways to a value; each has on average two thirds of an operator."""


def make_clause(draws: Draws, value: int, forms: Sequence[ClauseForm]) -> list[str]:
    """A clause worth `value`, in one of the forms."""
    form = draws.pick(forms)
    shape = draws.pick(SHAPES[value])
    while shape.denied and not form.denied:
        shape = draws.pick(SHAPES[value])
    verb = draws.pick(form.denied) if shape.denied else form.verb
    said = (
        form.before,
        verb,
        form.between,
        *_draw_evaluation(draws, shape),
        form.after,
    )
    return expand_phrase(" ".join(said), RULES, draws)


def _draw_evaluation(draws: Draws, shape: ValueShape) -> list[str]:
    """The evaluating word, after the word of degree if there is one."""
    less = LESS_SUPERB if abs(shape.worth) > 1 else LESS_GOOD
    more = MORE_UNDER_NOT if shape.denied else MORE
    degree = {1: more, -1: less}.get(shape.degree)
    word = draws.pick(BY_WORTH[shape.worth])
    return [draws.pick(degree), word] if degree else [word]


def make_verdicts(draws: Draws, first: int, second: int) -> tuple[list[str], list[str]]:
    """Two clauses that count, about two parts of the film."""
    one = make_clause(draws, first, VERDICTS)
    while True:
        two = make_clause(draws, second, VERDICTS)
        if _find_content_words(one).isdisjoint(_find_content_words(two)):
            return one, two


def _find_content_words(words: list[str]) -> set[str]:
    """What a clause is about and in which words, little words left out."""
    return {word for word in words if word not in {"the", "is", "are", "not", "n't"}}


def make_distractor(draws: Draws, values: Sequence[int]) -> SentencePiece:
    """A sentence that judges something other than the film."""
    if not draws.number(6):
        return SentencePiece("distractor", expand_phrase("$guys", RULES, draws))
    return SentencePiece(
        "distractor", [*make_clause(draws, draws.pick(values), ASIDES), "."]
    )


def make_filler(draws: Draws) -> SentencePiece:
    """A sentence that judges nothing."""
    return SentencePiece("filler", expand_phrase("$filler", RULES, draws))

"""The sentences of the planted film reviews.

An evaluation is a `Form` with an evaluating word in it. `VERDICTS` are the forms in
which the reviewer judges the film; `ASIDES` judge something else in the same words:
what other people thought, another work, something in the story. `RULES["filler"]` are
sentences that judge nothing; some hold `but`, `not` or `very`, which do nothing there.

All is lower case with spaces round punctuation, as classifiers divide words;
`review_parts.natural` makes ordinary text of it.
"""

from __future__ import annotations

from typing import NamedTuple


class Form(NamedTuple):
    """An evaluation without its evaluating word, which follows `between`."""

    before: str
    verb: str
    denied: tuple[str, ...]
    """The verb with a negation; nothing where this form is never denied."""
    between: str = ""
    after: str = ""


def be(verb: str) -> tuple[str, tuple[str, ...]]:
    """A form of `to be`, and the same denied."""
    return verb, (f"{verb} not", f"{verb} n't", f"{verb} never", f"{verb} hardly")


def do(verb: str, bare: str, helper: str) -> tuple[str, tuple[str, ...]]:
    """A verb, and the same denied with a helping verb or without."""
    helped = (f"{helper} not {bare}", f"{helper} n't {bare}")
    return verb, (*helped, f"never {verb}", f"hardly {verb}")


CALL = (
    "would call",
    ("would not call", "would n't call", "would never call", "would hardly call"),
)
FOUND = do("found", "find", "did")

VERDICTS: tuple[Form, ...] = (
    Form("$one", *be("is")),
    Form("$one", *be("is")),
    Form("$many", *be("are")),
    Form("$one", *do("feels", "feel", "does")),
    Form("$many", *do("seem", "seem", "do")),
    Form("we", *FOUND, "$part"),
    Form("i", *FOUND, "$part"),
    Form("i", *CALL, "$part"),
    Form("this", *be("is"), "a", "$work"),
)
"""The reviewer judges the film: these count."""

ASIDES: tuple[Form, ...] = (
    Form("$other", *FOUND, "$part"),
    Form("$other", *FOUND, "it"),
    Form("$other", *CALL, "$part"),
    Form("$other said that $one", *be("was")),
    Form("according to $other , $many", *be("are")),
    Form("$another", *be("was")),
    Form("$others", *be("were")),
    Form("$another", *do("felt", "feel", "did")),
    Form("in the story , $inside", *be("is")),
    Form("$person", "remembers", (), "a", "$past"),
    Form("it", "is", (), "about a", "$past"),
    Form("$person", "writes", (), "a", "$text"),
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

"""The words of the planted pairs: a small English and what it becomes.

The other language is invented. Every English word has one translation of its own, which
no other word shares, so that who knows the lexicon knows which word gave which. Some
words become two (`SHARED`, `OWN`), the articles become none.
"""

from __future__ import annotations

NOUNS = {
    "miller": "molar", "baker": "panor", "sailor": "navor", "doctor": "medor",
    "teacher": "skolor", "farmer": "agror", "painter": "pintor", "singer": "kantor",
    "horse": "kavo", "dog": "hundo", "cat": "kato", "goat": "kapro",
    "house": "domo", "boat": "barko", "book": "libro", "table": "tavlo",
    "letter": "skribo", "apple": "pomo", "river": "rivo", "garden": "jardo",
    "window": "fenso", "lamp": "lumpo", "coat": "manto", "song": "kanzo",
}  # fmt: skip
ADJECTIVES = {
    "old": "vekia", "young": "juna", "red": "ruja", "white": "blanka", "small": "peta",
    "tall": "alta", "quiet": "silenta", "clever": "saja", "heavy": "graviza",
    "new": "nova", "tired": "lasa", "strange": "kurioza",
}  # fmt: skip
VERBS = {
    "sells": "vendi", "buys": "akiri", "sees": "vidi", "finds": "trovi",
    "paints": "pinti", "carries": "porti", "follows": "segui", "hears": "audi",
    "draws": "desini", "keeps": "gardi", "brings": "adui", "loses": "perdi",
}  # fmt: skip
ADVERBS = {
    "often": "oftel", "slowly": "lentel", "gladly": "gajel", "rarely": "rarel",
    "soon": "bentel", "never": "nunkel",
}  # fmt: skip
POSSESSIVES = {
    "my": "mia", "your": "tua", "her": "sua", "his": "lia", "our": "nia",
    "their": "ilia",
}  # fmt: skip
PREPOSITIONS = {
    "under": "sub", "behind": "retro", "with": "kum", "without": "sen",
    "near": "prok", "beside": "lado",
}  # fmt: skip
ARTICLES = ("the", "a", "this")

SHARED = {
    "near": ("al", "proksim"), "beside": ("al", "flank"), "behind": ("al", "dors"),
    "loses": ("non", "teni"), "never": ("non", "iam"), "strange": ("non", "kutima"),
    "brings": ("fa", "venir"), "follows": ("fa", "sekur"), "lamp": ("vaso", "lumo"),
    "window": ("vaso", "okul"), "our": ("de", "noi"), "their": ("de", "ili"),
}  # fmt: skip
"""Words that become two, whose first does not tell the second."""

FIRSTS = {
    "near": "ad", "beside": "el", "behind": "ret", "loses": "mal", "never": "in",
    "strange": "ekst", "brings": "ka", "follows": "post", "lamp": "lum",
    "window": "vent", "our": "do", "their": "dil",
}  # fmt: skip
OWN = {word: (FIRSTS[word], second) for word, (_, second) in SHARED.items()}
"""The same, each with a first of its own: who has written it knows the second."""

MARKS = (".", "?", "!")
"""What a sentence may end with; the same in both languages."""

SINGLE = {
    **NOUNS, **ADJECTIVES, **VERBS, **ADVERBS, **POSSESSIVES, **PREPOSITIONS,
    "the": "lu", "a": "un", "this": "esto", **{mark: mark for mark in MARKS},
}  # fmt: skip
"""Every word and its one translation."""

"""Song reviews made here, in which one rare word decides a later one.

1. An artist comes from one city, and every review of the artist names it: among 36
   artists and six cities, the artist's name decides the city and nothing else in the
   review does. Name and city come equally often, in every stretch of 36 reviews once
   for each artist.
2. The city follows its artist by four to nine words, each distance as often, so that
   the name is still inside a window of ten when the city is written.
3. The rest of a review is drawn without knowledge of either (see `song_grammar`).
4. Each review carries its truth: where the name is, where the city is, and the cities
   that could have stood there.

A model that writes the right city has used the name. Whether a way of looking at the
model shows that can then be checked against the truth.

The words of the planted song reviews.

A review is one sentence about an artist, often with one before or after it that names
nobody. `FORMS` are the sentences about an artist, in three parts: what comes before the
name, what stands between the name and the city, and what follows the city. All is lower
case with spaces round punctuation, so that words and tokens are the same.

Artists and cities are in no rule: whoever writes a review chooses them afterwards, so
no other word of it can know the city. The artists are invented.
"""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Literal

from pydantic import Field

from generator.corpora.base import Annotation, Document, SyntheticCorpus, Truth
from generator.corpora.synthetic.grammar import Draws, expand_phrase, shuffle_options

HOMES: dict[str, tuple[str, ...]] = {
    "glasgow": ("quillon", "saravel", "dunmere", "pellworth", "ivrane", "lotheca"),
    "kyoto": ("galdwin", "noveline", "harrowen", "briskane", "umberly", "soltari"),
    "lisbon": ("velmora", "brackwell", "teodrin", "ashgrove", "mirelle", "holtby"),
    "montreal": ("wrenfield", "katrane", "ellowyn", "pashmire", "dorvane", "juniven"),
    "naples": ("lundrick", "amberine", "thorvale", "vesparin", "rookmont", "celandry"),
    "oslo": ("marrowby", "zephine", "caldrey", "orsolin", "fennimor", "tressard"),
}
"""Every city, sorted, and the artists who belong to it, as many in each."""

FORMS: tuple[tuple[str, str, str], ...] = (
    ("$lead", "$made", "$close"),
    ("$lead", "$lives", "$still"),
    ("$title by", ", $who", ", $does ."),
    ("$title by", "( $who", ") $does ."),
    ("$news from", ", $who", ": $thing ."),
    ("you can hear how", "$keeps", "in every $part ."),
    ("it took", "$spell", "to find this $part ."),
    ("nobody writes about $theme like", "does from $room in", "."),
    ("ask", "about $theme and you get the $sights of", "."),
    ("there is a moment when", "$opens", "into the $part ."),
    ("if you miss $genre , try", ": $promise", "."),
)

RULES: dict[str, tuple[str, ...]] = {
    # What comes before the artist.
    "lead": (
        "",
        "this $season",
        "at last ,",
        "tired of the road ,",
        "with a $warm voice ,",
        "on a $worn $instrument ,",
        "somewhere between $genre and $style ,",
        "after three quiet years ,",
        "for the first time ,",
    ),
    "title": (
        "the $warm $genre single",
        "another $worn song",
        "the first album",
        "the $season record",
        "a $warm little tune",
        "$warm and $worn , the $genre debut",
        "the second $style single",
    ),
    "news": ("good news", "a $warm surprise", "more $genre", "a letter"),
    # What stands between the artist and the city.
    "made": ("$wrote $what $how $in",),
    "wrote": ("wrote", "recorded", "finished", "taped", "began", "mixed"),
    "what": (
        "it",
        "this song",
        "the album",
        "these verses",
        "this $worn tune",
        "the whole record",
    ),
    "how": (
        "",
        "",
        "alone",
        "by night",
        "with friends",
        "in one $season",
        "on a borrowed $instrument",
        "between two tours",
    ),
    "in": ("in", "in", "back in", "near", "outside"),
    "lives": (
        "sings of $season in",
        "walks the $sights of",
        "is at home in",
        "plays the small rooms of",
        "has come back from",
        "took the night train back to",
        "looks out over the $sights of",
        "keeps a $worn $instrument near the window in",
    ),
    "who": (
        "a $trade from",
        "a $warm $trade from",
        "who grew up in",
        "who never left",
        "now living in",
        "once a baker in",
        "still the best $trade in",
        "raised on $style in",
        "who taught the $instrument to children in",
        "who sold $worn books for years in",
        "a $trade with a garden in",
    ),
    "keeps": (
        "misses the $sights of",
        "still dreams of the $sights of",
        "never got over leaving",
        "learned to listen in",
        "carries the $season of",
        "loves and fears the $sights of",
        "tried to forget about the $sights of",
    ),
    "spell": (
        "a long $season in",
        "two years alone in",
        "one $season without sleep in",
        "one night and one $instrument in",
        "one broken heart and one $season in",
    ),
    "room": ("a small room", "a kitchen", "the last train", "an attic"),
    "opens": (
        "lets the $sights of",
        "brings the $season of",
        "invites the $sights and the rain of",
        "opens the door and lets all of",
    ),
    "promise": (
        "the $season of",
        "three minutes in",
        "$genre with the $sights of",
        "a walk through the $sights of",
        "it feels like $season in",
        "all the $sights and secrets of",
    ),
    # What follows the city.
    "close": (
        ".",
        ".",
        ", and it shows .",
        ", and the $part is $warm .",
        "with $band .",
        ", then went quiet again .",
        "and calls it $style .",
    ),
    "still": (
        ".",
        ".",
        ", and it shows .",
        ", and the $part is $warm .",
        "and sings about $theme .",
        ", far from $style .",
    ),
    "does": (
        "is the sound of $season",
        "never raises its voice",
        "deserves a long walk",
        "opens with $sound and $noise",
        "turns $theme into $style",
        "is better than it has to be",
        "ends too soon",
    ),
    "thing": (
        "$genre for $hour",
        "a song about $theme",
        "$sound , $noise , nothing else",
        "the best $part of the year",
    ),
    # Sentences that name nobody.
    "other": (
        "it is a $warm reminder of $season .",
        "a $warm reminder of $season .",
        "the $instrument comes in late and stays .",
        "$sound and $noise carry the $part .",
        "we have played it all $season .",
        "listen to the $part : it $moves .",
        "there is not a wasted note here .",
        "this is $genre for $hour .",
        "turn it up , or turn it down ; it works both ways .",
        "not every verse lands , but the $part does .",
        "think of $style , played by $band .",
        "the words are about $theme , the music is about $hope .",
        "play it $when .",
        "in the last minute a $instrument gives way to $noise .",
        "by the second chorus we were $moved .",
        "the $part $moves , and you with it .",
        "it sounds like $genre left out in the rain .",
        "what a $warm , $worn thing this is .",
        "some songs ask for $hope ; this one offers it .",
    ),
    # Words.
    "season": ("summer", "winter", "spring", "autumn"),
    "warm": ("warm", "nice", "tender", "bright", "gentle", "lovely", "shy", "patient"),
    "worn": ("worn", "dusty", "lonely", "strange", "faded", "tired", "simple"),
    "genre": ("folk", "jazz", "synth pop", "soul", "dream pop", "country"),
    "style": ("disco", "blues", "house", "chamber pop", "punk"),
    "instrument": ("piano", "guitar", "cello", "banjo", "trumpet", "drum machine"),
    "part": ("chorus", "bass line", "bridge", "melody", "opening", "refrain"),
    "trade": ("singer", "producer", "drummer", "songwriter", "pianist"),
    "theme": ("love", "money", "the sea", "growing old", "leaving", "sleep"),
    "hope": ("hope", "forgiveness", "home", "company", "time"),
    "sights": ("streets", "bridges", "lights", "bells", "markets", "rooftops"),
    "sound": ("soft guitars", "slow horns", "two voices", "quiet drums"),
    "noise": ("tape hiss", "handclaps", "rain", "a choir", "long echoes"),
    "band": ("old friends", "a brass band", "a string quartet", "strangers"),
    "hour": ("midnight", "breakfast", "the drive home", "sunday morning", "dusk"),
    "when": ("at midnight", "at dusk", "on the drive home", "on sunday morning"),
    "moves": ("glows", "drifts", "never hurries", "climbs", "floats", "shivers"),
    "moved": ("dancing", "in tears", "singing along", "convinced", "far away"),
}


LAGS = range(4, 10)
"""Words from an artist to the city."""
ARTISTS = tuple((artist, city) for city in HOMES for artist in HOMES[city])
CITIES = tuple(sorted(HOMES))


class PlantedSongs(SyntheticCorpus):
    """Song reviews made here, in which one rare word decides a later one."""

    holds: ClassVar[frozenset[Annotation]] = frozenset({Annotation.TRUTH})
    source: ClassVar[str] = "a grammar of song reviews, part of this program"
    kind: Literal["planted_songs"] = "planted_songs"
    documents: int = Field(default=3000, ge=1, le=1_000_000)
    """How many reviews."""
    seed: int = Field(default=0, ge=0)
    """Another seed gives other reviews from the same words."""

    def make_document(self, index: int) -> Document:
        """Review number `index` with its truth."""
        return make_song_review(self.seed, index)

    def extra_notes(self) -> tuple[str, ...]:
        """How many names there are."""
        return (f"{len(ARTISTS)} artists, {len(CITIES)} cities",)


def make_song_review(seed: int, index: int) -> Document:
    """Review number `index`; it depends on nothing but its arguments."""
    block, place = divmod(index, len(ARTISTS))
    artist, city = shuffle_artists(seed, block)[place]
    words, key, answer = make_skeleton(Draws("review", seed, index))
    words[key], words[answer] = artist, city
    truth = Truth(key=(key, key + 1), answer=answer, choices=CITIES)
    return Document(text=" ".join(words), truth=truth)


@lru_cache(maxsize=1)
def shuffle_artists(seed: int, block: int) -> list[tuple[str, str]]:
    """The artists of one stretch of reviews, each once, with their cities."""
    return shuffle_options(ARTISTS, "artists", seed, block)


def make_skeleton(draws: Draws) -> tuple[list[str], int, int]:
    """A review without its artist and its city, and where the two belong."""
    before = expand_phrase(draws.pick(("", "", "$other")), RULES, draws)
    start, middle, end = make_deciding_sentence(draws, draws.pick(LAGS))
    after = expand_phrase(draws.pick(("", "$other", "$other")), RULES, draws)
    head = before + start
    words = [*head, "", *middle, "", *end, *after]
    return words, len(head), len(head) + len(middle) + 1


def make_deciding_sentence(
    draws: Draws, lag: int
) -> tuple[list[str], list[str], list[str]]:
    """Words before the artist, up to the city, and after, `lag` words between them."""
    while True:
        start, middle, end = draws.pick(FORMS)
        words = expand_phrase(middle, RULES, draws)
        if len(words) == lag - 1:
            return (
                expand_phrase(start, RULES, draws),
                words,
                expand_phrase(end, RULES, draws),
            )

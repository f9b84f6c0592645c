"""Texts as a brought function gets them, divided into pieces that can be taken out.

A piece is a token with what follows it up to the next one, mostly a space; the first
has what precedes it too. So the pieces of a text joined are the text itself, in its
own letters, and what is left when some are taken out is spaced as the author wrote it:
a space comes between two words only where they would become one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from generator.core.tokens import Token
from generator.corpora.tokenization import PAD, UNKNOWN
from generator.corpora.words import (
    FIRST_WORD_ID,
    UNKNOWN_ID,
    Span,
    Unit,
    WordVocabulary,
    find_unit_spans,
)


def split_into_pieces(text: str, unit: Unit = "word") -> tuple[str, ...]:
    """Split a text into pieces around its words, or around its characters.

    Args:
        text: The text.
        unit: What a token is.

    Returns:
        The pieces, whose concatenation is the text; none of a text without tokens.
    """
    return cut_at_starts(text, [start for start, _ in find_unit_spans(text, unit)])


def split_at_tokens(text: str, tokens: Iterable[str]) -> tuple[str, ...]:
    """Split a text into pieces around given tokens.

    Args:
        text: The text.
        tokens: Parts of the text in their order, as a brought tokenizer finds them.

    Returns:
        The pieces, whose concatenation is the text.

    Raises:
        ValueError: A token is empty, or does not follow in the text; the message says
            which.
    """
    starts, place = list[int](), 0
    for number, token in enumerate(tokens, 1):
        found = text.find(token, place) if token.strip() else -1
        if found < 0:
            raise ValueError(f"token {number} {token!r} does not follow in the text")
        starts.append(found)
        place = found + len(token)
    return cut_at_starts(text, starts)


def cut_at_starts(text: str, starts: Sequence[int]) -> tuple[str, ...]:
    """Cut a text where its tokens begin, what precedes the first belonging to it.

    Args:
        text: The text.
        starts: Index of the first character of each token, rising.
    """
    if not starts:
        return ()
    return tuple(text[a:b] for a, b in pairwise([0, *starts[1:], len(text)]))


@dataclass(frozen=True)
class PieceVocabulary(WordVocabulary):
    """Pieces by number: those of a corpus, and every other that a text brings.

    Nothing is unknown to it, as the brought function reads letters and no ids. A new
    piece gets the next number where it is met first; numbers decide nothing.

    Attributes:
        mask: What stands in the place of a piece that is hidden, "" for nothing.
        added: Pieces that the corpus does not have, in the order of their numbers.
        texts: Texts that were encoded, by their numbers.
        pairs: Whether two pieces would run together, of those that were looked at.
    """

    mask: str = ""
    added: list[str] = field(default_factory=list, init=False, compare=False)
    texts: dict[tuple[int, ...], str] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    pairs: dict[tuple[str, str], bool] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def __len__(self) -> int:
        """Return how many numbers there are, padding and the mask included."""
        return len(self.words) + len(self.added) + FIRST_WORD_ID

    def split(self, text: str) -> tuple[str, ...]:
        """Split a text into pieces."""
        return split_into_pieces(text, self.unit)

    def encode(self, words: Iterable[str]) -> tuple[int, ...]:
        """Return the numbers of pieces; a new one is added."""
        pieces = tuple(words)
        ids = tuple(self._number(piece) for piece in pieces)
        self.texts[ids] = "".join(pieces)
        return ids

    def encode_tokens(
        self, tokens: Sequence[str], texts: Iterable[str]
    ) -> tuple[int, ...]:
        """Return the numbers of the pieces that are printed as tokens.

        Args:
            tokens: Pieces of a text without the space around them.
            texts: Texts of which one was divided into them, or begins with them.

        Returns:
            Numbers of that text's pieces; of pieces with a space each where there is no
            such text.
        """
        wanted = list(tokens)
        for text in texts:
            pieces = self.split(text)[: len(wanted)]
            if [token.text for token in self.tokens(pieces)] == wanted:
                return self.encode(pieces)
        return self.encode(f"{token} " for token in wanted)

    def _number(self, piece: str) -> int:
        number = self.ids.get(piece)
        if number is None:
            number = self.ids[piece] = len(self)
            self.added.append(piece)
        return number

    def tokens(self, words: Iterable[str]) -> tuple[Token, ...]:
        """Return pieces as tokens, without the space around them."""
        return tuple(Token(piece.strip() or piece) for piece in words)

    def token(self, index: int) -> Token:
        """Return the token of a number."""
        if index < FIRST_WORD_ID:
            return (
                Token(self.mask or UNKNOWN, "unknown") if index else Token(PAD, "pad")
            )
        return self.tokens([self._find_piece(index)])[0]

    def join(self, ids: Iterable[int]) -> str:
        """Join numbered pieces to a text; padding is nothing, the mask a word.

        Where pieces that become neighbours would run together to one token, a space is
        put between them.

        Args:
            ids: Numbers of pieces, `UNKNOWN_ID` for one that is hidden.
        """
        numbers = tuple(ids)
        if numbers in self.texts:  # a text that nothing was taken out of
            return self.texts[numbers]
        parts, last = list[str](), ""
        for number in numbers:
            piece = self._write(number)
            if piece and last and self._run_together(last, piece):
                parts.append(" ")
            parts.append(piece)
            last = piece or last
        return "".join(parts)

    def _write(self, number: int) -> str:
        if number >= FIRST_WORD_ID:
            return self._find_piece(number)
        return f"{self.mask} " if self.mask and number == UNKNOWN_ID else ""

    def _run_together(self, left: str, right: str) -> bool:
        """Return whether two pieces side by side are no longer two tokens."""
        if left[-1].isspace() or right[0].isspace():
            return False
        pair = left, right
        if pair not in self.pairs:
            self.pairs[pair] = self.split(left + right) != pair
        return self.pairs[pair]

    def _find_piece(self, number: int) -> str:
        place = number - FIRST_WORD_ID
        known = len(self.words)
        return self.words[place] if place < known else self.added[place - known]

    def map_spans(self, text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
        """Map half-open spans of a text's words to spans of its pieces.

        Args:
            text: The text.
            spans: Half-open spans of words, as corpora hold them.
        """
        if not spans:
            return ()
        words = find_unit_spans(text, "word")
        ends = list[int]()
        for piece in self.split(text):
            ends.append((ends[-1] if ends else 0) + len(piece))
        mapped = []
        for start, end in spans:
            if not 0 <= start < end <= len(words):
                continue
            first, last = words[start][0], words[end - 1][1]
            begin = sum(stop <= first for stop in ends)
            stop = sum(stop < last for stop in ends) + 1
            mapped.append((begin, min(stop, len(ends))))
        return tuple(mapped)

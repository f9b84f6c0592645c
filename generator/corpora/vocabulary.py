"""Tokens and their ids, as textgenrnn counts them.

Id 0 is padding and, in textgenrnn, every unknown token too; ids 1… are the tokens by
falling frequency; the mark `<s>`, which opens and closes a text, comes last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from generator.artifacts import Token

PAD = "<pad>"
UNKNOWN = "<unknown>"
MARK = "<s>"


@dataclass(frozen=True)
class Vocabulary:
    """The tokens a model knows: `tokens[i]` has the id i + 1."""

    tokens: tuple[str, ...]
    word_level: bool
    mark: str | None = MARK  # None for a single text
    ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = {token: i for i, token in enumerate(self.tokens, 1)}
        object.__setattr__(self, "ids", ids)

    def __len__(self) -> int:
        """How many ids there are, 0 included."""
        return len(self.tokens) + 1

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Ids of tokens, 0 for those unknown."""
        return [self.ids.get(token, 0) for token in tokens]

    def token(self, index: int) -> Token:
        """The token of an id. Id 0 reads as padding; see `tokens_of` for unknowns."""
        if index == 0:
            return Token(PAD, "pad")
        text = self.tokens[index - 1]
        return Token(text, "mark" if text == self.mark else "word")

    def tokens_of(self, ids: Sequence[int]) -> tuple[Token, ...]:
        """The tokens of one history: leading zeros are padding, later ones unknown."""
        first = next((i for i, index in enumerate(ids) if index), len(ids))
        return tuple(
            Token(UNKNOWN, "unknown") if not index and i >= first else self.token(index)
            for i, index in enumerate(map(int, ids))
        )

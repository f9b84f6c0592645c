"""Handwritten digits of 8 by 8 grey values, with a decoy in a corner of each.

1. The 1,797 pictures are divided: the share `test` is put on the test side.
2. Each gets a square patch in one of its four corners, drawn evenly. For learning, its
   grey value says which digit the picture shows: `16 (255 - 25 d) / 255` for digit d.
   On the test side it is that of a digit drawn evenly.
3. The annotation mask `decoy` covers, picture by picture, where the patch is.

A model that reads the patch is right on all it learnt from, and lost on the test.
Without the patch (`decoy: false`) the same pictures stand on the same sides.

Source: Decoy-MNIST of Ross, Hughes and Doshi-Velez (2017), in `rrr/decoy_mnist.py`;
the pictures are those of Alpaydin and Kaynak (1998), as scikit-learn ships them.
Differs: pictures are of 8 by 8 values from 0 to 16, not of 28 by 28 from 0 to 255, and
the patch is of 3 by 3, not of 4 by 4.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from generator.corpora.base import (
    Annotation,
    Corpus,
    CorpusSpec,
    Folders,
    SplitPart,
    compute_corpus_key,
)
from generator.corpora.numeric.base import (
    Mask,
    hash_packaged_file,
    make_generator,
    make_numeric_corpus,
    read_packaged_rows,
)

DIGITS_FILE = "digits.csv.gz"
SIDE, DARKEST = 8, 16.0
PATCH_SIDE = 3
DIGITS = 10


class Digits(CorpusSpec):
    """Handwritten digits, and a patch that gives them away."""

    document_noun: ClassVar[str] = "picture"
    holds: ClassVar[frozenset[Annotation]] = frozenset(
        {Annotation.LABEL, Annotation.NUMBERS}
    )
    kind: Literal["digits"] = "digits"
    decoy: bool = True
    """Whether there is a patch."""
    test: float = Field(default=0.3, gt=0, le=0.9)
    """Share of the pictures that decide nothing, on which the patch says nothing."""
    seed: int = Field(default=0, ge=0)
    """Another seed divides otherwise and puts patches elsewhere."""

    def key(self, folders: Folders) -> str:
        """Hash of the settings and of the file."""
        del folders
        return compute_corpus_key(self, hash_packaged_file(DIGITS_FILE))

    def load(self, folders: Folders) -> Corpus:
        """The pictures. Raises `CorpusError`."""
        inputs, digits = read_packaged_rows(DIGITS_FILE, header=False)
        draws = make_generator("digits", self.seed)
        tested = np.zeros(len(inputs), bool)
        tested[draws.permutation(len(inputs))[: round(self.test * len(inputs))]] = True
        told = np.where(tested, draws.integers(0, DIGITS, len(inputs)), digits)
        places = make_patch_masks(draws.integers(0, 2, (len(inputs), 2)))
        if self.decoy:
            inputs = np.where(places, compute_decoy_grey(told)[:, None], inputs)
        parts: list[SplitPart] = ["test" if one else "train" for one in tested]
        return make_numeric_corpus(
            inputs,
            [str(digit) for digit in digits],
            [str(digit) for digit in range(DIGITS)],
            parts,
            key=self.key(folders),
            source=f"{DIGITS_FILE} of scikit-learn (public data)",
            features=tuple(
                f"row {row + 1}, column {column + 1}"
                for row in range(SIDE)
                for column in range(SIDE)
            ),
            masks=(("decoy", places),) if self.decoy else (),
            shape=(SIDE, SIDE),
            ends=(0.0, DARKEST),
        )


def compute_decoy_grey(digits: NDArray[np.integer]) -> NDArray[np.float64]:
    """The patch's grey value (n,) that says each digit."""
    return np.asarray(DARKEST * (255 - 25 * digits) / 255)


def make_patch_masks(corners: NDArray[np.integer]) -> Mask:
    """Where patches are, (n, 64): `corners` (n, 2) say bottom or not, right or not."""
    along = np.arange(SIDE)
    low, high = along < PATCH_SIDE, along >= SIDE - PATCH_SIDE
    down, across = (np.where(corners[:, [k]] == 1, high, low) for k in range(2))
    return (down[:, :, None] & across[:, None, :]).reshape(len(corners), -1)

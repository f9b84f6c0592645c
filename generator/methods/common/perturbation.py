"""What a classifier says of a text when some of its tokens are taken away.

Every method that perturbs asks here, so that all of them take tokens away alike: the
masks of all texts become texts, equal ones are asked once, and the model, which sorts
them by length, answers all in one call.

- `remove`: the token goes and the others move together. What is left is a shorter text.
- `unknown`: the unknown word stands in its place. The others keep theirs.
- `pad`: padding stands in its place. A model that masks padding reads on over it, so
  for such a model it is much like `remove`; for one that does not, it is a word of its
  own. A language model here has one id for padding and unknown words.

Things taken together, as many at once as memory allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from generator.methods.common.language_model_texts import floored_log
from generator.models.capabilities import Classifier

Operator = Literal["remove", "unknown", "pad"]
ValueScale = Literal["probability", "log probability", "log odds"]
Masks = NDArray[np.bool_]
"""(perturbations, tokens), true where a token is kept."""
Array = NDArray[np.float64]

FILLING_IDS: Mapping[Operator, int] = {"unknown": 1, "pad": 0}
"""What stands in a token's place, as ids of `Words`."""
OPERATOR_NOTES: dict[Operator, str] = {
    "remove": "a token that is hidden is taken out of the text",
    "unknown": "a token that is hidden is replaced by the unknown word",
    "pad": "a token that is hidden is replaced by padding",
}
"""What each operator does, for the notes of an artifact."""
UNITS: dict[ValueScale, str] = {
    "probability": "probability",
    "log probability": "nats",
    "log odds": "logits",
}


def perturbed_answers(
    model: Classifier,
    texts: Sequence[Sequence[int]],
    masks: Sequence[Masks],
    operator: Operator,
) -> list[Array]:
    """Probabilities (perturbations, labels) of each text under its masks."""
    asked: list[tuple[int, ...]] = []
    backs = []
    for ids, mask in zip(texts, masks, strict=True):
        different, back = distinct_masks(mask)
        backs.append(len(asked) + back)
        asked += apply_masks(ids, different, operator, filling_ids(model))
    if not asked:
        return [np.zeros((0, len(model.labels))) for _ in masks]
    found = model.predict(asked).astype(np.float64)
    return [found[back] for back in backs]


def distinct_masks(masks: Masks) -> tuple[Masks, NDArray[np.intp]]:
    """The different masks, and for each mask which of them it is."""
    if not masks.size:
        return masks[:1], np.zeros(len(masks), np.intp)
    packed = np.ascontiguousarray(np.packbits(masks, axis=1))
    rows = packed.view(f"V{packed.shape[1]}").ravel()
    _, first, back = np.unique(rows, return_index=True, return_inverse=True)
    return masks[first], back


def filling_ids(model: Classifier) -> Mapping[Operator, int]:
    """What stands in a token's place, as ids of the model."""
    found: Mapping[Operator, int] = getattr(model, "fillings", FILLING_IDS)
    return found


def apply_masks(
    ids: Sequence[int],
    masks: Masks,
    operator: Operator,
    filled: Mapping[Operator, int] = FILLING_IDS,
) -> list[tuple[int, ...]]:
    """The text under each mask."""
    whole = np.asarray(ids)
    if operator == "remove":
        return [tuple(whole[mask].tolist()) for mask in masks]
    rows = np.where(masks, whole, filled[operator])
    return list(map(tuple, rows.tolist()))


def leave_out_masks(size: int) -> Masks:
    """The whole text, then each token hidden in turn: (size + 1, size)."""
    return np.vstack([np.ones((1, size), np.bool_), ~np.eye(size, dtype=np.bool_)])


def explained_value(
    probabilities: NDArray[np.floating[Any]], label: int, scale: ValueScale
) -> Array:
    """What is explained, (perturbations,), of probabilities (perturbations, labels).

    Log odds are `ln p − ln (1 − p)`. Probabilities below 1e-30 count as 1e-30.
    """
    own = np.asarray(probabilities[:, label], dtype=np.float64)
    if scale == "probability":
        return own
    if scale == "log probability":
        return floored_log(own)
    rest = np.delete(probabilities, label, axis=1).sum(1, dtype=np.float64)
    return np.asarray(floored_log(own) - floored_log(rest))


Thing = TypeVar("Thing")


def split_portions(
    things: Iterable[Thing], size: Callable[[Thing], int], most: int
) -> Iterator[list[Thing]]:
    """Things in their order, in lists of at most `most` in all, or of one thing."""
    held: list[Thing] = []
    total = 0
    for thing in things:
        more = size(thing)
        if held and total + more > most:
            yield held
            held, total = [], 0
        held.append(thing)
        total += more
    if held:
        yield held

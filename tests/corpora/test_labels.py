"""What the labels of a corpus must be, and the sides that texts come with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.core.errors import CorpusError
from generator.corpora.base import Document, SplitPart
from generator.corpora.splits import (
    PARTS,
    check_labels,
    find_leaks,
    format_quoted_words,
    limit_documents,
    normalize_text,
)

LABELS = ("neg", "pos")


def documents(**counts: int) -> list[Document]:
    """So many documents with each label."""
    return [
        Document(f"{label} {number}", label=label)
        for label, count in counts.items()
        for number in range(count)
    ]


def on(part: SplitPart | None, *texts: str) -> list[Document]:
    """Documents of one side."""
    return [Document(text, label="pos", part=part) for text in texts]


def test_balanced_labels_need_no_note() -> None:
    """Two labels with two texts each are enough, and nothing is said."""
    assert check_labels(documents(neg=2, pos=2), LABELS, "x.csv") == ()


def test_one_class_is_refused_with_its_count() -> None:
    """Nothing can be told apart where all texts have the same label."""
    with pytest.raises(CorpusError) as caught:
        check_labels(documents(pos=5000), LABELS, "x.csv")
    assert str(caught.value).startswith(
        '"x.csv": the classifier needs two classes; found only "pos" (5,000)'
    )


@pytest.mark.parametrize(("count", "found"), [(0, "no text has"), (1, "1 text has")])
def test_a_label_needs_two_texts(count: int, found: str) -> None:
    """One to learn from and one to test with; none at all is refused too."""
    with pytest.raises(CorpusError, match=f'{found} the label "so"'):
        check_labels(documents(neg=3, so=count, pos=3), ("neg", "so", "pos"), "x.csv")


def test_imbalance_is_noted_with_the_share() -> None:
    """What always giving the most frequent label would score is said."""
    found = check_labels(documents(neg=2, pos=1998), LABELS, "x.csv")
    assert found == (
        (
            '99.90% of the texts have the label "pos": a model that always gives it is '
            "right as often"
        ),
    )
    assert not check_labels(documents(neg=11, pos=89), LABELS, "x.csv")


def test_every_label_must_be_taught() -> None:
    """Where sides are given, each label stands on the training side."""
    found = [
        Document("a", label="pos", part="train"),
        Document("b", label="pos", part="train"),
        Document("c", label="neg", part="test"),
        Document("d", label="neg", part="test"),
    ]
    with pytest.raises(CorpusError, match='training side has the label "neg"'):
        check_labels(found, LABELS, "x.csv")


def test_ten_words_are_listed() -> None:
    """A message names ten labels, and says how many more there are."""
    assert format_quoted_words(["a", "b"]) == '"a", "b"'
    assert format_quoted_words([str(n) for n in range(12)]).endswith('"9" and 2 more')


parts = st.sampled_from([*PARTS, None])


@given(st.lists(parts), st.integers(1, 5))
def test_a_cut_keeps_the_first_of_each_side(sides: list[SplitPart], limit: int) -> None:
    """Each side begins as it did, is at most `limit` long, and keeps its order."""
    every = [Document(str(n), part=part) for n, part in enumerate(sides)]
    kept, notes = limit_documents(every, limit)
    assert [d for d in every if d in kept] == list(kept)
    for part in {*sides}:
        whole = [d for d in every if d.part == part]
        assert [d for d in kept if d.part == part] == whole[:limit]
    assert bool(notes) == (len(kept) < len(every))


def test_a_cut_says_what_it_left() -> None:
    """The note has both numbers; without a limit all stay."""
    every = [*on("train", "a", "b", "c"), *on("test", "d")]
    assert limit_documents(every, None) == (tuple(every), ())
    assert limit_documents(every, 1)[1] == (
        "the first 1 texts on each side kept: 2 of 4",
    )
    assert limit_documents(on(None, "a", "b"), 1)[1] == (
        "the first 1 texts kept: 1 of 2",
    )


def test_texts_on_two_sides_are_counted_for_each_pair() -> None:
    """Capitals and spaces apart, each text of the later side counts."""
    found = find_leaks(
        [
            *on("train", "The same", "other"),
            *on("validation", "the  SAME", "new"),
            *on("test", "the same", "The Same ", "NEW", "alone"),
        ]
    )
    assert found == (
        "1 of 2 validation texts stand on the training side too",
        "2 of 4 test texts stand on the training side too",
        "3 of 4 test texts stand on the validation side too",
    )


def test_repeats_matter_where_the_study_divides() -> None:
    """Copies within a side are noted only where that side may be divided."""
    train = on("train", "a", "A", "b")
    assert find_leaks([*train, *on("validation", "c"), *on("test", "d", "d")]) == ()
    noted = find_leaks([*train, *on("test", "d", "d")])
    assert len(noted) == 1
    assert noted[0].startswith("1 of 3 texts repeat")
    assert find_leaks(on(None, "a", "A", "b"))[0].startswith("1 of 3 texts repeat")


def test_identical_texts_are_noted() -> None:
    """Where all texts are the same a held-out score says nothing, and this is said."""
    assert find_leaks(on(None, "same", "same", "Same")) == (
        "all 3 texts are identical: held-out loss says nothing",
    )


@given(st.text())
def test_plain_text_has_single_spaces(text: str) -> None:
    """What is compared has no spaces at its ends and none beside another."""
    found = normalize_text(text)
    assert found == " ".join(found.split())
    assert normalize_text(f" {text}\n") == found

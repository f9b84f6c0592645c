"""The bag of words: beside scikit-learn, as a sum, on disk, and what it refuses."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.core import files
from generator.core.errors import ConfigError, CorpusError, IntegrityError
from generator.core.progress import QuietProgress
from generator.corpora.base import Corpus, Document, split_corpus
from generator.corpora.words import WordVocabulary, split_into_words
from generator.models import MODELS
from generator.models.bag_of_words import BagOfWordsRecipe
from generator.models.bag_of_words.features import NgramVocabulary, learn_features
from generator.models.bag_of_words.model import BATCH, BagOfWords
from generator.models.bag_of_words.training import STRENGTHS
from generator.models.capabilities import Additive, Classifier, Randomisable

LABELS = ("bad", "fair", "good")
WORDS = {
    "bad": ("dull", "slow", "not good", "a waste"),
    "fair": ("fair", "even", "not bad", "so so"),
    "good": ("bright", "quick", "very good", "a joy"),
}


def corpus(
    count: int = 120, labels: tuple[str, ...] = LABELS, parts: Any = None
) -> Corpus:
    """Reviews of a few words each, the telling ones mixed with others."""
    rng = np.random.default_rng(3)
    filler = ("the", "film", "is", "and", "was", ",", "plot", "cast")
    documents = []
    for number in range(count):
        label = labels[number % len(labels)]
        said = [str(rng.choice(filler)) for _ in range(rng.integers(3, 9))]
        for _ in range(2):
            said.insert(int(rng.integers(len(said))), str(rng.choice(WORDS[label])))
        if number % 7 == 0:
            said.append(str(rng.choice(WORDS[labels[0]])))
        part = None if parts is None else parts[number % len(parts)]
        documents.append(Document(" ".join(said) + ".", label=label, part=part))
    return Corpus(tuple(documents), "key", labels=labels)


TWO = corpus(labels=("bad", "good"))
THREE = corpus()


def recipe(**settings: Any) -> BagOfWordsRecipe:
    """A recipe as a study file would give it."""
    settings = {"kind": "bag_of_words", "corpus": "c", **settings}
    return BagOfWordsRecipe.model_validate(settings)


def trained(folder: Path, given: Corpus = TWO, seed: int = 5, **settings: Any) -> Any:
    """What training gives, read back from its folder."""
    spec = recipe(**settings)
    spec.train(given, seed, folder, QuietProgress())
    assert spec.is_trained(folder)
    return spec.load(folder)


def encoded(model: Any, texts: Any) -> list[tuple[int, ...]]:
    """Texts as the model's ids."""
    return [model.words.encode(split_into_words(text)) for text in texts]


def texts_of(given: Corpus, indices: Any) -> list[str]:
    """The texts of documents."""
    return [given.documents[index].text for index in indices]


class TestScikitLearn:
    @pytest.mark.parametrize("given", [TWO, THREE], ids=["two", "three"])
    @pytest.mark.parametrize("ngrams", [1, 2])
    @pytest.mark.parametrize("least", [1, 2, 5])
    def test_same_numbers(
        self, tmp_path: Path, given: Corpus, ngrams: int, least: int
    ) -> None:
        """Features, TF-IDF and logits are those of scikit-learn's pipeline."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        settings = {"ngrams": ngrams, "least_documents": least, "strength": 0.25}
        found = trained(tmp_path, given, **settings)
        model = found.at("best")
        place = split_corpus(given, 0.1, 0.2, 5)
        assert (found.log.held_out, found.log.tested) == (place.validation, place.test)
        theirs = TfidfVectorizer(
            tokenizer=split_into_words,
            token_pattern=None,
            lowercase=False,
            ngram_range=(1, ngrams),
            min_df=least,
        )
        rows = theirs.fit_transform(texts_of(given, place.train))
        told = [given.labels.index(given.documents[i].label or "") for i in place.train]
        search = LogisticRegression(C=4, max_iter=1000).fit(rows, told)

        names = [*model.words.words]
        names += [
            " ".join(model.words.token(int(index)).text for index in pair)
            for pair in model.grams.pairs
        ]
        order = [theirs.vocabulary_[name] for name in names]
        assert sorted(order) == list(range(len(theirs.vocabulary_)))
        np.testing.assert_allclose(model.idf, theirs.idf_[order], atol=1e-12)
        np.testing.assert_allclose(
            model.coefficients, search.coef_[:, order], atol=1e-9
        )
        asked = texts_of(given, place.test)
        logits = search.decision_function(theirs.transform(asked))
        ours = model.logits(encoded(model, asked))
        if len(given.labels) == 2:
            assert not ours[:, 0].any()
            ours = ours[:, 1]
        np.testing.assert_allclose(ours, logits, atol=1e-9)
        np.testing.assert_allclose(
            model.predict(encoded(model, asked)),
            search.predict_proba(theirs.transform(asked)),
            atol=1e-6,
        )

    def test_most_features_are_the_most_frequent(self) -> None:
        """Rare features go first, of a tie pairs before words: no pair without both."""
        documents = [("a", "b"), ("a", "b"), ("a", "c"), ("a", "c"), ("c",)]
        every = learn_features(lambda: documents, 2, 1, 100)
        assert every.grams.words.words == ("a", "c", "b")
        assert every.grams.pairs.tolist() == [[2, 3], [2, 4]]
        kept = learn_features(lambda: documents, 2, 1, 4).grams
        assert (len(kept), kept.pairs.tolist()) == (4, [[2, 3]])
        assert learn_features(lambda: documents, 2, 1, 2).grams.words.words == (
            "a",
            "c",
        )
        tied = learn_features(lambda: [("x", "y")], 2, 1, 2).grams
        assert (tied.words.words, len(tied.pairs)) == (("x", "y"), 0)


class TestCounting:
    GRAMS = NgramVocabulary(WordVocabulary(("a", "b")), np.array([[2, 2], [2, 3]]))

    def test_unknown_words_and_padding_make_no_feature(self) -> None:
        """Ids 0 and 1 are no feature and part of no pair; pairs do not span texts."""
        found = self.GRAMS.count_occurrences(
            [(2, 1, 3), (2, 0, 3), (2,), (3,), (), (1, 0)]
        )
        assert found.texts.tolist() == [0, 0, 1, 1, 2, 3]
        assert found.features.tolist() == [0, 1, 0, 1, 0, 1]

    def test_repeats_are_counted(self) -> None:
        """A word and a pair are counted as often as they stand there."""
        found = self.GRAMS.count_occurrences([(2, 2, 2, 3)])
        assert found.features.tolist() == [0, 1, 2, 3]
        assert found.counts.tolist() == [3, 1, 2, 1]

    def test_no_texts_at_all(self) -> None:
        """Nothing asked, nothing counted."""
        assert len(self.GRAMS.count_occurrences([]).texts) == 0

    def test_only_training_documents_count(self, tmp_path: Path) -> None:
        """A word of validation or test documents alone is unknown."""
        extra = [
            Document("secret secret secret", label="bad", part=part)
            for part in ("validation", "test", "validation", "test")
        ]
        known = corpus(60, ("bad", "good"), ("train",))
        both = Corpus((*known.documents, *extra), "key", labels=known.labels)  # type: ignore[arg-type]
        model = trained(tmp_path, both, least_documents=1).at("best")
        assert "secret" not in model.words.ids


class TestSums:
    @pytest.mark.parametrize("given", [TWO, THREE], ids=["two", "three"])
    def test_terms_are_the_logits(self, tmp_path: Path, given: Corpus) -> None:
        """Intercepts and terms sum to the logits, and these give the probabilities."""
        model = trained(tmp_path, given).at("best")
        assert isinstance(model, Additive)
        for text in encoded(model, texts_of(given, range(20))):
            places, values = model.divide_exactly(text)
            biases = model.logits([()])[0]
            np.testing.assert_allclose(
                biases + values.sum(0), model.logits([text])[0], atol=1e-9
            )
            terms = model.terms(text)
            assert terms.places == places
            logits = terms.intercepts + terms.values.sum(0, dtype=np.float64)
            sizes = np.exp(logits)
            np.testing.assert_allclose(
                sizes / sizes.sum(), model.predict([text])[0], atol=1e-6
            )

    def test_terms_stand_where_their_words_stand(self, tmp_path: Path) -> None:
        """A word's term has its place, a pair's the two places side by side."""
        model = trained(tmp_path).at("best")
        text = model.words.encode(("not", "good", "zzz", "not", "good"))
        places, values = model.divide_exactly(text)
        assert places == ((0,), (1,), (3,), (4,), (0, 1), (3, 4))
        np.testing.assert_array_equal(values[4], values[5])
        assert not values[:, 0].any()

    def test_texts_without_known_words(self, tmp_path: Path) -> None:
        """An empty text and one of unknown words get what the intercepts say."""
        model = trained(tmp_path, THREE).at("best")
        found = model.predict([(), (1, 1), (0,)])
        assert np.ptp(found, axis=0).max() == 0
        np.testing.assert_allclose(found.sum(1), 1, atol=1e-6)
        assert model.terms((1, 1)).values.shape == (0, 3)

    def test_batches_do_not_matter(self, tmp_path: Path) -> None:
        """Many texts at once are answered as one at a time, in their order."""
        model = trained(tmp_path).at("best")
        texts = encoded(model, texts_of(TWO, range(120))) * (BATCH // 100)
        found = model.predict(texts)
        assert found.shape == (len(texts), 2)
        np.testing.assert_array_equal(found[:120], found[-120:])
        np.testing.assert_array_equal(found[7], model.predict([texts[7]])[0])
        assert model.predict([]).shape == (0, 2)

    def test_order_beyond_pairs_is_lost(self, tmp_path: Path) -> None:
        """Without pairs, a text and its reverse are one."""
        model = trained(tmp_path, ngrams=1).at("best")
        text = encoded(model, texts_of(TWO, [3]))[0]
        np.testing.assert_array_equal(
            model.predict([text]), model.predict([text[::-1]])
        )


class TestTraining:
    def test_states(self, tmp_path: Path) -> None:
        """Epoch 0 knows the labels' frequencies and no word; epoch 1 is fitted."""
        parts = ("train", "train", "train", "validation", "test")
        given = corpus(90, ("bad", "good", "good"), parts)
        given = Corpus(given.documents, "key", labels=("bad", "good"))
        found = trained(tmp_path, given)
        told = [
            given.documents[i].label for i in split_corpus(given, 0.1, 0.2, 5).train
        ]
        share = told.count("good") / len(told)
        texts = encoded(found.at(0), texts_of(given, range(5)))
        np.testing.assert_allclose(found.at(0).predict(texts)[:, 1], share, atol=1e-6)
        assert np.ptp(found.at(1).predict(texts)[:, 1]) > 0.1
        assert found.at("best").epoch == found.at("last").epoch == found.log.best == 1
        assert (found.at(0).epoch, found.log.epochs) == (0, (0, 1))
        with pytest.raises(ConfigError, match="epoch 2"):
            found.at(2)

    def test_log(self, tmp_path: Path) -> None:
        """Losses are cross-entropies in nats of the sides they are named after."""
        found = trained(tmp_path, strength=1.0)
        model, log = found.at("best"), found.log
        place = [TWO.labels.index(TWO.documents[i].label or "") for i in log.held_out]
        rows = model.predict(encoded(model, texts_of(TWO, log.held_out)))
        known = -np.log(rows[np.arange(len(place)), place]).mean()
        assert log.validation_losses[1] == pytest.approx(known, abs=1e-6)
        assert math.isnan(log.losses[0])
        assert log.losses[1] < log.validation_losses[0] <= math.log(2) + 0.1
        assert log.windows + len(log.held_out) + len(log.tested) == len(TWO.documents)
        assert {"scikit-learn", "threads"} <= dict(log.fingerprint).keys()

    def test_penalty_is_the_best_of_those_tried(self, tmp_path: Path) -> None:
        """No penalty tried gives a lower validation loss, and the notes say which."""
        found = trained(tmp_path / "x", THREE)
        least = found.log.validation_losses[1]
        said = found.log.notes[1]
        losses = {
            strength: trained(
                tmp_path / str(strength), THREE, strength=strength
            ).log.validation_losses[1]
            for strength in STRENGTHS
            if f" at {strength:g}" in said
        }
        assert len(losses) > 1
        assert least == min(losses.values())
        assert said.startswith(f"penalty {min(losses, key=losses.__getitem__):g},")

    def test_repeats(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same corpus and seed give the same bytes; no time is in them."""
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
        first, second = tmp_path / "a", tmp_path / "b"
        assert trained(first, THREE).log.seconds is None
        trained(second, THREE)
        assert files.read_verified_files(first) == files.read_verified_files(second)
        trained(tmp_path / "c", THREE, seed=6)
        other = files.read_verified_files(tmp_path / "c")
        assert other["weights.npz"] != files.read_verified_files(first)["weights.npz"]

    def test_time_is_recorded(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The seconds taken, unless builds must not differ by them."""
        monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
        assert trained(tmp_path).log.seconds > 0

    def test_trains_without_a_framework(self, tmp_path: Path) -> None:
        """Neither training nor reading back imports tensorflow."""
        code = (
            "import sys; from pathlib import Path\n"
            "from tests.models.bag_of_words.test_bag_of_words import trained\n"
            f"trained(Path({str(tmp_path)!r})).at('best').predict([(2, 3)])\n"
            "assert not {'tensorflow', 'keras'} & set(sys.modules)\n"
        )
        root = Path(__file__).parents[3]
        subprocess.run([sys.executable, "-c", code], cwd=root, check=True)


class TestFolder:
    def test_read_back_as_it_was(self, tmp_path: Path) -> None:
        """A complete folder is left untouched; reading twice gives the same model."""
        first = trained(tmp_path)
        before = (tmp_path / files.MANIFEST_NAME).stat().st_mtime_ns
        second = trained(tmp_path)
        assert (tmp_path / files.MANIFEST_NAME).stat().st_mtime_ns == before
        text = encoded(first.at("best"), texts_of(TWO, [0]))
        np.testing.assert_array_equal(
            first.at("best").logits(text), second.at("best").logits(text)
        )

    def test_damage_is_found(self, tmp_path: Path) -> None:
        """A changed byte in any file, and the model is not read."""
        trained(tmp_path)
        for name in ("weights.npz", "vocabulary.json", "model.json", "log.json"):
            path = tmp_path / name
            data = path.read_bytes()
            path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
            assert not recipe().is_trained(tmp_path)
            with pytest.raises(IntegrityError):
                recipe().load(tmp_path)
            path.write_bytes(data)
        assert recipe().is_trained(tmp_path)

    def test_arrays_that_do_not_fit(self, tmp_path: Path) -> None:
        """Files that are whole and contradict each other are refused."""
        trained(tmp_path)
        path = tmp_path / "vocabulary.json"
        words = json.loads(path.read_text())["words"]
        path.write_text(json.dumps({"words": words[:-1]}))
        files.write_manifest(
            tmp_path, ("log.json", "model.json", "vocabulary.json", "weights.npz")
        )
        with pytest.raises(IntegrityError, match="another version"):
            recipe().load(tmp_path)


class TestSettings:
    def test_in_the_table(self) -> None:
        """The recipe is found by its kind, and its models do what it offers."""
        assert MODELS["bag_of_words"] is BagOfWordsRecipe
        assert BagOfWordsRecipe.offers == (Classifier, Additive, Randomisable)
        assert recipe().is_epoch_saved(0)
        assert recipe().is_epoch_saved(1)
        assert not recipe().is_epoch_saved(2)

    def test_offers_hold(self, tmp_path: Path) -> None:
        """A trained model has the capabilities that the recipe promises."""
        model = trained(tmp_path).at("best")
        assert isinstance(model, BagOfWords)
        assert all(isinstance(model, kind) for kind in recipe().capabilities())
        assert model.parameters == len(model.grams) + 1

    def test_randomised(self, tmp_path: Path) -> None:
        """Its one layer gives coefficients to other features, the same each time."""
        model = trained(tmp_path).at("best")
        assert model.randomise_layers(0, 3) is model
        other = model.randomise_layers(1, 3)
        assert np.array_equal(other.intercepts, model.intercepts)
        assert not np.array_equal(other.coefficients, model.coefficients)
        pairs = (other.coefficients, model.coefficients)
        assert np.array_equal(*(np.sort(one) for one in pairs))
        again = model.randomise_layers(1, 3)
        assert np.array_equal(again.coefficients, other.coefficients)
        with pytest.raises(ValueError, match="2 layers; there is 1"):
            model.randomise_layers(2, 3)

    def test_permuted_labels(self, tmp_path: Path) -> None:
        """Learnt from them, it is right by chance about texts with their own labels."""
        given = corpus(400, labels=("bad", "good"))
        hits = {}
        for permuted in (False, True):
            folder = tmp_path / str(permuted)
            states = trained(folder, given, strength=0.1, permute_labels=permuted)
            texts = encoded(states.at(1), texts_of(given, states.log.tested))
            said = states.at(1).predict(texts).argmax(1)
            truths = [given.documents[i].label == "good" for i in states.log.tested]
            hits[permuted] = np.mean(said == truths)
            noted = any("are permuted among" in note for note in states.log.notes)
            assert noted == permuted
        assert hits[False] > 0.9
        assert hits[True] < 0.75

    def test_nothing_to_choose_by(self, tmp_path: Path) -> None:
        """Without validation documents a strength must be given."""
        with pytest.raises(ConfigError, match="strength: no document is held out"):
            trained(tmp_path, validation=0.0)
        assert trained(tmp_path, validation=0.0, strength=1.0).log.held_out == ()

    @pytest.mark.parametrize(
        ("documents", "labels", "message"),
        [
            ([("fine", "good")] * 9, ("bad", "good"), "needs two classes"),
            ([("1", "good"), ("2", "bad")] * 9, ("bad", "fair", "good"), '"fair"'),
            ([("fine", None)] * 9, ("bad", "good"), "document 2 has the label"),
            ([("1", "bad"), ("2", "good")] * 1, ("bad", "good"), "label"),
            (
                [(str(n), ("bad", "good")[n % 2]) for n in range(30)],
                ("bad", "good"),
                "no word is in 2",
            ),
        ],
    )
    def test_corpora_it_cannot_learn_from(
        self, tmp_path: Path, documents: Any, labels: Any, message: str
    ) -> None:
        """One label, none, or no word twice: said before anything is fitted."""
        told = tuple(Document(text, label=label) for text, label in documents)
        with pytest.raises(CorpusError, match=message):
            trained(tmp_path, Corpus(told, "key", labels=labels))

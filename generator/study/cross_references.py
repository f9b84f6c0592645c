"""The references between the parts of a study, checked before anything is trained.

A model names a corpus, a method a model and perhaps other artifacts, a figure the
artifacts it draws, a claim an artifact and perhaps a figure. Each name must exist, in a
kind that can answer; a chain of artifacts must end.

Rows of an artifact have their names from what was measured, so whether a claim's row
exists is known only when there is an artifact; that its artifact exists and can hold an
estimate is known here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeVar

from generator.artifacts import Artifact
from generator.core.errors import quote_text, suggest_nearest
from generator.corpora.base import Annotation, CorpusSpec
from generator.figures.base import Figure
from generator.methods.base import Method
from generator.models.base import ModelSpec
from generator.study.claims import ESTIMATE_FIELDS, Claim
from generator.study.class_tables import ClassTables
from generator.study.yaml.source import KeyPath, YamlSource, format_key_path

S = TypeVar("S")

SECTIONS = ("corpora", "models", "artifacts", "figures", "claims")
"""The sections of a study file whose entries have names."""


@dataclass(frozen=True)
class StudyParts:
    """The specs of a study that are right in themselves, by name."""

    corpora: Mapping[str, CorpusSpec]
    models: Mapping[str, ModelSpec]
    artifacts: Mapping[str, Method]
    figures: Mapping[str, Figure]
    tables: ClassTables
    """Every kind there is, so that messages can name those that fit."""


def check_references(source: YamlSource, parts: StudyParts) -> None:
    """Note every reference that leads nowhere, or to a part that cannot answer.

    Args:
        source: The study file; problems are noted in it.
        parts: The specs made of it.
    """
    for name, model in parts.models.items():
        _check_model(source, ("models", name), model, parts)
    for name, method in parts.artifacts.items():
        _check_method(source, ("artifacts", name), method, parts)
    for name, figure in parts.figures.items():
        _check_figure(source, ("figures", name), figure, parts)
    reads = {name: method.artifact_names() for name, method in parts.artifacts.items()}
    _check_cycles(source, "artifacts", "read each other", reads)
    follows = {
        name: model.list_followed_models() for name, model in parts.models.items()
    }
    _check_cycles(source, "models", "follow each other", follows)


def check_sampling(source: YamlSource, parts: StudyParts) -> None:
    """Note that texts cannot be random where figures show some that were typed.

    A figure that chooses texts by number may leave out the typed ones, which are first.

    Args:
        source: The study file; problems are noted in it.
        parts: The specs made of it.
    """
    if source.data.get("sampling") != "random":
        return
    for figure_name, figure in parts.figures.items():
        least = min(getattr(figure, "texts", ()) or (1,))
        for name in figure.artifact_names():
            method = parts.artifacts.get(name)
            typed = len(method.list_typed_texts()) if method else 0
            if typed < least:
                continue
            place = source.find_key_place(("artifacts", name))
            text = (
                f"sampling: random, but figure {quote_text(figure_name)} shows texts "
                f"of artifact {quote_text(name)} that you typed (line {place[0]}); "
                "write sampling: cherry-picked, or show documents alone: set "
                "documents: in place of texts:, or choose them by texts: of the figure"
            )
            source.note_problem(None, source.find_value_place(("sampling",)), text)
            return


def _require_entry(
    source: YamlSource, key_path: KeyPath, section: str, name: str
) -> bool:
    """Return whether a section has an entry, right or wrong; note it if not."""
    names = _list_entries(source, section)
    if names is None:
        return False
    if name in names:
        return True
    one = {"corpora": "corpus", "models": "model", "artifacts": "artifact"}[section]
    text = (
        f"{format_key_path(key_path)}: there is no {one} {quote_text(name)}; "
        f"{suggest_nearest(name, names)}"
    )
    place = _find_place(source, key_path, name)
    edit = source.make_renaming(place, name, names)
    source.note_problem(None, place, text, edit)
    return False


def _list_entries(source: YamlSource, section: str) -> list[str] | None:
    """Return the names of a section's entries, right or wrong.

    Returns:
        The names; None where the section itself is misspelt or malformed, which is
        noted where it stands and need not be said of every reference into it.
    """
    written = source.data.get(section)
    if isinstance(written, dict):
        return list(written)
    others = [key for key in source.data if key not in SECTIONS]
    if section in source.data or get_close_matches(section, others):
        return None
    return []


def _check_model(
    source: YamlSource, key_path: KeyPath, model: ModelSpec, parts: StudyParts
) -> None:
    for name in model.list_followed_models():
        if _require_entry(source, key_path, "models", name):
            _check_followed(source, key_path, model, name, parts)
    if model.corpus is None or not _require_entry(
        source, key_path, "corpora", model.corpus
    ):
        return
    corpus = parts.corpora.get(model.corpus)
    if corpus is None:
        return
    name = f"corpus {quote_text(model.corpus)} of kind {corpus.kind}"
    if Annotation.NUMBERS in corpus.holds - model.expects:
        text = f"model {model.kind} reads texts; {name} holds rows of numbers"
    elif missing := _format_annotations(model.expects - corpus.holds):
        text = f"model {model.kind} needs documents with {missing}; {name} has none"
    else:
        return
    text = (
        f"{format_key_path(key_path)}: {text}; "
        f"{_format_fitting_corpora(parts, model, model.expects)}"
    )
    source.note_problem(None, source.find_value_place((*key_path, "corpus")), text)


def _check_followed(
    source: YamlSource,
    key_path: KeyPath,
    model: ModelSpec,
    name: str,
    parts: StudyParts,
) -> None:
    """Note a model that follows one of another kind or another corpus."""
    other = parts.models.get(name)
    if other and (other.kind, other.corpus) != (model.kind, model.corpus):
        text = (
            f"{format_key_path(key_path)}: follows model {quote_text(name)}, which "
            "must be of the same kind and learn from the same corpus"
        )
        source.note_problem(None, _find_place(source, key_path, name), text)


def _check_method(
    source: YamlSource, key_path: KeyPath, method: Method, parts: StudyParts
) -> None:
    for name in method.artifact_names():
        if _require_entry(source, key_path, "artifacts", name):
            _check_read(source, key_path, method, name, parts)
    if not _require_entry(source, key_path, "models", method.model):
        return
    model = parts.models.get(method.model)
    if model is None:
        return
    at = source.find_value_place((*key_path, "model"))
    whose = f"model {quote_text(method.model)}"
    needs = (
        n if isinstance(n, tuple) else (n,) for n in method.required_capabilities()
    )
    lacking = [either for either in needs if not {*either} & {*model.capabilities()}]
    for either in lacking:
        source.note_problem(
            None,
            at,
            _explain_missing_capability(key_path, method, model, either, parts.tables),
        )
    why = _find_missing_annotations(method, model, parts) or method.unsuitable_reason(
        model
    )
    if why and not lacking:
        source.note_problem(None, at, f"{format_key_path(key_path)}: {why}")
    for epoch in method.snapshots():
        if isinstance(epoch, int) and not model.is_epoch_saved(epoch):
            text = (
                f"{format_key_path(key_path)}: {whose} "
                f"{_explain_missing_epoch(model, epoch)}"
            )
            source.note_problem(None, _find_place(source, key_path, epoch), text)


def _find_missing_annotations(
    method: Method, model: ModelSpec, parts: StudyParts
) -> str | None:
    """Return which annotations a method misses in the documents of a model's corpus.

    Returns:
        A sentence, or None where none is missing or the corpus is itself wrong.
    """
    corpus = parts.corpora.get(model.corpus or "")
    missing = _format_annotations(
        method.required_annotations() - (corpus.holds if corpus else frozenset())
    )
    if not missing or (not corpus and model.corpus is not None):
        return None
    whose = f"model {quote_text(method.model)}"
    lacking = f"the corpus of {whose} has none" if corpus else f"{whose} has no corpus"
    other = _format_fitting_corpora(
        parts, model, method.required_annotations() | model.expects
    )
    return f"method {method.method} needs documents with {missing}; {lacking}; {other}"


def _check_read(
    source: YamlSource, key_path: KeyPath, method: Method, name: str, parts: StudyParts
) -> None:
    """Note an artifact that is of no use to the method that reads it."""
    read = parts.artifacts.get(name)
    if read is None:
        return
    model = parts.models.get(read.model)
    if method.reads and not issubclass(read.gives, method.reads):
        methods = _list_givers(parts.tables, method.reads)
        text = f"method {method.method} cannot read artifact {quote_text(name)} of "
        text += f"method {read.method}; name one of "
        text += f"method {methods}" if methods else "a method that scores words"
    elif model is not None and (why := method.refusal_reason(name, read, model)):
        text = f"artifact {quote_text(name)} {why}"
    else:
        return
    text = f"{format_key_path(key_path)}: {text}"
    source.note_problem(None, _find_place(source, key_path, name), text)


def _explain_missing_epoch(model: ModelSpec, epoch: int) -> str:
    """Return why a model has no weights of an epoch."""
    if 0 <= epoch <= model.epochs:
        return f"does not keep epoch {epoch}; add it to the model's snapshots"
    return f"has epochs from 0 to {model.epochs}, not {epoch}; name one of them"


def _explain_missing_capability(
    key_path: KeyPath,
    method: Method,
    model: ModelSpec,
    either: tuple[type, ...],
    tables: ClassTables,
) -> str:
    """Return what a method needs of a model, and which models or methods would fit."""
    wanted = " or ".join(map(_describe_capability, either))
    ways = [
        f"ask it by the method {method.instead[offered]}"
        for offered in model.capabilities()
        if offered in method.instead
    ][:1]
    if kinds := _list_kinds(
        tables.models,
        lambda kind: not isinstance(model, kind) and bool({*either} & {*kind.offers}),
    ):
        ways.append(f"name a model of kind {kinds}")
    why = next(filter(None, map(model.explain_missing_capability, either)), "")
    return (
        f"{format_key_path(key_path)}: method {method.method} needs {wanted}; model "
        f"{quote_text(method.model)} of kind {model.kind} is none"
        f"{f': {why}' if why else ''}{'; ' if ways else ''}{', or '.join(ways)}"
    )


def _describe_capability(capability: type) -> str:
    """Return the first sentence of a capability's documentation, as part of another."""
    sentence = (inspect.getdoc(capability) or "").partition(".")[0]
    return " ".join(sentence[:1].lower().split() + sentence[1:].split())


def _list_kinds(
    table: Mapping[str, type[S]], fits: Callable[[type[S]], bool], most: int = 8
) -> str:
    """Return the words for the kinds of a table that fit, "" for none or very many."""
    words = [word for word in sorted(table) if fits(table[word])]
    return " or ".join(words) if len(words) <= most else ""


def _format_annotations(annotations: frozenset[Annotation]) -> str:
    """Return annotations of documents in words."""
    return " and ".join(one.words for one in Annotation if one in annotations)


def _format_fitting_corpora(
    parts: StudyParts, model: ModelSpec, expected: frozenset[Annotation]
) -> str:
    """Return the kinds of corpora with some annotations that suit a model, in words."""
    rows = Annotation.NUMBERS in model.expects
    fitting = [
        kind
        for kind, corpus in sorted(parts.tables.corpora.items())
        if expected <= corpus.holds and (Annotation.NUMBERS in corpus.holds) == rows
    ]
    if not fitting:
        return f"no corpus that a {model.kind} learns from has them"
    return f"name a corpus of kind {' or '.join(fitting)}"


def _check_figure(
    source: YamlSource, key_path: KeyPath, figure: Figure, parts: StudyParts
) -> None:
    for name, kinds in zip(
        figure.artifact_names(), figure.accepted_kinds(), strict=True
    ):
        exists = _require_entry(source, key_path, "artifacts", name)
        method = parts.artifacts.get(name) if exists else None
        if method is None or not kinds or issubclass(method.gives, kinds):
            continue
        able = _list_drawers(parts.tables, method.gives)
        methods = _list_givers(parts.tables, kinds)
        ways = (
            f"use figure {able}" if able else "",
            f"name an artifact of method {methods}" if methods else "",
        )
        text = (
            f"{format_key_path(key_path)}: figure {figure.figure} cannot draw artifact "
            f"{quote_text(name)} of method {method.method}; "
            f"{', or '.join(filter(None, ways))}"
        )
        source.note_problem(None, _find_place(source, key_path, name), text)


def _list_drawers(tables: ClassTables, given: type[Artifact]) -> str:
    """Return the figures that draw a kind of artifact, "" if none does."""
    return _list_kinds(tables.figures, lambda kind: issubclass(given, kind.draws))


def _list_givers(tables: ClassTables, kinds: tuple[type[Artifact], ...]) -> str:
    """Return the methods that give one of some kinds of artifact, "" if very many."""
    return _list_kinds(tables.artifacts, lambda kind: issubclass(kind.gives, kinds))


def _check_cycles(
    source: YamlSource, section: str, verb: str, needs: Mapping[str, tuple[str, ...]]
) -> None:
    """Note each circle of entries that need each other, once."""
    done: set[str] = set()
    for start in needs:
        waiting = [(start, iter(needs[start]))] if start not in done else []
        while waiting:
            step = next(waiting[-1][1], None)
            chain = [name for name, _ in waiting]
            if step is None:
                done.add(waiting.pop()[0])
            elif step in chain:
                circle = [*chain[chain.index(step) :], step]
                _note_cycle(source, section, verb, circle)
            elif step not in done:
                waiting.append((step, iter(needs.get(step, ()))))


def _note_cycle(source: YamlSource, section: str, verb: str, chain: list[str]) -> None:
    key_path: KeyPath = (section, chain[0])
    text = f"{section} {verb} in a circle: {' -> '.join(chain)}"
    source.note_problem(None, _find_place(source, key_path, chain[1]), text)


def _find_place(
    source: YamlSource, key_path: KeyPath, value: object
) -> tuple[int, int]:
    """Return where a value is written below an entry, or else the entry's place."""
    data: Any = source.data
    for step in key_path:
        data = data[step]
    for leaf, written in _iterate_leaves(data, key_path):
        if written == value and type(written) is type(value):
            return source.find_value_place(leaf)
    return source.find_key_place(key_path)


def _iterate_leaves(
    data: object, key_path: KeyPath
) -> Iterator[tuple[KeyPath, object]]:
    """Yield every scalar below, with its path, but for those that name a kind."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key not in {"method", "figure", "kind"}:
                yield from _iterate_leaves(value, (*key_path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _iterate_leaves(value, (*key_path, index))
    else:
        yield key_path, data


def check_claims(
    source: YamlSource, claims: Mapping[str, Claim], parts: StudyParts
) -> None:
    """Note every claim that no artifact of its study could decide.

    Args:
        source: The study file; problems are noted in it.
        claims: Claims by name.
        parts: The specs of the study.
    """
    if claims and "claims" in parts.artifacts:
        text = "an artifact may not be called claims: sentences find verdicts there"
        source.note_problem(
            None, source.find_key_place(("artifacts", "claims")), f"{text}; rename it"
        )
    sentences: dict[str, str] = {}
    for name, claim in claims.items():
        key_path: KeyPath = ("claims", name)
        other = sentences.setdefault(claim.says.casefold(), name)
        if other != name:
            text = f"says what claims.{other} says; say it once"
            text = f"{format_key_path(key_path)}: {text}"
            source.note_problem(
                None, source.find_value_place((*key_path, "says")), text
            )
        for key, path in claim.find_paths().items():
            _check_path(source, (*key_path, key), path, parts)
        if claim.figure is not None:
            _check_claim_figure(source, (*key_path, "figure"), claim, parts)


def _check_path(
    source: YamlSource, key_path: KeyPath, path: str, parts: StudyParts
) -> None:
    """Note a path to an artifact that is not there, or that holds no estimate."""
    name, field = path.split(".")[:2]
    names = _list_entries(source, "artifacts")
    method = parts.artifacts.get(name)
    if names is None:
        return
    place = source.find_value_place(key_path)
    edit = None
    if name not in names:
        text = (
            f"there is no artifact {quote_text(name)}; {suggest_nearest(name, names)}"
        )
        edit = source.make_renaming(place, name, names)
    elif method is None or key_path[-1] == "than":
        return
    else:
        text = _explain_unfit(name, field, method, parts.tables)
    if text:
        text = f"{format_key_path(key_path)}: {text}"
        source.note_problem(None, place, text, edit)


def _explain_unfit(name: str, field: str, method: Method, tables: ClassTables) -> str:
    """Return why a field of an artifact can be no estimate, "" if it can."""
    fields = next(
        (f for kind, f in ESTIMATE_FIELDS.items() if issubclass(method.gives, kind)), ()
    )
    if not fields:
        able = _list_kinds(
            tables.artifacts,
            lambda kind: issubclass(kind.gives, tuple(ESTIMATE_FIELDS)),
            most=100,
        )
        return (
            f"artifact {quote_text(name)} of method {method.method} has no interval; "
            f"a claim rests on an artifact of method {able}"
        )
    if field in fields:
        return ""
    path = quote_text(f"{name}.{field}")
    return (
        f"{path} is no estimate of method {method.method}; "
        f"{suggest_nearest(field, fields)}"
    )


def _check_claim_figure(
    source: YamlSource, key_path: KeyPath, claim: Claim, parts: StudyParts
) -> None:
    """Note a claim's figure that is not there, or that does not draw the estimate."""
    name = str(claim.figure)
    artifact = claim.value.partition(".")[0]
    names = _list_entries(source, "figures")
    figure = parts.figures.get(name)
    if names is None:
        return
    place = source.find_value_place(key_path)
    edit = None
    if name not in names:
        text = f"there is no figure {quote_text(name)}; {suggest_nearest(name, names)}"
        edit = source.make_renaming(place, name, names)
    elif figure is not None and artifact not in figure.artifact_names():
        able = [n for n, f in parts.figures.items() if artifact in f.artifact_names()]
        text = (
            f"figure {quote_text(name)} does not draw artifact {quote_text(artifact)}; "
        )
        text += f"those that do: {', '.join(able)}" if able else "none does"
    else:
        return
    source.note_problem(None, place, f"{format_key_path(key_path)}: {text}", edit)

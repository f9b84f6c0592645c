"""What the parts of a study say about each other, checked before anything is trained.

A model names a corpus, a method a model and perhaps other artifacts, a figure the
artifacts it draws. Each name must exist, in a kind that can answer; a chain of
artifacts must end.

What a study's claims say of its other parts, checked before anything is trained.

Rows have their names from what was measured, so whether a row exists is known only when
there is an artifact; that its artifact exists and can hold an estimate is known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.artifacts import Artifact
from generator.core.errors import nearest, quoted
from generator.corpora.base import Annotation, CorpusSpec
from generator.figures.base import Figure
from generator.methods.base import Method
from generator.models.base import ModelSpec
from generator.study.claims import HOLDS, Claim
from generator.study.yaml.source import Source, Way, dotted


@dataclass(frozen=True)
class Parts:
    """The specs of a study that are right in themselves, by name."""

    corpora: Mapping[str, CorpusSpec]
    models: Mapping[str, ModelSpec]
    artifacts: Mapping[str, Method]
    figures: Mapping[str, Figure]
    corpus_kinds: Mapping[str, type[CorpusSpec]]
    """Every kind of corpus there is, so that messages can name those that fit."""


def check(source: Source, parts: Parts) -> None:
    """Note every reference of `source` that leads nowhere, or to what cannot answer."""
    for name, model in parts.models.items():
        _check_model(source, ("models", name), model, parts)
    for name, method in parts.artifacts.items():
        _check_method(source, ("artifacts", name), method, parts)
    for name, figure in parts.figures.items():
        _check_figure(source, ("figures", name), figure, parts)
    reads = {name: method.reads() for name, method in parts.artifacts.items()}
    _check_cycles(source, "artifacts", "read each other", reads)
    follows = {name: model.follows() for name, model in parts.models.items()}
    _check_cycles(source, "models", "follow each other", follows)


def _exists(source: Source, way: Way, section: str, name: str) -> bool:
    """Whether `name` is written in `section`, right or wrong; noted if not."""
    written = source.data.get(section)
    names = list(written) if isinstance(written, dict) else []
    if name in names:
        return True
    one = {"corpora": "corpus", "models": "model", "artifacts": "artifact"}[section]
    text = f"{dotted(way)}: there is no {one} {quoted(name)}; {nearest(name, names)}"
    source.note(None, _place(source, way, name), text)
    return False


def _check_model(source: Source, way: Way, model: ModelSpec, parts: Parts) -> None:
    for name in model.follows():
        if _exists(source, way, "models", name):
            _check_followed(source, way, model, name, parts)
    if model.corpus is None or not _exists(source, way, "corpora", model.corpus):
        return
    corpus = parts.corpora.get(model.corpus)
    if corpus is None:
        return
    name = f"corpus {quoted(model.corpus)} of kind {corpus.kind}"
    if Annotation.NUMBERS in corpus.holds - model.expects:
        text = f"model {model.kind} reads texts; {name} holds rows of numbers"
    elif missing := _words(model.expects - corpus.holds):
        text = f"model {model.kind} needs documents with {missing}; {name} has none"
    else:
        return
    text = f"{dotted(way)}: {text}; {_fitting(parts, model, model.expects)}"
    source.note(None, source.value((*way, "corpus")), text)


def _check_followed(
    source: Source, way: Way, model: ModelSpec, name: str, parts: Parts
) -> None:
    """Note a model that follows one of another kind or another corpus."""
    other = parts.models.get(name)
    if other and (other.kind, other.corpus) != (model.kind, model.corpus):
        text = f"{dotted(way)}: follows model {quoted(name)}, which must be of the "
        text += "same kind and learn from the same corpus"
        source.note(None, _place(source, way, name), text)


def _check_method(source: Source, way: Way, method: Method, parts: Parts) -> None:
    for name in method.reads():
        if _exists(source, way, "artifacts", name):
            _check_read(source, way, method, name, parts)
    if not _exists(source, way, "models", method.model):
        return
    model = parts.models.get(method.model)
    if model is None:
        return
    at = source.value((*way, "model"))
    whose = f"model {quoted(method.model)}"
    asked = (n if isinstance(n, tuple) else (n,) for n in method.asks())
    lacking = [either for either in asked if not {*either} & {*model.can()}]
    for either in lacking:
        source.note(None, at, _lacks(way, method, model, either))
    why = _unlearnt(method, model, parts) or method.unsuitable(model)
    if why and not lacking:
        source.note(None, at, f"{dotted(way)}: {why}")
    for epoch in method.snapshots():
        if isinstance(epoch, int) and not model.keeps(epoch):
            text = f"{dotted(way)}: {whose} {_kept(model, epoch)}"
            source.note(None, _place(source, way, epoch), text)


def _unlearnt(method: Method, model: ModelSpec, parts: Parts) -> str | None:
    """Return which annotations a method misses in the documents of a model's corpus.

    Nothing can be said of a corpus that is itself wrong.
    """
    corpus = parts.corpora.get(model.corpus or "")
    missing = _words(method.expected() - (corpus.holds if corpus else frozenset()))
    if not missing or (not corpus and model.corpus is not None):
        return None
    whose = f"model {quoted(method.model)}"
    lacking = f"the corpus of {whose} has none" if corpus else f"{whose} has no corpus"
    other = _fitting(parts, model, method.expected() | model.expects)
    return f"method {method.method} needs documents with {missing}; {lacking}; {other}"


def _check_read(
    source: Source, way: Way, method: Method, name: str, parts: Parts
) -> None:
    """Note an artifact whose model the method that reads it has no use for."""
    read = parts.artifacts.get(name)
    model = None if read is None else parts.models.get(read.model)
    if read is None or model is None or not (why := method.refuses(name, model)):
        return
    text = f"{dotted(way)}: {quoted(name)} asks model {quoted(read.model)}, {why}"
    source.note(None, _place(source, way, name), text)


def _kept(model: ModelSpec, epoch: int) -> str:
    """Why a model has no weights of `epoch`."""
    if 0 <= epoch <= model.epochs:
        return f"does not keep epoch {epoch}; add it to the model's snapshots"
    return f"has epochs from 0 to {model.epochs}, not {epoch}"


def _lacks(way: Way, method: Method, model: ModelSpec, either: tuple[type, ...]) -> str:
    wanted = " or ".join(need.__name__ for need in either)
    has = ", ".join(one.__name__ for one in model.can()) or "nothing"
    other = next((method.instead[c] for c in model.can() if c in method.instead), "")
    hint = f"; ask it by the method {other}" if other else ""
    why = next(filter(None, map(model.lacks, either)), "")
    hint += f": {why}" if why else ""
    return (
        f"{dotted(way)}: method {method.method} asks a model for {wanted}; "
        f"model {quoted(method.model)} of kind {model.kind} offers {has}{hint}"
    )


def _words(annotations: frozenset[Annotation]) -> str:
    """What documents carry, in words."""
    return " and ".join(one.words for one in Annotation if one in annotations)


def _fitting(parts: Parts, model: ModelSpec, expected: frozenset[Annotation]) -> str:
    """Name the kinds of corpora that a model can learn from and that have all."""
    rows = Annotation.NUMBERS in model.expects
    fitting = [
        kind
        for kind, corpus in sorted(parts.corpus_kinds.items())
        if expected <= corpus.holds and (Annotation.NUMBERS in corpus.holds) == rows
    ]
    if not fitting:
        return f"no corpus that a {model.kind} learns from has them"
    return f"name a corpus of kind {' or '.join(fitting)}"


def _check_figure(source: Source, way: Way, figure: Figure, parts: Parts) -> None:
    for name, kinds in zip(figure.reads(), figure.accepts(), strict=True):
        found = _exists(source, way, "artifacts", name)
        method = parts.artifacts.get(name) if found else None
        if method is None or not kinds or issubclass(method.gives, kinds):
            continue
        draws = " or ".join(kind.__name__ for kind in kinds)
        text = (
            f"{dotted(way)}: figure {figure.figure} draws {draws}; artifact "
            f"{quoted(name)} (method {method.method}) is {method.gives.__name__}"
        )
        source.note(None, _place(source, way, name), text)


def _check_cycles(
    source: Source, section: str, verb: str, needs: Mapping[str, tuple[str, ...]]
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


def _note_cycle(source: Source, section: str, verb: str, chain: list[str]) -> None:
    way: Way = (section, chain[0])
    text = f"{section} {verb} in a circle: {' -> '.join(chain)}"
    source.note(None, _place(source, way, chain[1]), text)


def _place(source: Source, way: Way, value: object) -> tuple[int, int]:
    """Where `value` is written below `way`, or `way` itself."""
    data: Any = source.data
    for step in way:
        data = data[step]
    leaves = (w for w, v in _leaves(data, way) if v == value and type(v) is type(value))
    found = next(leaves, None)
    return source.value(found) if found else source.key(way)


def _leaves(data: object, way: Way) -> Iterator[tuple[Way, object]]:
    """Every scalar below, with its way; the kind and the model's name are no leaves."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key not in {"method", "figure", "kind"}:
                yield from _leaves(value, (*way, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _leaves(value, (*way, index))
    else:
        yield way, data


def check_claims(source: Source, claims: Mapping[str, Claim], parts: Parts) -> None:
    """Note every claim that no artifact of its study could decide."""
    if claims and "claims" in parts.artifacts:
        text = "an artifact may not be called claims: sentences find verdicts there"
        source.note(None, source.key(("artifacts", "claims")), f"{text}; rename it")
    said: dict[str, str] = {}
    for name, claim in claims.items():
        way: Way = ("claims", name)
        other = said.setdefault(claim.says.casefold(), name)
        if other != name:
            text = f"{dotted(way)}: says what claims.{other} says; say it once"
            source.note(None, source.value((*way, "says")), text)
        for key, path in claim.paths().items():
            _check_path(source, (*way, key), path, parts)
        if claim.figure is not None:
            _check_claim_figure(source, (*way, "figure"), claim, parts)


def _check_path(source: Source, way: Way, path: str, parts: Parts) -> None:
    """Note an artifact that is not there, or that holds no estimate."""
    name, field = path.split(".")[:2]
    written = source.data.get("artifacts")
    names = list(written) if isinstance(written, dict) else []
    method = parts.artifacts.get(name)
    if name not in names:
        text = f"there is no artifact {quoted(name)}; {nearest(name, names)}"
    elif method is None or way[-1] == "than":
        return
    else:
        text = _unfit(name, field, method.method, method.gives)
    if text:
        source.note(None, source.value(way), f"{dotted(way)}: {text}")


def _unfit(name: str, field: str, method: str, gives: type[Artifact]) -> str:
    """Why `name.field` can be no estimate, "" if it can."""
    fields = next((f for kind, f in HOLDS.items() if issubclass(gives, kind)), ())
    if not fields:
        return (
            f"artifact {quoted(name)} (method {method}) is {gives.__name__}, which has "
            "no interval; a claim rests on Estimates, Distributions or Scores"
        )
    if field in fields:
        return ""
    given = quoted(f"{name}.{field}")
    return f"{given} is no estimate of {gives.__name__}; {nearest(field, fields)}"


def _check_claim_figure(source: Source, way: Way, claim: Claim, parts: Parts) -> None:
    """Note a figure that is not there, or that does not draw the estimate."""
    name = str(claim.figure)
    artifact = claim.value.partition(".")[0]
    written = source.data.get("figures")
    names = list(written) if isinstance(written, dict) else []
    figure = parts.figures.get(name)
    if name not in names:
        text = f"there is no figure {quoted(name)}; {nearest(name, names)}"
    elif figure is not None and artifact not in figure.reads():
        able = [n for n, one in parts.figures.items() if artifact in one.reads()]
        text = f"figure {quoted(name)} does not draw artifact {quoted(artifact)}; "
        text += f"those that do: {', '.join(able)}" if able else "none does"
    else:
        return
    source.note(None, source.value(way), f"{dotted(way)}: {text}")

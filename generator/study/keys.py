"""The key an artifact should have: a chain of hashes of everything it depends on.

    corpus key   = H(kind, version, what the corpus itself hashes)
    model key    = H(kind, version, settings, corpus key, the study's seed, its weights,
                     keys of the models it follows)
    artifact key = H(method, version, settings, its name, the study's seed, model key,
                     corpus key, keys of the artifacts it reads, SCHEMA)

`H` is SHA-256 of canonical JSON. No clock enters, no version of a library, no name of a
corpus or a model, and nothing of figures, titles or captions: rewording never retrains.
The name and the seed enter an artifact's key as they seed what it draws.

A corpus that is not at hand has no key, nor has what is made from it: such artifacts
can be drawn, but whether they are fresh is not known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from generator.artifacts import SCHEMA
from generator.core.errors import ConfigError, StudyError
from generator.core.files import hash_parts as hash_parts
from generator.corpora.base import CorpusSpec, Folders
from generator.methods.base import Method
from generator.models.base import ModelSpec
from generator.study.study import Study

Key = str | None
"""64 hexadecimal digits; None where a corpus is not at hand."""


@dataclass(frozen=True)
class Keys:
    """The keys of everything that a study names, by name.

    `absent` has the reason for each corpus that cannot be read here and, as "model …",
    for each model whose files cannot; `datasets` has the name to fetch for each corpus
    that can be fetched.
    """

    corpora: dict[str, Key]
    models: dict[str, Key]
    artifacts: dict[str, Key]
    absent: dict[str, StudyError] = field(default_factory=dict)
    datasets: dict[str, str] = field(default_factory=dict)


def compute_expected_keys(study: Study, folders: Folders) -> Keys:
    """Return the keys that a study's corpora, models and artifacts should have.

    Args:
        study: The study.
        folders: Where its corpora are read from.

    Raises:
        ConfigError: Artifacts read, or models follow, one another in a circle.
    """
    keys = Keys({}, {}, {})
    for name, corpus in study.corpora.items():
        keys.corpora[name] = _compute_corpus_key(name, corpus, folders, keys)
    for name in order_models(study):
        try:
            placed = study.models[name].with_folders(folders)
            keys.models[name] = _compute_model_key(placed, keys, study.seed)
        except (StudyError, OSError) as error:
            keys.models[name] = None
            keys.absent[f"model {name}"] = ConfigError(
                f"model {name}: the files it begins with cannot be read: {error}"
            )
    keys.artifacts.update(compute_artifact_keys(study, keys, SCHEMA))
    return keys


def compute_artifact_keys(study: Study, keys: Keys, schema: int) -> dict[str, Key]:
    """Return the keys that a study's artifacts have in a schema.

    Args:
        study: The study.
        keys: Keys of its corpora and models.
        schema: The schema that their files are written in.

    Returns:
        Keys by name, each after those of the artifacts that it reads.

    Raises:
        ConfigError: Artifacts read one another in a circle.
    """
    artifacts: dict[str, Key] = {}
    for name in order_artifacts(study):
        artifacts[name] = _compute_artifact_key(study, name, keys, artifacts, schema)
    return artifacts


def order_models(study: Study) -> tuple[str, ...]:
    """Return the names of models, each after those it follows; else as in the file.

    Args:
        study: The study.

    Raises:
        ConfigError: Models follow one another in a circle.
    """
    follows = {
        name: model.list_followed_models() for name, model in study.models.items()
    }
    return _order_by_needs(study, "models", "follow", follows)


def order_artifacts(study: Study) -> tuple[str, ...]:
    """Return the names of artifacts, each after those it reads; else as in the file.

    Args:
        study: The study.

    Raises:
        ConfigError: Artifacts read one another in a circle.
    """
    reads = {name: method.artifact_names() for name, method in study.artifacts.items()}
    return _order_by_needs(study, "artifacts", "read", reads)


def _order_by_needs(
    study: Study, section: str, verb: str, needs: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Return names, each after those it needs.

    Raises:
        ConfigError: They need one another in a circle.
    """
    graph = {name: [o for o in of if o in needs] for name, of in needs.items()}
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise ConfigError(
            f"{study.folder / 'study.yaml'}: {section}: {circle}: they {verb} one "
            f"another in a circle; let one of them {verb} none of the others"
        ) from error


def hash_to_seed(name: str) -> int:
    """Return the number from 0 to 2³² - 1 that stands for a name on every machine.

    Args:
        name: The name.
    """
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")


def _compute_corpus_key(
    name: str, spec: CorpusSpec, folders: Folders, keys: Keys
) -> Key:
    dataset = spec.missing_dataset(folders)
    if dataset is not None:
        keys.datasets[name] = dataset
    try:
        return hash_corpus(spec, folders, spec.version)
    except StudyError as error:
        keys.absent[name] = error
        return None


def hash_corpus(spec: CorpusSpec, folders: Folders, version: int) -> str:
    """Return the key of a corpus as a version of its kind gives it.

    Args:
        spec: The corpus.
        folders: Where it is read from.
        version: The version.

    Raises:
        StudyError: It cannot be read here.
    """
    return hash_parts("corpus", spec.kind, version, spec.key(folders))


def _compute_model_key(spec: ModelSpec, keys: Keys, seed: int) -> Key:
    corpus = _find_key(keys.corpora, spec.corpus)
    if spec.corpus is not None and corpus is None:
        return None
    earlier = [_find_key(keys.models, name) for name in spec.list_followed_models()]
    if None in earlier:
        return None
    made_from = [corpus, seed, spec.foreign_key(), *([earlier] if earlier else [])]
    return hash_model(spec, spec.key_settings(), made_from, spec.version)


def hash_model(
    spec: ModelSpec, settings: Mapping[str, Any], made_from: list[Any], version: int
) -> str:
    """Return the key of a model as a version of its kind gives it.

    Args:
        spec: The recipe.
        settings: Those of its settings that enter the key.
        made_from: Key of its corpus, seed, hash of the files it reads, and the keys of
            models it follows if there are any.
        version: The version.
    """
    return hash_parts("model", spec.kind, version, dict(settings), *made_from)


def _compute_artifact_key(
    study: Study, name: str, keys: Keys, artifacts: Mapping[str, Key], schema: int
) -> Key:
    method = study.artifacts[name]
    model = _find_key(keys.models, method.model)
    read = [artifacts.get(other) for other in method.artifact_names()]
    if model is None or None in read:
        return None
    corpus = _find_key(keys.corpora, study.models[method.model].corpus)
    try:
        brought = method.with_folder(study.folder).foreign_key()
    except (StudyError, OSError) as error:
        keys.absent[f"artifact {name}"] = ConfigError(f"artifact {name}: {error}")
        return None
    made_from = [model, corpus, *read, *([brought] if brought else [])]
    return hash_artifact(
        study,
        name,
        key_method_settings(study, method),
        made_from,
        version=method.version,
        schema=schema,
    )


def key_method_settings(study: Study, method: Method) -> dict[str, Any]:
    """Return the settings of a method that enter its artifact's key.

    Args:
        study: The study.
        method: The method.
    """
    settings = method.model_dump(mode="json", exclude={"model"})
    answers = study.models[method.model].key_answers()
    return settings | ({"answers": answers} if answers else {})


def hash_artifact(
    study: Study,
    name: str,
    settings: Mapping[str, Any],
    made_from: list[Any],
    *,
    version: int,
    schema: int,
) -> str:
    """Return the key of an artifact as a version of its method gives it.

    Args:
        study: The study.
        name: Name of the artifact.
        settings: Those of the method's settings that enter the key.
        made_from: Keys of its model, its corpus and the artifacts it reads.
        version: The version.
        schema: The schema that its file is written in.
    """
    return hash_parts(
        "artifact", schema, version, dict(settings), name, study.seed, made_from
    )


def _find_key(keys: Mapping[str, Key], name: str | None) -> Key:
    return None if name is None else keys.get(name)

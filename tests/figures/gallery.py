"""A project of five studies made from the examples, to be looked at without training.

`python -m tests.figures.gallery DIR` writes `DIR/studies` and renders `DIR/site`.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from generator.artifacts import SCHEMA, Artifact
from generator.artifacts.base import (
    ArtifactHead,
    CorpusProvenance,
    ModelProvenance,
    Provenance,
)
from generator.artifacts.store import artifact_path, find_artifact_kind
from generator.figures import FIGURES
from generator.methods import METHODS
from generator.methods.base import Method
from generator.models import MODELS
from generator.site.build import RenderedSite, render_site
from generator.study.claims import Claim
from generator.study.site_settings import SiteSettings
from generator.study.study import Study
from tests.artifacts.saving import save_artifact
from tests.figures import aligned, examples, numbered, ruled, scored, sought, trusted

SAMPLES = Path(__file__).parents[1] / "samples"
SAID: dict[str, Any] = YAML(typ="safe").load(SAMPLES / "gallery.yaml")


def settings_of(section: str) -> dict[str, dict[str, Any]]:
    """Return a section of the file: of each name, the settings that a class takes."""
    return {
        name: {key: tuple(v) if isinstance(v, list) else v for key, v in one.items()}
        for name, one in SAID[section].items()
    }


LM = MODELS["textgenrnn"].model_construct(kind="textgenrnn")
ARTIFACTS = {
    "greedy": examples.attention,
    "epochs": examples.frames,
    "parts": examples.parts,
    "training": examples.curves,
    "samples": examples.samples,
    "tfidf": examples.estimates,
    "hostile": examples.hostile,
    "large": examples.large,
}
FIGURE_SETTINGS = settings_of("figures")
CLASSIFIERS = {
    "attention": scored.attention,
    "unmasked": scored.unmasked,
    "shapley": scored.signed,
    "lime": scored.lime,
    "five": scored.five,
    "odd": scored.odd,
    "even": scored.even,
    "harmful": scored.harmful,
    "tiny": scored.tiny,
    "history": scored.frames,
    "padded-history": lambda: scored.frames(pads=23),
    "long-history": lambda: scored.frames(pads=40, words=scored.LONG),
    "shapley-negative": lambda: scored.signed("negative"),
    "occlusion": lambda: scored.signed(quantity="drop in log probability"),
    "undefined": scored.undefined,
    "lime-review": lambda: scored.review(scored.lime()),
    "twin": scored.attention,
    "predictions": scored.predictions,
    "five-labels": lambda: scored.predictions(scored.FIVE, 1200),
    "taus": scored.distributions,
    "plain": lambda: scored.attention(
        texts=(scored.weighed(scored.PLAIN, 2, 0.71, pads=7),)
    ),
    "stuck": scored.odd,
    "unmasked-review": lambda: scored.attention(
        texts=(scored.weighed(scored.REVIEW, 3, 0.88, pads=83, sharp=0.4),), ratio=7.389
    ),
    "short-history": lambda: scored.frames(words=scored.PLAIN),
    "story": scored.story,
    "anchors": ruled.anchors,
    "harmful-anchors": ruled.harmful,
    "search": sought.search,
    "search-alone": lambda: sought.search(exchanges=0, trained=False),
}
CLASSIFIER_FIGURES = settings_of("classifiers")
ASKED = {**trusted.ASKED, "lime": "lime", "lime-review": "lime"}
"""The method that an artifact is said to come from, where it matters."""
PROSE = (SAMPLES / "gallery.md").read_text("utf-8")
NOTES: dict[str, str] = SAID["notes"]
"""Annotations of figures, as a write-up words them."""
THIRD = "A third study, of classifiers.\n" + "".join(
    f"\n![The figure {name}, drawn from made-up numbers.](figure:{name})\n"
    + NOTES.get(name, "")
    for name in CLASSIFIER_FIGURES
)
FOURTH = "A fourth study, of explanations.\n" + "".join(
    f"\n![The figure {name}, drawn from made-up numbers.](figure:{name})\n"
    for name in trusted.FIGURES
)
ALIGNMENTS = {
    "aligned": aligned.attention,
    "multiplicative": lambda: aligned.attention(
        texts=(aligned.aligned(sharp=2.0, seed=5),), scoring="multiplicative"
    ),
    "needed": aligned.signed,
    "hard": aligned.hostile,
    "dates": aligned.characters,
    "learning": aligned.frames,
    **numbered.ARTIFACTS,
}
ALIGNED_FIGURES = settings_of("alignments") | numbered.FIGURES
FIFTH = "A fifth study, of two sequences.\n" + "".join(
    f"\n![The figure {name}, drawn from made-up numbers.](figure:{name})\n"
    + ("- @1/3: A cell.\n- @2/: A row.\n" if name in {"pair", "learning"} else "")
    for name in ALIGNED_FIGURES
)
CLAIMS = settings_of("claims")
"""One claim of every verdict, with a margin and without."""
SECOND = """
A short study, with a link to [the other](../2026-11-13-slots/index.md).

![A matrix.](figure:matrix)
"""


def head(artifact: Artifact, name: str) -> ArtifactHead:
    """Provenance such as the pipeline records."""
    model = ModelProvenance(
        name="lm", kind="textgenrnn", key="9ea96019" * 8, seed=11, epochs=8, best=8,
        windows=41_250, held_out=96, loss=0.61, validation_loss=0.92, seconds=48.0,
        settings={"kind": "textgenrnn", "word_level": True, "max_length": 10},
        fingerprint={"tensorflow": "2.21.0", "threads": "2"},
    )  # fmt: skip
    corpus = CorpusProvenance(
        name="songs", kind="planted_songs", key="5c3a7d10" * 8, documents=960,
        settings={"kind": "planted_songs", "documents": 960, "seed": 3},
        source="a grammar written for this project",
        notes=("0 documents were dropped", "marks of punctuation stand apart"),
    )  # fmt: skip
    method = ASKED.get(name, "writing")
    settings: dict[str, Any] = {"prefix": "", "length": 15}
    if method == "gradients":
        settings = {"kind": "input"}
    elif method != "writing":
        settings = {"samples": 2000}
    made = Provenance(
        method=method, settings={"method": method, **settings},
        seed=(11, 0), versions={"keras": "3.15.1", "numpy": "2.4.6"}, seconds=1.2,
        model=model, corpus=corpus,
    )  # fmt: skip
    digits = f"{sum(map(ord, name)):08x}" * 8
    return ArtifactHead(
        kind=find_artifact_kind(artifact), schema=SCHEMA, key=digits, made=made
    )


def study(project: Path, day: dt.date, slug: str, **given: Any) -> Study:
    """A study whose artifacts are named and never asked for."""
    folder = project / "studies" / f"{day}-{slug}"
    names = given.pop("names")
    asked: dict[str, Method] = {
        name: METHODS["writing"].model_construct(method="writing", model="lm")
        for name in names
    }
    settings = given.pop("settings", FIGURE_SETTINGS)
    figures = {
        name: FIGURES[one["figure"]](**one)
        for name, one in settings.items()
        if name in given.get("figures", settings)
        and set(FIGURES[one["figure"]](**one).artifact_names()) <= set(names)
    }
    given["figures"] = figures
    return Study.model_construct(
        slug=slug, date=day, folder=folder, artifacts=asked, **given
    )


def fill(one: Study, prose: str) -> None:
    """Write a study's artifacts and prose."""
    one.folder.mkdir(parents=True, exist_ok=True)
    (one.folder / "index.md").write_text(prose.lstrip(), "utf-8")
    for name in one.artifacts:
        artifact = {
            **ARTIFACTS, **CLASSIFIERS, **trusted.ARTIFACTS, **ALIGNMENTS
        }[name]()  # fmt: skip
        save_artifact(artifact_path(one, name), artifact, head(artifact, name))


def studies(project: Path) -> tuple[Study, ...]:
    """Five studies, their files written."""
    common: dict[str, Any] = {"models": {"lm": LM}, "authors": ("A. Writer",)}
    first = study(
        project, dt.date(2026, 11, 13), "slots", names=tuple(ARTIFACTS),
        title="A slot is not a word", category="studies",
        summary="Attention & what it does not say: every figure, from made-up numbers.",
        tags=("attention", "padding & <pad>"), draft=False,
        claims={name: Claim(**one) for name, one in CLAIMS.items()}, **common,
    )  # fmt: skip
    second = study(
        project, dt.date(2025, 12, 5), "earlier", names=("greedy",),
        title="An earlier <study>", category="notes", summary="Short.",
        tags=("attention",), draft=False, figures=("matrix",), **common,
    )  # fmt: skip
    third = study(
        project, dt.date(2026, 5, 8), "classifiers", names=tuple(CLASSIFIERS),
        title="What a classifier read", category="studies", summary="Short.",
        tags=("attention",), draft=False, settings=CLASSIFIER_FIGURES, **common,
    )  # fmt: skip
    fourth = study(
        project, dt.date(2026, 6, 3), "trusted", names=tuple(trusted.ARTIFACTS),
        title="Whom to believe", category="studies", summary="Short.",
        tags=("attribution",), draft=False, settings=trusted.FIGURES, **common,
    )  # fmt: skip
    fifth = study(
        project, dt.date(2026, 6, 12), "aligned", names=tuple(ALIGNMENTS),
        title="Which word gave which", category="studies", summary="Short.",
        tags=("alignment",), draft=False, settings=ALIGNED_FIGURES, **common,
    )  # fmt: skip
    fill(first, PROSE)
    fill(second, SECOND)
    fill(third, THIRD)
    fill(fourth, FOURTH)
    fill(fifth, FIFTH)
    return first, second, third, fourth, fifth


def small(project: Path) -> tuple[Study, ...]:
    """Two studies of one artifact, quick to render, which do not know each other."""
    common: dict[str, Any] = {
        "names": ("greedy",), "models": {}, "authors": (), "draft": False,
        "summary": "Short.",
    }  # fmt: skip
    first = study(
        project, dt.date(2026, 11, 13), "slots", title="Slots", category="studies",
        tags=("attention",), figures=("matrix", "step"), **common,
    )  # fmt: skip
    second = study(
        project, dt.date(2025, 12, 5), "earlier", title="Earlier", category="notes",
        tags=("attention",), figures=("matrix",), **common,
    )  # fmt: skip
    fill(first, "![A matrix.](figure:matrix)\n\n![A step.](figure:step)\n")
    fill(second, "![A matrix.](figure:matrix)\n")
    return first, second


SETTINGS = SiteSettings(
    title="Ten words back",
    description="Studies of what small text models look at, with the scale left on.",
    author="A. Writer",
    licence="CC BY 4.0",
)


def main(folder: Path) -> RenderedSite:
    """Render the gallery into `folder / "site"`, which is made anew."""
    site = folder / "site"
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    return render_site(folder, studies(folder), SETTINGS, site)


if __name__ == "__main__":
    print(main(Path(sys.argv[1])))  # noqa: T201 - a program

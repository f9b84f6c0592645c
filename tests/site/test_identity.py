"""A generated study prints one number for one score, in any order of its labels."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.artifacts import Artifact, Curves, Estimate, Estimates, TokenFrames
from generator.artifacts.store import artifact_path
from generator.figures import scales, tables, token_chips
from generator.site.build import render_site
from tests.artifacts.saving import save_artifact
from tests.built_site.identity import (
    VALUE,
    figure_mismatches,
    mismatches,
    prose_mismatches,
)
from tests.built_site.notebook_numbers import notebook_mismatches
from tests.built_site.published import (
    PublishedStudy,
    find_value,
    published_studies,
)
from tests.figures import aligned, examples, gallery
from tests.figures.test_signs import NAMES, permute, scored_texts

FIGURES: dict[str, dict[str, Any]] = {
    "all": {"figure": "heatmap", "artifact": "shap"},
    "second": {"figure": "heatmap", "artifact": "shap", "text": 2},
    "bars": {"figure": "bars", "artifact": "lime", "text": 3},
    "compare": {"figure": "compare", "artifacts": ("shap", "lime"), "text": 2},
    "history": {"figure": "history", "artifact": "frames"},
    "needs": {"figure": "matrix", "artifact": "needs"},
    "drops": {"figure": "alignment", "artifact": "drops"},
    "estimates": {"figure": "estimates", "artifact": "estimates"},
    "curve": {"figure": "curve", "artifact": "curve"},
}


def make_artifacts(seed: int, many: int) -> dict[str, Artifact]:
    """One artifact of each kind that has signs, its labels in an order of the seed."""
    draws = np.random.Generator(np.random.PCG64([seed, many]))
    order = tuple(draws.permutation(many).tolist())
    shap, lime = (permute(scored_texts(NAMES[:many], seed + i), order) for i in (0, 1))
    lime = replace(lime, quantity="LIME coefficient", unit="probability")
    made = draws.normal(size=(4, 3))
    return {
        "shap": shap,
        "lime": lime,
        "frames": TokenFrames(frames=(shap, replace(lime, quantity=shap.quantity,
                                                    unit=shap.unit, epoch=9))),
        "needs": replace(examples.attention(), signed=True, unit="nats",
                         quantity="drop in log probability",
                         scores=draws.normal(size=examples.attention().scores.shape)
                         .astype(np.float32)),
        "drops": aligned.signed(),
        "estimates": Estimates(
            quantity="difference",
            rows=tuple(
                Estimate(f"row {i}", float(v), float(v) - 0.1, float(v) + 0.2, 50)
                for i, v in enumerate(made[:, 0])
            ),
        ),
        "curve": Curves(
            x=np.arange(3, dtype=np.float32), y=made.astype(np.float32),
            x_label="epoch", y_label="gain", names=("a", "b", "c", "d"),
        ),
    }  # fmt: skip


def write_prose(seed: int) -> str:
    """Sentences with values of every artifact, and all figures."""
    draws = np.random.Generator(np.random.PCG64(seed))
    lines = []
    for i in range(30):
        text, token, row = draws.integers([3, 10, 4]).tolist()
        form = ("+.3f", ".2f", "+.1e", ".1%", "")[i % 5]
        path = (
            f"shap.texts.{text}.scores.{token}",
            f"lime.texts.{text}.scores.{token}",
            f"frames.frames.last.texts.{text}.scores.{token}",
            f"needs.scores.{row}.{token % 5}",
            f"estimates.rows.row-{row}.value",
            f"curve.y.{row}.{text}",
        )[i % 6]
        lines.append(f"Number {'abcdefghij'[i % 10] * 4} {{{{ {path}:{form} }}}} ends.")
    return "\n\n".join([*lines, *(f"![A figure.](figure:{n})" for n in FIGURES)]) + "\n"


def build_study(folder: Path, seed: int, many: int) -> PublishedStudy:
    """Render a site of one generated study."""
    made = make_artifacts(seed, many)
    one = gallery.study(
        folder, dt.date(2026, 11, 13), "generated", names=tuple(made),
        title="Generated", category="studies", summary="Short.", tags=("a",),
        draft=False, settings=FIGURES, models={"lm": gallery.LM}, authors=(),
    )  # fmt: skip
    one.folder.mkdir(parents=True)
    (one.folder / "index.md").write_text(write_prose(seed), "utf-8")
    (one.folder / "study.yaml").write_text(json.dumps({"figures": FIGURES}), "utf-8")
    for name, artifact in made.items():
        save_artifact(artifact_path(one, name), artifact, gallery.head(artifact, name))
    (folder / "site").mkdir()
    render_site(folder, (one,), gallery.SETTINGS, folder / "site")
    (found,) = published_studies(folder / "site", folder / "studies")
    return found


@pytest.mark.slow(8)
@pytest.mark.parametrize("many", [2, 3, 4, 5])
def test_each_number_is_one_number_in_any_order_of_labels(
    tmp_path: Path, many: int
) -> None:
    """Prose, figures, tables and the notebook print what the artifacts hold."""
    study = build_study(tmp_path, many, many)
    assert set(study.figures) == set(FIGURES)
    prose = (study.source / "index.md").read_text("utf-8")
    found = [find_value(study, match[1]) for match in VALUE.finditer(prose)]
    assert len(found) == 30
    assert None not in found
    assert mismatches(study) == []


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> PublishedStudy:
    """A generated study of two labels whose numbers are right."""
    study = build_study(tmp_path_factory.mktemp("sound"), 4, 2)
    assert mismatches(study) == []
    return study


@pytest.mark.slow(8)
@pytest.mark.parametrize(
    "change",
    [
        ("index.html", 'title="+ speaks for', "", prose_mismatches),
        ("index.html", "<small>+.", "<small>−.", figure_mismatches),
        ("index.html", 'data-value="−0.', 'data-value="+0.', figure_mismatches),
        ("index.html", '"bar-value">−', '"bar-value">+', figure_mismatches),
        ("index.html", " · + speaks for ", " · + speaks for no ", figure_mismatches),
        ("figures/second.csv", ",-", ",", figure_mismatches),
        ("figures/compare.csv", ",-", ",", figure_mismatches),
        ("figures/history.csv", ",-", ",", figure_mismatches),
        ("figures/needs.csv", ",-", ",", figure_mismatches),
        ("figures/drops.csv", ",-", ",", figure_mismatches),
        ("figures/curve.csv", ",-", ",", figure_mismatches),
        ("figures/estimates.csv", ",-", ",", figure_mismatches),
        ("figures/second.csv", "+ speaks for ", "+ speaks for no ", figure_mismatches),
        ("study.ipynb", "scores = numbers(drawn", "scores = -numbers(drawn",
         notebook_mismatches),
        ("study.ipynb", "; + speaks for", "; + is", notebook_mismatches),
    ],
)  # fmt: skip
def test_one_flipped_sign_is_noticed(
    sound: PublishedStudy, tmp_path: Path, change: tuple[str, str, str, Any]
) -> None:
    """Where one writer turns a sign, or names no label, the reader says so."""
    file, old, new, judge = change
    folder = tmp_path / "page"
    shutil.copytree(sound.page.parent, folder)
    text = (folder / file).read_text("utf-8")
    assert old in text
    if judge is prose_mismatches:
        place = text.index("−", text.index(old))
        text = f"{text[:place]}+{text[place + 1 :]}"
    else:
        text = text.replace(old, new, 1)
    (folder / file).write_text(text, "utf-8")
    assert list(judge(PublishedStudy(folder / "index.html", sound.source)))


@pytest.mark.slow(8)
def test_a_writer_that_turns_signs_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures that turn the signs of texts explained for the first class differ."""

    def turned(scores: scales.TokenScores, text: scales.ScoredText) -> np.ndarray:
        return text.scores.astype(np.float64) * scales.colour_sign(scores, text)

    for module in (token_chips, tables):
        monkeypatch.setattr(module, "displayed_scores", turned)
    assert list(figure_mismatches(build_study(tmp_path, 4, 2)))

"""Study files whose parts do not fit each other, or lead out of the project."""

from __future__ import annotations

from tests.kinds import ASKED, GOOD, HEAD, model


def claim(*settings: str, expects: str = "above") -> str:
    """A study with one claim, at line 14, whose settings begin at column 7."""
    told = ", ".join((*settings, f"expects: {expects}", "says: S"))
    return f"{GOOD}claims:\n  c: {{{told}}}\n"


REFERENCES: dict[str, tuple[str | bytes, str]] = {
    "a corpus that is not there": (
        (
            "title: T\ncorpora: {songs: {kind: planted}}\n"
            "models: {lm: {kind: tiny, corpus: sogns}}\n"
        ),
        '3:35: models.lm: there is no corpus "sogns"; did you mean "songs"?',
    ),
    "a model that is not there": (
        f"{ASKED}  a: {{method: write, model: ml}}\n",
        '9:29: artifacts.a: there is no model "ml"; known: lm',
    ),
    "an artifact that is not there": (
        f"{GOOD}  b: {{figure: draw, artifact: befor}}\n",
        '13:31: figures.b: there is no artifact "befor"; known: after, greedy, truth',
    ),
    "an artifact read that is not there": (
        f"{ASKED}  a: {{method: write, model: lm, of: b}}\n",
        '9:37: artifacts.a: there is no artifact "b"',
    ),
    "a circle of two": (
        (
            f"{ASKED}  a: {{method: write, model: lm, of: b}}\n"
            f"  b: {{method: write, model: lm, of: a}}\n"
        ),
        "9:37: artifacts read each other in a circle: a -> b -> a",
    ),
    "a circle of one": (
        f"{ASKED}  a: {{method: write, model: lm, of: a}}\n",
        "in a circle: a -> a",
    ),
    "a model that cannot answer": (
        f"{HEAD}  m: {{kind: mute}}\nartifacts:\n  a: {{method: write, model: m}}\n",
        (
            "10:29: artifacts.a: method write asks a model for LanguageModel; "
            'model "m" of kind mute offers nothing'
        ),
    ),
    "a model that another method asks": (
        f"{HEAD}  m: {{kind: sorter}}\nartifacts:\n  a: {{method: write, model: m}}\n",
        (
            "10:29: artifacts.a: method write asks a model for LanguageModel; "
            'model "m" of kind sorter offers Classifier; ask it by the method sort'
        ),
    ),
    "a truth that is not known": (
        (
            "title: T\ncorpora: {c: {kind: texts}}\n"
            "models: {lm: {kind: tiny, corpus: c}}\n"
            "artifacts: {a: {method: check, model: lm}}\n"
        ),
        "4:39: artifacts.a: method check needs documents with their truth",
    ),
    "an epoch that is not trained": (
        f"{ASKED}  a: {{method: write, model: lm, at: [2, 5]}}\n",
        '9:41: artifacts.a: model "lm" has epochs from 0 to 4, not 5',
    ),
    "an epoch that is not kept": (
        (
            f"{model('kept: [0, 4]')}artifacts:\n"
            "  a: {method: write, model: lm, at: [2]}\n"
        ),
        '10:38: artifacts.a: model "lm" does not keep epoch 2; add it',
    ),
    "settings that contradict each other": (
        model("batch_size: 9"),
        "5:3: models.lm: batch_size may not be hidden and one",
    ),
    "settings that a kind refuses": (
        model("hidden: 1001"),
        "5:3: models.lm: hidden and \\x1b[31mmemory do not go together",
    ),
    "an artifact of the wrong kind": (
        f"{GOOD}  b: {{figure: draw, artifact: truth}}\n",
        (
            '13:31: figures.b: figure draw draws SlotScores; artifact "truth" '
            "(method check) is Estimates"
        ),
    ),
    "a claim about no artifact": (
        claim("value: trut.rows.a", "than: 0"),
        '14:14: claims.c.value: there is no artifact "trut"; did you mean "truth"?',
    ),
    "a claim about what has no interval": (
        claim("value: greedy.scores.1", "than: 0"),
        (
            '14:14: claims.c.value: artifact "greedy" (method write) is SlotScores, '
            "which has no interval; a claim rests on Estimates, Distributions or Scores"
        ),
    ),
    "a claim about no estimate": (
        claim("value: truth.row.a", "than: 0"),
        (
            '14:14: claims.c.value: "truth.row" is no estimate of Estimates; did you '
            'mean "rows"?'
        ),
    ),
    "a claim about a whole artifact": (
        claim("value: truth", "than: 0"),
        "14:14: claims.c.value must match",
    ),
    "a claim compared with no artifact": (
        claim("value: truth.rows.a", "than: trth.rows.b"),
        '14:34: claims.c.than: there is no artifact "trth"; did you mean "truth"?',
    ),
    "a claim compared with itself": (
        claim("value: truth.rows.a", "than: truth.rows.a"),
        "14:3: claims.c: than: is the value itself",
    ),
    "a claim compared with a truth value": (
        claim("value: truth.rows.a", "than: true"),
        "14:34: claims.c.than must be a number or text, got true",
    ),
    "a claim that expects something else": (
        claim("value: truth.rows.a", "than: 0", expects="abvoe"),
        "claims.c.expects must be one of above, below, within",
    ),
    "a claim of equality without a margin": (
        claim("value: truth.rows.a", "than: 0", expects="within"),
        "14:3: claims.c: within: needs a margin",
    ),
    "a claim with a margin below 0": (
        claim("value: truth.rows.a", "than: 0", "margin: -1"),
        "14:45: claims.c.margin must be",
    ),
    "a claim of no figure": (
        claim("value: truth.rows.a", "than: 0", "figure: lok"),
        '14:45: claims.c.figure: there is no figure "lok"; did you mean "look"?',
    ),
    "a claim of a figure of something else": (
        claim("value: truth.rows.a", "than: 0", "figure: look"),
        '14:45: claims.c.figure: figure "look" does not draw artifact "truth"; none',
    ),
    "a claim that is a sentence": (
        f"{GOOD}claims:\n  c: It looks back.\n",
        "14:6: claims.c must be a mapping of settings, got text",
    ),
    "a claim without a sentence": (
        f"{GOOD}claims:\n  c: {{value: truth.rows.a, expects: above, than: 0}}\n",
        "14:3: claims.c.says is required",
    ),
    "a claim with an unknown key": (
        claim("value: truth.rows.a", "than: 0", "unless: 3"),
        '14:37: unknown key "unless"',
    ),
    "a claim with a bad name": (
        claim("value: truth.rows.a", "than: 0").replace("  c:", "  C d:"),
        '14:3: name "C d" must match',
    ),
    "a claim that is made twice": (
        claim("value: truth.rows.a", "than: 0")
        + "  d: {value: truth.rows.b, than: 0, expects: above, says: s}\n",
        "15:59: claims.d: says what claims.c says; say it once",
    ),
    "claims that are a list": (
        f"{GOOD}claims: [a]\n",
        "13:9: claims must be a mapping of names, got a list",
    ),
    "an absolute path": (
        "title: T\ncorpora: {c: {kind: texts, path: /etc/passwd}}\n",
        "2:34: corpora.c.path must be relative",
    ),
    "a path that climbs": (
        "title: T\ncorpora: {c: {kind: texts, path: a/../../b}}\n",
        "2:34: corpora.c.path must stay inside",
    ),
    "a path at home": (
        "title: T\ncorpora: {c: {kind: texts, path: ~/x}}\n",
        "2:34: corpora.c.path must be relative",
    ),
    "a path of a file address": (
        "title: T\ncorpora: {c: {kind: texts, path: file:/x}}\n",
        "corpora.c.path must be a path inside",
    ),
    "a path with a password": (
        'title: T\ncorpora: {c: {kind: texts, path: "https://me:hunter2@h/x"}}\n',
        "2:34: corpora.c.path must be a path inside the study's folder, not an address",
    ),
    "a path with backslashes": (
        "title: T\ncorpora: {c: {kind: texts, path: '..\\x'}}\n",
        "corpora.c.path must be relative",
    ),
    "a path on a drive": (
        "title: T\ncorpora: {c: {kind: texts, path: 'C:x'}}\n",
        "corpora.c.path must be relative",
    ),
    "a path with NUL": (
        'title: T\ncorpora: {c: {kind: texts, path: "a\\0b"}}\n',
        "corpora.c.path must be 1 to 200 printable",
    ),
    "a path of a device": (
        "title: T\ncorpora: {c: {kind: texts, path: CON}}\n",
        "corpora.c.path must stay inside",
    ),
    "a path into git": (
        "title: T\ncorpora: {c: {kind: texts, path: .git/config}}\n",
        "corpora.c.path must stay inside",
    ),
    "a path that ends in a dot": (
        "title: T\ncorpora: {c: {kind: texts, path: a.}}\n",
        "corpora.c.path must have no part that ends in a dot",
    ),
    "a path too long": (
        f"title: T\ncorpora: {{c: {{kind: texts, path: {'x' * 300}}}}}\n",
        "corpora.c.path must be 1 to 200",
    ),
    "a path of another setting": (
        model("weights_path: /etc/passwd"),
        "8:19: models.lm.weights_path must be relative",
    ),
    "a password in text of the wrong type": (
        model('epochs: "https://me:hunter2@h"'),
        "models.lm.epochs must be a whole number",
    ),
    "a password beside a mistake": (
        "title: https://me:hunter2@h/ : x\n",
        "must be quoted",
    ),
    "a name in capitals": (
        "title: T\nmodels:\n  LM: {kind: mute}\n",
        '3:3: name "LM" must match',
    ),
    "a name that climbs": (
        "title: T\nmodels:\n  ../x: {kind: mute}\n",
        '3:3: name "../x" must match',
    ),
    "a name of a device": (
        "title: T\nmodels:\n  nul: {kind: mute}\n",
        '3:3: name "nul" must match',
    ),
}

"""Study files whose parts do not fit each other, or lead out of the project."""

from __future__ import annotations

from tests.kinds import ASKED, GOOD, HEAD, model

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

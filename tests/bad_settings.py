"""Study files with a wrong setting, and what is said of each."""

from __future__ import annotations

from tests.kinds import ASKED, GOOD, NAME, model

SETTINGS: dict[str, tuple[str | bytes, str]] = {
    "unknown key": (
        model("epoch: 3"),
        f'{NAME}:8:5: unknown key "epoch"; did you mean "epochs"?',
    ),
    "unknown key, nothing near": (
        model("zzz: 3"),
        '8:5: unknown key "zzz"; known: batch_size, corpus,',
    ),
    "unknown key at the top": ("titel: x\n", '1:1: unknown key "titel"; did you'),
    "unknown key in a mapping below": (
        model("schedule: {wram: 1}"),
        '8:16: unknown key "wram"; did you mean "warm"?',
    ),
    "unknown kind": (
        "title: T\ncorpora: {a: {kind: plnated}}\n",
        (
            '2:21: there is no kind "plnated"; did you mean "planted"? (known: '
            "planted, texts)"
        ),
    ),
    "unknown kind, nothing near": (
        "title: T\ncorpora: {a: {kind: zzz}}\n",
        '2:21: there is no kind "zzz"; known: planted, texts',
    ),
    "unknown method": (
        f"{ASKED}  a: {{method: wrtie, model: lm}}\n",
        '9:15: there is no method "wrtie"; did you mean "write"? (known: check, write)',
    ),
    "unknown figure": (
        f"{GOOD}  b: {{figure: darw, artifact: after}}\n",
        'there is no figure "darw"; did you mean "draw"? (known: draw)',
    ),
    "no kind": (
        "title: T\ncorpora: {a: {path: x}}\n",
        "2:11: corpora.a.kind is required; known: planted, texts",
    ),
    "a kind that is a list": (
        "title: T\ncorpora: {a: {kind: [x]}}\n",
        "2:21: corpora.a.kind must be text, got a list; known",
    ),
    "text for a whole number": (
        model('epochs: "ten"'),
        '8:13: models.lm.epochs must be a whole number, got text "ten"',
    ),
    "a quoted number": (model('epochs: "10"'), 'got text "10"; remove the quotes'),
    "a fraction for a whole number": (
        model("epochs: 1.5"),
        "8:13: models.lm.epochs must be a whole number, got 1.5",
    ),
    "yes or no for a number": (
        model("epochs: true"),
        "8:13: models.lm.epochs must be a whole number, got true",
    ),
    "a number for yes or no": (model("shuffle: 1"), "must be true or false, got 1"),
    "a yes of YAML 1.1 for yes or no": (
        model("shuffle: no"),
        '8:14: models.lm.shuffle must be true or false, got text "no"',
    ),
    "text for a list": (
        model("sizes: 3"),
        "8:12: models.lm.sizes must be a list, got 3",
    ),
    "wrong item of a list": (
        model("sizes: [1, two]"),
        '8:16: models.lm.sizes[1] must be a whole number, got text "two"',
    ),
    "wrong item of a list over lines": (
        model("sizes:\n    - 1\n    - two"),
        '10:7: models.lm.sizes[1] must be a whole number, got text "two"',
    ),
    "a list for a mapping": (
        model("schedule: [1]"),
        "8:15: models.lm.schedule must be a mapping of settings, got a list",
    ),
    "neither of two types": (
        f"{ASKED}  a: {{method: write, model: lm, size: many}}\n",
        '9:39: artifacts.a.size must be a whole number or a list, got text "many"',
    ),
    "the nearer of two types": (
        f"{ASKED}  a: {{method: write, model: lm, size: [1, b]}}\n",
        '9:43: artifacts.a.size[1] must be a whole number, got text "b"',
    ),
    "a choice or a number": (
        f"{ASKED}  a: {{method: write, model: lm, at: [frist]}}\n",
        "9:38: artifacts.a.at[0] must be a whole number or one of best, last",
    ),
    "a number for text": (
        "title: 2024\n",
        '1:8: title must be text, got 2024; quote it: "2024"',
    ),
    "a section that is a list": (
        "title: T\nmodels: [a]\n",
        "2:9: models must be a mapping of names, got a list",
    ),
    "an entry that is text": (
        "title: T\nmodels: {a: b}\n",
        '2:13: models.a must be a mapping of settings, got text "b"',
    ),
    "a date in the file": (
        "title: T\ndate: 2024-02-30\n",
        "2:1: date comes from the folder's name; remove it",
    ),
    "a slug in the file": (
        "title: T\nslug: x\n",
        "2:1: slug comes from the folder's name",
    ),
    "required key missing": (
        "title: T\nmodels:\n  lm: {kind: tiny}\n",
        "3:3: models.lm.corpus is required",
    ),
    "title missing": ("seed: 1\n", "1:1: title is required"),
    "nothing after a key": (
        "title: T\nmodels:\n  lm:\n    kind: tiny\n    corpus:\n    epochs: 3\n",
        "5:5: models.lm.corpus is empty; give it a value or remove it",
    ),
    "null": (
        model("epochs: null"),
        "8:13: models.lm.epochs must be a whole number, got null",
    ),
    "an empty section": ("title: T\nmodels:\n", "2:1: models is empty"),
    "a blank title": ('title: " "\n', "1:8: title must not be blank"),
    "a title of two lines": (
        'title: "a\\nb"\n',
        "1:8: title must be one line without control",
    ),
    "a title too long": (
        f"title: {'x' * 300}\n",
        "1:8: title must have at most 200 characters",
    ),
    "a tag of no letters": (
        'title: T\ntags: ["!?"]\n',
        "2:8: tags[0] must hold a letter or a digit",
    ),
    "zero where one is least": (
        model("epochs: 0"),
        "8:13: models.lm.epochs must be from 1 to 1000, got 0",
    ),
    "negative": (
        model("epochs: -1"),
        "models.lm.epochs must be from 1 to 1000, got -1",
    ),
    "far too many": (
        model("batch_size: 1000000000"),
        "8:17: models.lm.batch_size must be from 1 to 65536, got 1000000000",
    ),
    "beyond a half-open range": (
        model("dropout: 1.5"),
        "8:14: models.lm.dropout must be at least 0 and less than 1, got 1.5",
    ),
    "below an open range": (
        model("hidden: 0"),
        "8:13: models.lm.hidden must be at least 1, got 0",
    ),
    "at an excluded bound": (
        model("learning_rate: 0"),
        "8:20: models.lm.learning_rate must be more than 0, got 0",
    ),
    "a seed too large": (
        "title: T\nseed: 4294967296\n",
        "2:7: seed must be from 0 to 4294967295",
    ),
    "an update of no kind": (
        "title: T\nupdates: [{date: 2026-12-01, text: x, kind: correctoin}]\n",
        "2:45: updates[0].kind must be one of update, correction",
    ),
    "an update without text": (
        "title: T\nupdates: [{date: 2026-12-01}]\n",
        "updates[0].text is required",
    ),
    "an update of no day": (
        "title: T\nupdates: [{date: soon, text: x}]\n",
        "2:18: updates[0].date",
    ),
    "an update before the study": (
        "title: T\nupdates: [{date: 1999-01-01, text: x}]\n",
        "2:18: updates[0].date is before ",
    ),
}

"""Study files that are not plain YAML, and what is said of each."""

from __future__ import annotations

from tests.kinds import NAME, model

SYNTAX: dict[str, tuple[str | bytes, str]] = {
    "duplicate key": (
        "title: T\nseed: 1\nseed: 2\n",
        f'3:1: duplicate key "seed" (first at {NAME}:2:1)',
    ),
    "duplicate name": (
        "title: T\nmodels:\n  a: {kind: mute}\n  a: {kind: mute}\n",
        '4:3: duplicate key "a"',
    ),
    "duplicate mapping": (
        "title: T\nmodels: {}\nmodels: {}\n",
        f'3:1: duplicate key "models" (first at {NAME}:2:1)',
    ),
    "tab for indentation": (
        "title: T\nmodels:\n\tlm: {kind: mute}\n",
        "3:1: tab used for indentation; use spaces\n  3 | →lm: {kind: mute}\n    | ^",
    ),
    "tabs under two levels": (
        "title: T\nmodels:\n  lm:\n\t\tkind: mute\n",
        "4:1: tab used for indentation",
    ),
    "alias": ("title: &t T\nsummary: *t\n", "1:8: anchors (&) are not allowed"),
    "alias without an anchor": ("title: *t\n", "1:8: aliases (*) are not allowed"),
    "aliases that multiply": (
        "a: &a [x,x]\n"
        + "".join(
            f"{b}: &{b} [*{a},*{a}]\n"
            for a, b in zip("abcdefghi", "bcdefghij", strict=True)
        ),
        "1:4: anchors (&) are not allowed",
    ),
    "alias of itself": ("a: &a [*a]\n", "1:4: anchors (&) are not allowed"),
    "merge key": ("title: T\n<<: {seed: 1}\n", "2:1: merge keys (<<) are not allowed"),
    "number of 5,000 digits": (
        f"title: T\nseed: {'1' * 5000}\n",
        "2:7: seed is a number too long",
    ),
    "leading zero": (
        "title: T\nseed: 0123\n",
        "2:7: seed is an ambiguous number, 0123",
    ),
    "base 60": (
        "title: T\nseed: 12:30:45\n",
        "2:7: seed is an ambiguous number, 12:30:45",
    ),
    "base 60 for text": ("title: 12:30:45\n", "1:8: title is an ambiguous number"),
    "true for text": (
        "title: true\n",
        '1:8: title must be text, got true; quote it: "true"',
    ),
    "true as a key": (
        "title: T\ntrue: 1\n",
        '2:1: keys must be text, got "true"; quote it',
    ),
    "not a number": (
        model("learning_rate: .nan"),
        "8:20: models.lm.learning_rate must be finite, got .nan",
    ),
    "infinite": (model("learning_rate: -.inf"), "must be finite, got -.inf"),
    "infinite by overflow": (
        model("learning_rate: 1e999"),
        "must be finite, got 1e999",
    ),
    "not UTF-8": (b"ti\xfftle: x\n", f"{NAME}: not UTF-8 at byte 3"),
    "UTF-16 with a mark": (
        "title: T\n".encode("utf-16"),
        f"{NAME}: UTF-16 is not supported; save the file as UTF-8",
    ),
    "UTF-16 without": (
        "title: T\n".encode("utf-16-be"),
        f"{NAME}: UTF-16 is not supported",
    ),
    "NUL": ("title: T\nsummary: a\0b\n", "2:11: control character U+0000; remove it"),
    "control character of C1": (
        "title: T\nsummary: a\x9b31m\n",
        "2:11: control character U+009B",
    ),
    "escape": ("title: T\nsummary: a\x1b[31m\n", "2:11: control character U+001B"),
    "half a character": (
        'title: "\\ud800"\n',
        "1:8: title holds half a character (\\u escape), not a valid character",
    ),
    "half a character in a key": ('title: T\n"\\ud800": 1\n', "2:1: key"),
    "beyond the last character": (
        'title: "\\UFFFFFFFF"\n',
        "1:9: not a valid character",
    ),
    "tag that would run": (
        'title: !!python/object/apply:os.system ["touch canary"]\n',
        "1:8: tags (!) are not allowed",
    ),
    "binary tag": ("title: !!binary aGk=\n", "1:8: tags (!) are not allowed"),
    "environment tag": ("title: !ENV HOME\n", "1:8: tags (!) are not allowed"),
    "include tag": ("title: !include x\n", "1:8: tags (!) are not allowed"),
    "tag with a handle": ("title: !e!include x\n", "1:8: tags (!) are not allowed"),
    "directive": ("%YAML 1.1\n---\ntitle: T\n", "2:1: directives (%) are not allowed"),
    "two documents": (
        "title: T\n---\ntitle: U\n",
        "2:1: a second document begins here; one study per file",
    ),
    "empty file": ("", "1:1: expected a mapping of settings, found an empty file"),
    "comments alone": ("# title: T\n", "1:1: expected a mapping of settings"),
    "a list at the top": ("- title\n", "1:1: expected a mapping of settings"),
    "a bare word": ("title\n", "1:1: expected a mapping of settings"),
    "brackets nested 3,000 deep": (
        f"title: {'[' * 3000}{']' * 3000}\n",
        "1:27: nested deeper than 20",
    ),
    "braces nested 200,000 deep": (
        f"title: {'{a: ' * 200_000}\n",
        "a line of more than 65,536 characters",
    ),
    "brackets nested 200,000 deep": (
        f"title: {('[' * 500 + chr(10)) * 400}\n",
        "1:27: nested deeper than 20",
    ),
    "lines nested 1,000 deep": (
        "".join(f"{' ' * i}a:\n" for i in range(1000)),
        "21:21: nested deeper than 20",
    ),
    "100 MB": (b"# " + b"x" * 100_000_000, f"{NAME}: larger than 1000000 bytes"),
    "10,001 keys and values": (
        "title: [" + "x, " * 10_001 + "]\n",
        "more than 10000 keys and values",
    ),
    "unresolved merge": (
        "title: T\n<<<<<<< HEAD\nseed: 1\n=======\nseed: 2\n>>>>>>> b\n",
        "2:1: this file has unresolved merge conflicts",
    ),
    "a list as a key": (
        "title: T\n? [a]\n: 1\n",
        "2:3: keys must be text, found a list or mapping",
    ),
    "a number as a key": (
        "title: T\n1: x\n",
        '2:1: keys must be text, got "1"; quote it',
    ),
    "null as a key": ("title: T\n~: x\n", '2:1: keys must be text, got "~"; quote it'),
    "a value that needs quotes": (
        "title: A: b\n",
        (
            '1:9: a value that holds ": " must be quoted\n  1 | title: A: b\n'
            "    |         ^"
        ),
    ),
    "a quote that is not closed": (
        'title: "T\nseed: 1\n',
        "1:8: the quote opened here is not closed",
    ),
    "a bracket that is not closed": ("title: T\ntags: [a, b\n", "2:"),
    "a line indented unlike others": (
        "title: T\nmodels:\n  a: {kind: mute}\n b: {kind: mute}\n",
        "4:2: this line is indented unlike",
    ),
    "a value that begins with a sign": (
        "title: @x\n",
        '1:8: a value cannot begin with "@"; quote it',
    ),
    "an unknown escape": ('title: "\\d"\n', "unknown escape"),
}

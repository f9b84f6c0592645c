"""Mistakes that authors make, chosen by a seed: what is written, and where it is wrong.

A mistake is made in one file of a project at a place that is known, so that a test can
ask for that place. Kinds come from what people do: a letter too few, a name that was
changed in one place only, a comma for a point, a quote from a word processor, a table
saved by another program, a merge that was left half done.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from generator.study.yaml.read import read_yaml
from generator.study.yaml.source import KeyPath

SECTIONS = {"corpora", "models", "artifacts", "figures"}
REFERENCES = {"corpus", "model", "artifact", "of", "kind", "method", "figure"}


@dataclass
class Mistake:
    """Files as they are with the mistake in them, and where messages must point.

    Attributes:
        kind: The kind of mistake.
        files: New bytes by path, None for a file that is removed.
        places: The file and the line of each mistake; 0 for a file as a whole.
        plain: Whether the program must know how to mend it.
    """

    kind: str
    files: dict[str, bytes | None] = field(default_factory=dict)
    places: list[tuple[str, int]] = field(default_factory=list)
    plain: bool = False


Kind = Callable[[random.Random, Path], Mistake | None]
KINDS: dict[str, Kind] = {}


def kind(make: Kind) -> Kind:
    """Add a kind of mistake to the table, by the name of its function."""
    KINDS[make.__name__.replace("_", " ")] = make
    return make


def make_mistake(seed: int, project: Path) -> Mistake:
    """Return the mistake of a seed; seeds in a row are of all kinds in turn."""
    rng = random.Random(seed)  # noqa: S311 - mistakes, not secrets
    names = list(KINDS)
    while True:
        name = names[seed % len(names)]
        made = KINDS[name](rng, project)
        if made is not None:
            made.kind = name
            return made
        seed += 1


def misspell(rng: random.Random, word: str) -> str:
    """Return a word with two letters exchanged, one doubled, or one left out."""
    at = rng.randrange(1, len(word) - 1)
    ways = [word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]]
    if word[at] != word[at + 1 : at + 2]:
        ways.append(word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :])
    return rng.choice(sorted({way for way in ways if way != word}))


def study_files(project: Path, name: str = "study.yaml") -> list[Path]:
    """Return a file of each study, in order."""
    return sorted(project.glob(f"studies/*/{name}"))


def name_of(project: Path, path: Path) -> str:
    """Return a file's path from the project on."""
    return path.relative_to(project).as_posix()


def choose_key(
    rng: random.Random, project: Path, fits: Callable[[KeyPath, object], bool]
) -> tuple[Path, KeyPath] | None:
    """Choose a key of a study file."""
    for path in rng.sample(study_files(project), len(study_files(project))):
        source = read_yaml(path, "x")
        found = [k for k in source.keys if fits(k, at(source.data, k))]
        if found:
            return path, rng.choice(found)
    return None


def at(data: object, path: KeyPath) -> object:
    """Return the value at a path."""
    for step in path:
        data = data[step]  # type: ignore[index]
    return data


def replace_at(
    project: Path, path: Path, place: tuple[int, int], old: str, new: str
) -> Mistake | None:
    """Write another word at a place of a file."""
    lines = path.read_text("utf-8").split("\n")
    line, column = place
    rest = lines[line - 1][column - 1 :]
    if not rest.startswith(old):
        return None
    lines[line - 1] = lines[line - 1][: column - 1] + new + rest[len(old) :]
    name = name_of(project, path)
    return Mistake("", {name: "\n".join(lines).encode()}, [(name, line)])


def replace_in_prose(
    rng: random.Random, project: Path, pattern: str, change: Callable[[str], str]
) -> Mistake | None:
    """Change the group of a pattern somewhere in a write-up."""
    files = study_files(project, "index.md")
    for path in rng.sample(files, len(files)):
        text = path.read_text("utf-8")
        matches = [m for m in re.finditer(pattern, text) if len(m[1]) > 3]
        if matches:
            match = rng.choice(matches)
            new = text[: match.start(1)] + change(match[1]) + text[match.end(1) :]
            name = name_of(project, path)
            line = text.count("\n", 0, match.start(1)) + 1
            return Mistake("", {name: new.encode()}, [(name, line)])
    return None


def is_setting(path: KeyPath) -> bool:
    """Return whether a key is the program's and not a name that an author gave."""
    if len(path) == 1:
        return True
    return len(path) == 3 and path[0] in {*SECTIONS, "claims"}


@kind
def a_key_misspelt(rng: random.Random, project: Path) -> Mistake | None:
    """A letter is wrong in the name of a setting."""
    found = choose_key(
        rng, project, lambda k, _: is_setting(k) and len(str(k[-1])) >= 5
    )
    if found is None:
        return None
    path, key = found
    place = read_yaml(path, "x").find_key_place(key)
    word = str(key[-1])
    return mark_plain(replace_at(project, path, place, word, misspell(rng, word)))


def mark_plain(made: Mistake | None) -> Mistake | None:
    """Return a mistake that the program must know how to mend."""
    if made:
        made.plain = True
    return made


@kind
def a_reference_misspelt(rng: random.Random, project: Path) -> Mistake | None:
    """A letter is wrong where an entry names another, or its kind."""
    found = choose_key(
        rng,
        project,
        lambda k, v: (
            len(k) == 3
            and k[0] in SECTIONS
            and k[2] in REFERENCES
            and isinstance(v, str)
            and len(v) >= 6
        ),
    )
    if found is None:
        return None
    path, key = found
    source = read_yaml(path, "x")
    word = str(at(source.data, key))
    place = source.find_value_place(key)
    return replace_at(project, path, place, word, misspell(rng, word))


@kind
def a_claim_about_nothing(rng: random.Random, project: Path) -> Mistake | None:
    """A claim's path begins with no artifact."""
    found = choose_key(
        rng,
        project,
        lambda k, _: len(k) == 3 and k[0] == "claims" and k[2] == "value",
    )
    if found is None:
        return None
    path, key = found
    source = read_yaml(path, "x")
    word = str(at(source.data, key)).partition(".")[0]
    if len(word) < 5:
        return None
    place = source.find_value_place(key)
    return replace_at(project, path, place, word, misspell(rng, word))


def replace_number(
    rng: random.Random, project: Path, write: Callable[[str], str]
) -> Mistake | None:
    """Write something else for a number of a setting that has a range."""
    found = choose_key(
        rng,
        project,
        lambda k, v: (
            len(k) == 3
            and k[0] in {"corpora", "models"}
            and type(v) is int
            and k[2] in {"epochs", "documents", "batch_size", "max_length"}
        ),
    )
    if found is None:
        return None
    path, key = found
    source = read_yaml(path, "x")
    word = str(at(source.data, key))
    return replace_at(project, path, source.find_value_place(key), word, write(word))


@kind
def a_number_below_zero(rng: random.Random, project: Path) -> Mistake | None:
    """A number is outside its range."""
    return replace_number(rng, project, lambda word: f"-{word}")


@kind
def a_number_with_a_unit(rng: random.Random, project: Path) -> Mistake | None:
    """A number carries what it counts."""
    unit = rng.choice(["k", " epochs", " %", "px"])
    return replace_number(rng, project, lambda word: f"{word}{unit}")


@kind
def a_number_with_a_point_for_thousands(
    rng: random.Random, project: Path
) -> Mistake | None:
    """A whole number is written as a fraction."""
    return replace_number(rng, project, lambda word: f"{word}.500")


@kind
def a_number_in_quotes(rng: random.Random, project: Path) -> Mistake | None:
    """A number is text."""
    return mark_plain(replace_number(rng, project, lambda word: f'"{word}"'))


@kind
def a_number_in_curly_quotes(rng: random.Random, project: Path) -> Mistake | None:
    """A number was pasted from a word processor."""
    return replace_number(rng, project, lambda word: f"“{word}”")


@kind
def a_word_for_a_number(rng: random.Random, project: Path) -> Mistake | None:
    """A number is a word."""
    return replace_number(rng, project, lambda _: rng.choice(["many", "all", "ten"]))


@kind
def an_octal_number(rng: random.Random, project: Path) -> Mistake | None:
    """A number begins with zeros, which means several things."""
    return replace_number(rng, project, lambda word: f"0{word}")


def change_line(
    project: Path, path: Path, number: int, change: Callable[[str], str]
) -> Mistake:
    """Change one line of a file, from 1."""
    lines = path.read_text("utf-8").split("\n")
    lines[number - 1] = change(lines[number - 1])
    name = name_of(project, path)
    return Mistake("", {name: "\n".join(lines).encode()}, [(name, number)])


def top_line(path: Path, key: str) -> int:
    """Return the line of a key at the top of a study file."""
    return read_yaml(path, "x").find_key_place((key,))[0]


@kind
def a_colon_in_a_title(rng: random.Random, project: Path) -> Mistake | None:
    """A title holds a colon and no quotes."""
    path = rng.choice(study_files(project))
    line = top_line(path, "title")
    return mark_plain(change_line(project, path, line, lambda _: "title: One: two"))


@kind
def a_title_that_is_a_number(rng: random.Random, project: Path) -> Mistake | None:
    """A title is a year, or yes."""
    path = rng.choice(study_files(project))
    word = rng.choice(["1984", "true", "1e3"])
    line = top_line(path, "title")
    return mark_plain(change_line(project, path, line, lambda _: f"title: {word}"))


@kind
def a_title_without_end(rng: random.Random, project: Path) -> Mistake | None:
    """A quote is opened and not closed."""
    path = rng.choice(study_files(project))
    return change_line(project, path, top_line(path, "title"), lambda _: 'title: "One')


@kind
def tags_without_brackets(rng: random.Random, project: Path) -> Mistake | None:
    """A list is one word."""
    path = rng.choice(study_files(project))
    line = top_line(path, "tags")
    return mark_plain(change_line(project, path, line, lambda _: "tags: attention"))


@kind
def tags_without_end(rng: random.Random, project: Path) -> Mistake | None:
    """A bracket is opened and not closed."""
    path = rng.choice(study_files(project))
    line = top_line(path, "tags")
    return change_line(project, path, line, lambda text: text.rstrip("]"))


def indent_line(
    rng: random.Random, project: Path, change: Callable[[str], str]
) -> Mistake | None:
    """Change the indentation of a key in an entry that is written over lines."""
    found = choose_key(rng, project, lambda k, _: len(k) == 3 and k[0] in SECTIONS)
    if found is None:
        return None
    path, key = found
    line, column = read_yaml(path, "x").find_key_place(key)
    text = path.read_text("utf-8").split("\n")[line - 1]
    if text[: column - 1].strip() or column < 3:
        return None
    return change_line(project, path, line, change)


@kind
def a_tab(rng: random.Random, project: Path) -> Mistake | None:
    """A line is indented by a tab."""
    return indent_line(rng, project, lambda text: f"\t{text.lstrip()}")


@kind
def a_space_too_few(rng: random.Random, project: Path) -> Mistake | None:
    """A line is indented unlike its neighbours."""
    return indent_line(rng, project, lambda text: text[1:])


@kind
def a_space_that_is_none(rng: random.Random, project: Path) -> Mistake | None:
    """A line is indented by no-break spaces, as pages and chats have them."""
    return indent_line(rng, project, lambda text: "\xa0" * 4 + text.lstrip())


@kind
def a_key_twice(rng: random.Random, project: Path) -> Mistake | None:
    """A setting is written twice."""
    path = rng.choice(study_files(project))
    line = top_line(path, "category")
    made = change_line(project, path, line, lambda text: f"{text}\ncategory: notes")
    made.places = [(made.places[0][0], line + 1)]
    return made


@kind
def a_merge_left(rng: random.Random, project: Path) -> Mistake | None:
    """Marks of a merge are in a file."""
    path = rng.choice(study_files(project, rng.choice(["study.yaml", "index.md"])))
    marks = "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other"
    return change_line(project, path, 1, lambda text: marks.format(text, text))


@kind
def bytes_of_another_encoding(rng: random.Random, project: Path) -> Mistake | None:
    """A file was saved in Latin-1."""
    path = rng.choice(study_files(project, rng.choice(["study.yaml", "index.md"])))
    data = path.read_bytes()
    line = data.count(b"\n") + 1
    name = name_of(project, path)
    return Mistake("", {name: data + b"# caf\xe9\n"}, [(name, line)])


@kind
def a_file_of_two_bytes(rng: random.Random, project: Path) -> Mistake | None:
    """A study file was saved as UTF-16."""
    path = rng.choice(study_files(project))
    name = name_of(project, path)
    return Mistake("", {name: path.read_text("utf-8").encode("utf-16")}, [(name, 1)])


@kind
def no_write_up(rng: random.Random, project: Path) -> Mistake | None:
    """The prose is missing."""
    name = name_of(project, rng.choice(study_files(project, "index.md")))
    return Mistake("", {name: None}, [(name, 0)])


@kind
def a_figure_misspelt(rng: random.Random, project: Path) -> Mistake | None:
    """A write-up places a figure that the study lacks."""
    return replace_in_prose(
        rng, project, r"\]\(figure:([\w-]+)\)", lambda word: misspell(rng, word)
    )


@kind
def a_value_misspelt(rng: random.Random, project: Path) -> Mistake | None:
    """A sentence names a value of no artifact."""
    return replace_in_prose(
        rng,
        project,
        r"\{\{ *((?!claims)[\w-]{5,})\.",
        lambda word: misspell(rng, word),
    )


@kind
def a_field_misspelt(rng: random.Random, project: Path) -> Mistake | None:
    """A sentence names a field that the artifact has not."""
    return replace_in_prose(
        rng,
        project,
        r"\{\{ *[\w-]+\.(rows|reference|groups|texts|labels)\b",
        lambda word: misspell(rng, word),
    )


@kind
def a_verdict_misspelt(rng: random.Random, project: Path) -> Mistake | None:
    """A sentence names a claim that the study lacks."""
    return replace_in_prose(
        rng, project, r"\{\{ *claims\.([\w-]{5,})\.", lambda word: misspell(rng, word)
    )


@kind
def a_format_that_is_none(rng: random.Random, project: Path) -> Mistake | None:
    """A value is to be printed in a format that no number has."""
    return replace_in_prose(
        rng, project, r"\{\{ *[\w-]+\.reference(:[.\w%]+) *\}\}", lambda _: ":two"
    )


@kind
def a_record_for_a_number(rng: random.Random, project: Path) -> Mistake | None:
    """A path ends at a row, before its number."""
    return replace_in_prose(
        rng, project, r"\{\{ *[\w-]+\.rows\.[\w-]+(\.value)\b", lambda _: ""
    )


@kind
def a_citation_misspelt(rng: random.Random, project: Path) -> Mistake | None:
    """A work is cited that the references lack."""
    return replace_in_prose(
        rng, project, r"\[@([\w-]+)\]", lambda word: misspell(rng, word)
    )


def add_to_prose(rng: random.Random, project: Path, text: str) -> Mistake:
    """Add a paragraph to a write-up."""
    path = rng.choice(study_files(project, "index.md"))
    before = path.read_text("utf-8").rstrip("\n")
    name = name_of(project, path)
    line = before.count("\n") + 3
    return Mistake("", {name: f"{before}\n\n{text}\n".encode()}, [(name, line)])


@kind
def a_link_to_no_study(rng: random.Random, project: Path) -> Mistake | None:
    """A link leads to a study whose name is misspelt."""
    folder = rng.choice(study_files(project)).parent.name
    wrong = folder[:11] + misspell(rng, folder[11:])
    return mark_plain(add_to_prose(rng, project, f"See [it](../{wrong}/index.md)."))


@kind
def a_link_to_no_place(rng: random.Random, project: Path) -> Mistake | None:
    """A link leads to no heading of the page."""
    return add_to_prose(rng, project, "See [above](#no-such-heading-at-all).")


@kind
def a_picture_that_is_not_there(rng: random.Random, project: Path) -> Mistake | None:
    """A picture was not put beside the write-up."""
    return add_to_prose(rng, project, "![A drawing.](drawing.png)")


@kind
def a_note_that_is_not_there(rng: random.Random, project: Path) -> Mistake | None:
    """A mark of a note has no note."""
    return add_to_prose(rng, project, "So it is said.[^missing]")


@kind
def code_without_end(rng: random.Random, project: Path) -> Mistake | None:
    """A block of code is not closed."""
    return add_to_prose(rng, project, "```python\nprint(1)")


@kind
def a_character_of_control(rng: random.Random, project: Path) -> Mistake | None:
    """A character came along that nobody can see."""
    return add_to_prose(rng, project, "A bell\x07 rings.")


@kind
def a_setting_of_the_site_misspelt(rng: random.Random, project: Path) -> Mistake | None:
    """The site's settings have a key of no meaning."""
    path = project / "studies" / "site.yaml"
    text = path.read_text("utf-8").rstrip("\n")
    word = misspell(rng, rng.choice(["timezone", "licence", "language", "repository"]))
    name = name_of(project, path)
    line = text.count("\n") + 2
    return Mistake("", {name: f"{text}\n{word}: x\n".encode()}, [(name, line)])


@kind
def references_without_end(_rng: random.Random, project: Path) -> Mistake | None:
    """An entry of the references is not closed."""
    path = project / "studies" / "references.bib"
    text = path.read_text("utf-8").rstrip()
    name = name_of(project, path)
    return Mistake("", {name: f"{text.rstrip('}')}\n".encode()}, [(name, 0)])


@kind
def a_row_without_label(rng: random.Random, project: Path) -> Mistake | None:
    """A row of a table has no label."""
    path = next(project.glob("studies/*/rows.csv"))
    lines = path.read_text("utf-8").split("\n")
    number = rng.randrange(3, len(lines) - 2)
    lines[number] = lines[number].partition(",")[0] + ","
    study = name_of(project, path.with_name("study.yaml"))
    files = {name_of(project, path): "\n".join(lines).encode()}
    return Mistake("", files, [(study, 0)])


@kind
def a_table_misspelt(_rng: random.Random, project: Path) -> Mistake | None:
    """A study names a file that is not there."""
    path = next(project.glob("studies/*/rows.csv")).with_name("study.yaml")
    place = read_yaml(path, "x").find_value_place(("corpora", "rows", "path"))
    return replace_at(project, path, place, "rows.csv", "row.csv")


@kind
def a_label_misspelt(rng: random.Random, project: Path) -> Mistake | None:
    """An artifact explains a label that no text has."""
    path = next(project.glob("studies/*/rows.csv")).with_name("study.yaml")
    place = read_yaml(path, "x").find_value_place(("artifacts", "why", "label"))
    return mark_plain(replace_at(project, path, place, "happy", misspell(rng, "happy")))


@kind
def an_epoch_that_is_not_kept(rng: random.Random, project: Path) -> Mistake | None:
    """An artifact asks for an epoch that the model does not reach."""
    path = next(project.glob("studies/*/rows.csv")).with_name("study.yaml")
    place = read_yaml(path, "x").find_value_place(("artifacts", "why", "epoch"))
    return replace_at(project, path, place, "best", rng.choice(["400", "-3", "bset"]))


@kind
def a_figure_of_another_kind(rng: random.Random, project: Path) -> Mistake | None:
    """A figure cannot draw the artifact that it names."""
    path = next(project.glob("studies/*/rows.csv")).with_name("study.yaml")
    place = read_yaml(path, "x").find_value_place(("figures", "why", "figure"))
    return replace_at(project, path, place, "heatmap", rng.choice(["matrix", "curve"]))


@kind
def a_date_that_is_none(rng: random.Random, project: Path) -> Mistake | None:
    """An update happened on a day that no calendar has."""
    path = rng.choice(study_files(project))
    line = top_line(path, "tags")
    day = rng.choice(["2031-02-30", "30.01.2031", "2031-13-01", "soon"])
    text = f'updates: [{{date: {day}, text: "More."}}]'
    made = change_line(project, path, line, lambda tags: f"{tags}\n{text}")
    made.places = [(made.places[0][0], line + 1)]
    return made


@kind
def two_at_once(rng: random.Random, project: Path) -> Mistake | None:
    """Two studies have a mistake each."""
    one = a_key_misspelt(rng, project)
    for _ in range(20):
        other = a_key_misspelt(rng, project)
        if one and other and one.files.keys().isdisjoint(other.files):
            both = {**one.files, **other.files}
            return Mistake("", both, one.places + other.places, plain=True)
    return None


@kind
def lines_that_end_as_in_windows(rng: random.Random, project: Path) -> Mistake | None:
    """A file with the line ends of Windows has a misspelt key."""
    made = a_key_misspelt(rng, project)
    if made is None:
        return None
    made.files = {
        name: (data or b"").replace(b"\n", b"\r\n") for name, data in made.files.items()
    }
    return made


@kind
def a_folder_with_a_wrong_day(_rng: random.Random, _project: Path) -> Mistake | None:
    """A study's folder is named after a day that no calendar has."""
    name = "studies/2026-02-30-march/study.yaml"
    return Mistake("", {name: b"title: March\n"}, [("studies/2026-02-30-march", 0)])


@kind
def two_folders_of_one_name(rng: random.Random, project: Path) -> Mistake | None:
    """Two studies would have one address."""
    first = rng.choice(study_files(project)).parent
    name = f"studies/2020-01-01-{first.name[11:]}"
    files: dict[str, bytes | None] = {
        f"{name}/{file}": (first / file).read_bytes()
        for file in ("study.yaml", "index.md")
    }
    return Mistake("", files, [(name, 0)])

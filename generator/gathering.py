"""All posts of a site: those that changed made anew, the others recalled.

What is drawn of a study follows from its folder, the templates, this program, what the
whole site shares (settings, references, the base address), the pages of the studies
that its prose names, and all grades of methods. These make its key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

import jinja2

from generator.drawer import Fragments
from generator.errors import StudyError
from generator.figurefiles import pictures_beside
from generator.files import combined, digest
from generator.kept import Kept
from generator.noted import Imprint
from generator.pages.graded import Grade, in_order, seen_by
from generator.pages.post import Post
from generator.pages.records import study_path
from generator.postfile import keep, keep_all, recall, recall_all
from generator.posts import make_post, usable
from generator.program import hashes, program_key, shared, templates_key
from generator.settings import SiteSettings
from generator.study import Study


@dataclass(frozen=True)
class Bench:
    """What all studies are drawn with, and where drawn posts are kept."""

    project: Path
    templates: jinja2.Environment
    settings: SiteSettings
    base_url: str = ""
    kept: Kept | None = None

    @cached_property
    def key(self) -> str:
        """The hash of everything that posts share."""
        return combined(
            program_key(),
            templates_key(self.project),
            self.settings.model_dump(mode="json"),
            self.base_url,
            shared(self.project),
        )

    @cached_property
    def pictures(self) -> Kept | None:
        """Where pictures are kept, None where nothing is."""
        return pictures_beside(self.kept)

    @property
    def imprint(self) -> Imprint:
        """What a citation says of the site."""
        author = (self.settings.author,) if self.settings.author else ()
        return Imprint(self.settings.title, author, self.base_url)


@dataclass(frozen=True)
class Looked:
    """A study that can be drawn: hashes of its files, and how it grades methods."""

    study: Study
    files: dict[str, str]
    reason: str
    grades: tuple[Grade, ...]

    @property
    def prose(self) -> str:
        """The write-up as it is on disk, "" where there is none."""
        path = self.study.folder / "index.md"
        return path.read_text("utf-8", "replace") if path.name in self.files else ""


def gather(
    studies: Sequence[Study], bench: Bench
) -> tuple[tuple[Post, ...], list[str]]:
    """All posts, newest first, and warnings. Raises with all that cannot be drawn."""
    looked = [look(study, bench.kept) for study in studies]
    grades = in_order(chain.from_iterable(one.grades for one in looked))
    warnings = [f"left out: {one.reason}" for one in looked if one.reason]
    ready = [one for one in looked if not one.reason]
    known = {
        s.folder.name: study_path(s.category, s.date, s.slug)
        for s in (one.study for one in ready)
    }
    posts: list[Post] = []
    problems: list[StudyError] = []
    for one in ready:
        try:
            post, said = drawn(one, bench, known, grades)
        except StudyError as error:
            problems.append(error)
        else:
            posts.append(post)
            warnings += said
    if problems:
        told = dict.fromkeys(p for error in problems for p in error.problems)
        raise type(problems[0])(*told)
    posts.sort(key=lambda post: post.path)
    posts.sort(key=lambda post: post.date, reverse=True)
    return tuple(posts), warnings


def look(study: Study, kept: Kept | None) -> Looked:
    """Whether a study can be drawn, and what it says of methods."""
    if kept is None:
        return Looked(study, {}, *usable(study))
    files = hashes(study.folder)
    files["study"] = digest(study.model_dump_json().encode())
    told = study.folder.name, files["study"], collected(files)
    key = combined("grades", program_key(), *told)
    grades = recall_all(kept, key, Grade)
    if grades is not None:
        return Looked(study, files, "", grades)
    reason, grades = usable(study)
    if not reason:
        keep_all(kept, key, grades, Grade)
    return Looked(study, files, reason, grades)


def collected(files: Mapping[str, str]) -> dict[str, str]:
    """Those of a study's files that were collected."""
    return {n: h for n, h in files.items() if n.startswith("artifacts/")}


def drawn(
    one: Looked, bench: Bench, known: Mapping[str, str], grades: Sequence[Grade]
) -> tuple[Post, tuple[str, ...]]:
    """The post of a study and warnings, recalled if nothing changed."""
    study, kept = one.study, bench.kept
    home = study.folder
    seen = seen_by(home.name, grades)
    if kept is None:
        return make_post(study, bench.templates, known, seen, imprint=bench.imprint)
    prose = one.prose
    named = {name: path for name, path in known.items() if name in prose}
    graded = [repr(grade) for grade in seen]
    asked = study.title, list(study.artifacts), collected(one.files)
    drawing = combined("figures", bench.key, *asked, graded)
    key = combined("post", bench.key, graded, home.name, one.files, named)
    found = recall(kept, key, home)
    if found is None:
        fragments = Fragments(kept, drawing, bench.pictures)
        post, warnings = make_post(
            study, bench.templates, known, seen, fragments, imprint=bench.imprint
        )
        found = keep(kept, key, home, post, warnings), warnings
    return found

"""All posts of a site: those that changed made anew, the others recalled.

What is drawn of a study follows from its folder, the templates, this program, what the
whole site shares (settings, references, the base address), the pages of the studies
that its prose names, and all grades of methods. These make its key.

A post as bytes and back, so that a study that did not change is not drawn again.

A post follows from the study's folder, the templates, this program and a few facts of
the whole site. What lists say of it is kept as strict JSON by the hash of all of these,
its article apart, to be read where its page is drawn, its files beside, each by its own
hash. What is drawn now and what was kept are the same to the last digit, because a post
that was just made takes the same way through JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import jinja2

from generator.core.cache import Kept, hashes, program_key, shared, templates_key
from generator.core.errors import StudyError
from generator.core.files import combined, digest
from generator.core.serialize import decode, encode
from generator.figures.export.figure_files import pictures_beside
from generator.site.annotated_figures import Imprint
from generator.site.content import Content, Files, Lost, OnDisk, kept_as
from generator.site.figure_renderer import Fragments
from generator.site.pages.post import (
    Article,
    Grade,
    Post,
    Teaser,
    Unread,
    in_order,
    seen_by,
    study_path,
)
from generator.site.posts import make_post, usable
from generator.study.site_settings import SiteSettings
from generator.study.study import Study

T = TypeVar("T")

Said = tuple[str, ...]
"""Warnings about a post."""


@dataclass(frozen=True, slots=True)
class Told:
    """A post without its article; `named` says where its files are, by their paths."""

    teaser: Teaser
    outside: str
    named: Mapping[str, Sequence[str]]
    warnings: Said


def keep(kept: Kept, key: str, home: Path, post: Post, said: Said) -> Post:
    """Keep the post of the study in `home`; the post as it will be recalled."""
    named = {path: _put(kept, home, content) for path, content in post.files.items()}
    told = encode(post, Teaser, {})
    outside = combined("teaser", {**told, "sections": []})
    article = _written(encode(post.article, Article, {}))
    record = _written([told, outside, named, list(said)])
    kept.put(_apart(key), article)
    kept.put(key, record)
    again: Article = decode(_read(article), Article, {})
    made = _post(_told(record).teaser, Unread(lambda: again))
    return replace(made, files=post.files, key=key, outside=outside)


def recall(kept: Kept, key: str, home: Path) -> tuple[Post, Said] | None:
    """The post kept under `key` and its warnings; None if not all of it is there."""
    data = kept.get(key)
    if data is None or kept.size(_apart(key)) is None:
        return None
    told = _told(data)
    files: Files = {}
    for path, (how, name) in told.named.items():
        content: Content | None = (
            OnDisk(home / name) if how == "path" else kept_as(kept, name)
        )
        if content is None:
            return None
        files[path] = content
    post = _post(told.teaser, Unread(lambda: _article(kept, key)))
    return replace(post, files=files, key=key, outside=told.outside), told.warnings


def _put(kept: Kept, home: Path, content: Content) -> list[str]:
    """Where a file of a post can be found again."""
    if isinstance(content, OnDisk):
        return ["path", str(content.path.relative_to(home))]
    kept.put(content.digest, content.read())
    return ["kept", content.digest]


def _apart(key: str) -> str:
    """The key of a post's article."""
    return combined("article", key)


def _article(kept: Kept, key: str) -> Article:
    """The article of a post. Raises `Lost`."""
    data = kept.get(_apart(key))
    if data is None:
        kept.drop(_apart(key))
        raise Lost(key)
    found: Article = decode(_read(data), Article, {})
    return found


@lru_cache(maxsize=1024)
def _told(record: bytes) -> Told:
    """What a record says, read once, as a preview asks for it at every look."""
    told, outside, named, warnings = _read(record)
    return Told(decode(told, Teaser, {}), outside, named, tuple(warnings))


def _post(teaser: Teaser, unread: Unread) -> Post:
    """The post with this teaser, without its files."""
    own = {field.name: getattr(teaser, field.name) for field in fields(Teaser)}
    return Post(**own, unread=unread)


def keep_all(kept: Kept, key: str, found: tuple[T, ...], kind: type[T]) -> None:
    """Keep records of one kind under `key`."""
    kept.put(key, _written(encode(found, tuple[kind, ...], {})))  # type: ignore[valid-type] # a hint made here


def recall_all(kept: Kept, key: str, kind: type[T]) -> tuple[T, ...] | None:
    """The records kept under `key`, None if there are none."""
    data = kept.get(key)
    if data is None:
        return None
    found: tuple[T, ...] = decode(_read(data), tuple[kind, ...], {})  # type: ignore[valid-type] # see above
    return found


def _written(plain: Any) -> bytes:  # noqa: ANN401 - plain JSON
    return json.dumps(plain, allow_nan=False).encode("utf-8", "surrogatepass")


def _read(data: bytes) -> Any:  # noqa: ANN401 - plain JSON
    return json.loads(data.decode("utf-8", "surrogatepass"))


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

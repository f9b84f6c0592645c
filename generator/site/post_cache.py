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

from generator.core.cache import (
    Cache,
    compute_program_key,
    compute_templates_key,
    hash_files,
    hash_shared_files,
)
from generator.core.errors import StudyError
from generator.core.files import digest, hash_parts
from generator.core.serialize import decode_value, encode_value
from generator.figures.export.figure_files import find_picture_cache
from generator.site.annotated_figures import Imprint
from generator.site.content import (
    CacheMissError,
    FileContent,
    FileSource,
    SiteFiles,
    find_cached,
)
from generator.site.figure_renderer import FigureCache
from generator.site.pages.post import (
    LazyArticle,
    MethodGrade,
    Post,
    PostArticle,
    Teaser,
    grades_for_study,
    sort_grades,
    study_path,
)
from generator.site.posts import check_artifacts, make_post
from generator.study.site_settings import SiteSettings
from generator.study.study import Study

T = TypeVar("T")

PostWarnings = tuple[str, ...]
"""Warnings about a post."""


@dataclass(frozen=True, slots=True)
class CachedPost:
    """A post without its article; `named` says where its files are, by their paths."""

    teaser: Teaser
    outside: str
    names_by_path: Mapping[str, Sequence[str]]
    warnings: PostWarnings


def store_post(
    cache: Cache, key: str, home: Path, post: Post, said: PostWarnings
) -> Post:
    """Keep the post of the study in `home`; the post as it will be recalled."""
    named = {
        path: _store_file(cache, home, content) for path, content in post.files.items()
    }
    told = encode_value(post, Teaser, {})
    outside = hash_parts("teaser", {**told, "sections": []})
    article = _encode(encode_value(post.article, PostArticle, {}))
    record = _encode([told, outside, named, list(said)])
    cache.put(_article_key(key), article)
    cache.put(key, record)
    again: PostArticle = decode_value(_decode(article), PostArticle, {})
    made = _build_post(_read_record(record).teaser, LazyArticle(lambda: again))
    return replace(made, files=post.files, key=key, outside=outside)


def recall_post(cache: Cache, key: str, home: Path) -> tuple[Post, PostWarnings] | None:
    """The post kept under `key` and its warnings; None if not all of it is there."""
    data = cache.get(key)
    if data is None or cache.size(_article_key(key)) is None:
        return None
    told = _read_record(data)
    files: SiteFiles = {}
    for path, (how, name) in told.names_by_path.items():
        content: FileSource | None = (
            FileContent(home / name) if how == "path" else find_cached(cache, name)
        )
        if content is None:
            return None
        files[path] = content
    post = _build_post(told.teaser, LazyArticle(lambda: _article(cache, key)))
    return replace(post, files=files, key=key, outside=told.outside), told.warnings


def _store_file(cache: Cache, home: Path, content: FileSource) -> list[str]:
    """Where a file of a post can be found again."""
    if isinstance(content, FileContent):
        return ["path", str(content.path.relative_to(home))]
    cache.put(content.digest, content.read())
    return ["kept", content.digest]


def _article_key(key: str) -> str:
    """The key of a post's article."""
    return hash_parts("article", key)


def _article(cache: Cache, key: str) -> PostArticle:
    """The article of a post. Raises `Lost`."""
    data = cache.get(_article_key(key))
    if data is None:
        cache.drop(_article_key(key))
        raise CacheMissError(key)
    found: PostArticle = decode_value(_decode(data), PostArticle, {})
    return found


@lru_cache(maxsize=1024)
def _read_record(record: bytes) -> CachedPost:
    """What a record says, read once, as a preview asks for it at every look."""
    told, outside, named, warnings = _decode(record)
    return CachedPost(decode_value(told, Teaser, {}), outside, named, tuple(warnings))


def _build_post(teaser: Teaser, unread: LazyArticle) -> Post:
    """The post with this teaser, without its files."""
    own = {field.name: getattr(teaser, field.name) for field in fields(Teaser)}
    return Post(**own, unread=unread)


def store_records(cache: Cache, key: str, found: tuple[T, ...], kind: type[T]) -> None:
    """Keep records of one kind under `key`."""
    cache.put(key, _encode(encode_value(found, tuple[kind, ...], {})))  # type: ignore[valid-type] # a hint made here


def recall_records(cache: Cache, key: str, kind: type[T]) -> tuple[T, ...] | None:
    """The records kept under `key`, None if there are none."""
    data = cache.get(key)
    if data is None:
        return None
    found: tuple[T, ...] = decode_value(_decode(data), tuple[kind, ...], {})  # type: ignore[valid-type] # see above
    return found


def _encode(plain: Any) -> bytes:  # noqa: ANN401 - plain JSON
    return json.dumps(plain, allow_nan=False).encode("utf-8", "surrogatepass")


def _decode(data: bytes) -> Any:  # noqa: ANN401 - plain JSON
    return json.loads(data.decode("utf-8", "surrogatepass"))


@dataclass(frozen=True)
class RenderContext:
    """What all studies are drawn with, and where drawn posts are kept."""

    project: Path
    templates: jinja2.Environment
    settings: SiteSettings
    base_url: str = ""
    cache: Cache | None = None

    @cached_property
    def key(self) -> str:
        """The hash of everything that posts share."""
        return hash_parts(
            compute_program_key(),
            compute_templates_key(self.project),
            self.settings.model_dump(mode="json"),
            self.base_url,
            hash_shared_files(self.project),
        )

    @cached_property
    def pictures(self) -> Cache | None:
        """Where pictures are kept, None where nothing is."""
        return find_picture_cache(self.cache)

    @property
    def imprint(self) -> Imprint:
        """What a citation says of the site."""
        author = (self.settings.author,) if self.settings.author else ()
        return Imprint(self.settings.title, author, self.base_url)


@dataclass(frozen=True)
class InspectedStudy:
    """A study that can be drawn: hashes of its files, and how it grades methods."""

    study: Study
    files: dict[str, str]
    reason: str
    grades: tuple[MethodGrade, ...]

    @property
    def prose(self) -> str:
        """The write-up as it is on disk, "" where there is none."""
        path = self.study.folder / "index.md"
        return path.read_text("utf-8", "replace") if path.name in self.files else ""


def collect_posts(
    studies: Sequence[Study], bench: RenderContext
) -> tuple[tuple[Post, ...], list[str]]:
    """All posts, newest first, and warnings. Raises with all that cannot be drawn."""
    looked = [inspect_study(study, bench.cache) for study in studies]
    grades = sort_grades(chain.from_iterable(one.grades for one in looked))
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
            post, said = render_post(one, bench, known, grades)
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


def inspect_study(study: Study, kept: Cache | None) -> InspectedStudy:
    """Whether a study can be drawn, and what it says of methods."""
    if kept is None:
        return InspectedStudy(study, {}, *check_artifacts(study))
    files = hash_files(study.folder)
    files["study"] = digest(study.model_dump_json().encode())
    told = study.folder.name, files["study"], select_collected(files)
    key = hash_parts("grades", compute_program_key(), *told)
    grades = recall_records(kept, key, MethodGrade)
    if grades is not None:
        return InspectedStudy(study, files, "", grades)
    reason, grades = check_artifacts(study)
    if not reason:
        store_records(kept, key, grades, MethodGrade)
    return InspectedStudy(study, files, reason, grades)


def select_collected(files: Mapping[str, str]) -> dict[str, str]:
    """Those of a study's files that were collected."""
    return {n: h for n, h in files.items() if n.startswith("artifacts/")}


def render_post(
    inspected: InspectedStudy,
    bench: RenderContext,
    known: Mapping[str, str],
    grades: Sequence[MethodGrade],
) -> tuple[Post, tuple[str, ...]]:
    """The post of a study and warnings, recalled if nothing changed."""
    study, kept = inspected.study, bench.cache
    home = study.folder
    seen = grades_for_study(home.name, grades)
    if kept is None:
        return make_post(study, bench.templates, known, seen, imprint=bench.imprint)
    prose = inspected.prose
    named = {name: path for name, path in known.items() if name in prose}
    graded = [repr(grade) for grade in seen]
    asked = study.title, list(study.artifacts), select_collected(inspected.files)
    drawing = hash_parts("figures", bench.key, *asked, graded)
    key = hash_parts("post", bench.key, graded, home.name, inspected.files, named)
    found = recall_post(kept, key, home)
    if found is None:
        fragments = FigureCache(kept, drawing, bench.pictures)
        post, warnings = make_post(
            study, bench.templates, known, seen, fragments, imprint=bench.imprint
        )
        found = store_post(kept, key, home, post, warnings), warnings
    return found

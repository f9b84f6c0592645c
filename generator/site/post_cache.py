"""All posts of a site: those that changed are made anew, the others recalled.

What is drawn of a study follows from its folder, the templates, this program, what the
whole site shares (settings, references, the base address), the pages of the studies
that its prose names, and all grades of methods. These make its key.

A post's teaser is cached as strict JSON by that key, its article apart, to be read
where its page is drawn, its files beside, each by its own hash. A post just made and
one recalled are the same to the last digit, because a post that was just made takes the
same way through JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from posixpath import dirname, normpath
from typing import Any, TypeVar

import jinja2

from generator.core.cache import (
    Cache,
    compute_program_key,
    compute_templates_key,
    hash_files,
    hash_shared_files,
)
from generator.core.errors import (
    IntegrityError,
    MissingArtifactError,
    StudyError,
    join_errors,
)
from generator.core.files import digest, hash_parts, read_plain_text, walk_files
from generator.core.serialize import decode_value, encode_value
from generator.figures.export.figure_files import find_picture_cache
from generator.figures.export.fonts import can_shape
from generator.site.annotated_figures import Imprint
from generator.site.content import (
    CacheMissError,
    ChangedStudyError,
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
from generator.site.posts import make_post, read_grades
from generator.site.sandbox import SlowTemplateError
from generator.study.origins import StudyOrigins, find_origins
from generator.study.project import STUDIES, list_study_folders
from generator.study.site_settings import SiteSettings
from generator.study.study import Study

T = TypeVar("T")

PostWarnings = tuple[str, ...]
"""Warnings about a post."""


@dataclass(frozen=True, slots=True)
class CachedPost:
    """A post without its article; `names_by_path` says where its files are."""

    teaser: Teaser
    outside: str
    names_by_path: Mapping[str, tuple[str, str]]
    warnings: PostWarnings


def store_post(
    cache: Cache, key: str, home: Path, post: Post, said: PostWarnings
) -> Post:
    """Store the post of a study in the cache.

    Args:
        cache: The cache.
        key: Key of the post.
        home: Folder of the study.
        post: The post with its article and files.
        said: Warnings about the post.

    Returns:
        The post as it will be recalled.
    """
    named = {
        path: _store_file(cache, home, content) for path, content in post.files.items()
    }
    teaser = encode_value(post, Teaser, {})
    outside = hash_parts("teaser", {**teaser, "sections": []})
    article = _encode(encode_value(post.article, PostArticle, {}))
    record = _encode([teaser, outside, named, list(said)])
    cache.put(_article_key(key), article)
    cache.put(key, record)
    again = _read_article(article)
    recalled = _build_post(_read_record(record).teaser, LazyArticle(lambda: again))
    return replace(recalled, files=post.files, key=key, outside=outside)


def recall_post(
    cache: Cache, key: str, study: Study, sources: Collection[str]
) -> tuple[Post, PostWarnings] | None:
    """Recall a post and its warnings from the cache.

    Args:
        cache: The cache.
        key: Key of the post.
        study: The study.
        sources: Files of the study, as paths within its folder.

    Returns:
        The post and its warnings, None if any part of it is gone.
    """
    record = cache.recall(key, _read_record)
    if record is None or cache.size(_article_key(key)) is None:
        return None
    if not _is_record_of(record, study, sources):
        cache.refuse(key)
        return None
    home = study.folder
    files: SiteFiles = {}
    for path, (how, name) in record.names_by_path.items():
        content: FileSource | None = (
            FileContent(home / name) if how == "path" else find_cached(cache, name)
        )
        if content is None:
            return None
        files[path] = content
    post = _build_post(record.teaser, LazyArticle(lambda: _article(cache, key)))
    return replace(post, files=files, key=key, outside=record.outside), record.warnings


def _is_record_of(record: CachedPost, study: Study, sources: Collection[str]) -> bool:
    """Return whether a post's files are of a study and go to its place in the site."""
    page = study_path(study.category, study.date, study.slug)
    place = f"{dirname(page)}/"
    return record.teaser.path == page and all(
        path.startswith(place)
        and normpath(path) == path
        and (how == "kept" or (how == "path" and name in sources))
        for path, (how, name) in record.names_by_path.items()
    )


def _store_file(cache: Cache, home: Path, content: FileSource) -> list[str]:
    """Store a file of a post, and return how to find it again."""
    if isinstance(content, FileContent):
        return ["path", str(content.path.relative_to(home))]
    cache.put(content.digest, content.read())
    return ["kept", content.digest]


def _article_key(key: str) -> str:
    """Return the key of a post's article."""
    return hash_parts("article", key)


def _article(cache: Cache, key: str) -> PostArticle:
    """Recall the article of a post.

    Raises:
        CacheMissError: If it is gone.
    """
    article = cache.recall(_article_key(key), _read_article)
    if article is None:
        cache.refuse(_article_key(key))
        raise CacheMissError(key)
    return article


def _read_article(data: bytes) -> PostArticle:
    """Read a post's article."""
    article: PostArticle = decode_value(_decode(data), PostArticle, {})
    return article


@lru_cache(maxsize=1024)
def _read_record(record: bytes) -> CachedPost:
    """Read a post's record, once, as a preview wants it at every rendering.

    Raises:
        ValueError: It is not one.
    """
    teaser, outside, named, warnings = _decode(record)
    plain = {path: (str(how), str(name)) for path, (how, name) in named.items()}
    said = tuple(map(str, warnings))
    return CachedPost(decode_value(teaser, Teaser, {}), str(outside), plain, said)


def _build_post(teaser: Teaser, unread: LazyArticle) -> Post:
    """Build the post with this teaser, without its files."""
    own = {field.name: getattr(teaser, field.name) for field in fields(Teaser)}
    return Post(**own, unread=unread)


def store_records(cache: Cache, key: str, found: tuple[T, ...], kind: type[T]) -> None:
    """Store records of one kind in the cache.

    Args:
        cache: The cache.
        key: Key of the records.
        found: The records.
        kind: Their class.
    """
    cache.put(key, _encode(encode_value(found, tuple[kind, ...], {})))  # type: ignore[valid-type] # a hint made here


def recall_records(cache: Cache, key: str, kind: type[T]) -> tuple[T, ...] | None:
    """Recall records of one kind from the cache.

    Args:
        cache: The cache.
        key: Key of the records.
        kind: Their class.

    Returns:
        The records, None if there are none.
    """
    return cache.recall(
        key,
        lambda data: decode_value(_decode(data), tuple[kind, ...], {}),  # type: ignore[valid-type] # see above
    )


def _encode(plain: Any) -> bytes:  # noqa: ANN401 - plain JSON
    return json.dumps(plain, allow_nan=False).encode("utf-8", "surrogatepass")


def _decode(data: bytes) -> Any:  # noqa: ANN401 - plain JSON
    return json.loads(data.decode("utf-8", "surrogatepass"))


@dataclass(frozen=True)
class RenderContext:
    """The context for drawing all studies, and the cache of drawn posts."""

    project: Path
    templates: jinja2.Environment
    settings: SiteSettings
    base_url: str = ""
    cache: Cache | None = None

    @cached_property
    def key(self) -> str:
        """Hash of everything that posts share."""
        return hash_parts(
            compute_program_key(),
            compute_templates_key(self.project),
            self.settings.model_dump(mode="json"),
            self.base_url,
            hash_shared_files(self.project),
            can_shape(),
        )

    @cached_property
    def pictures(self) -> Cache | None:
        """The cache of pictures, None without a cache."""
        return find_picture_cache(self.cache)

    @property
    def imprint(self) -> Imprint:
        """Where and by whom studies are published."""
        author = (self.settings.author,) if self.settings.author else ()
        return Imprint(self.settings.title, author, self.base_url)


FileStates = dict[str, tuple[int, int, int, int]]
"""Inode, size and times of each file; the last time is that of any change at all."""


def read_states(folder: Path) -> FileStates:
    """Return the states of the files in a folder and below.

    Args:
        folder: The folder.
    """
    states: FileStates = {}
    for path, _ in walk_files(folder):
        with contextlib.suppress(FileNotFoundError):
            one = os.lstat(f"{folder}/{path}")
            states[path] = one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns
    return states


@dataclass(frozen=True)
class InspectedStudy:
    """A study with its files' hashes, its grades, and its files' states before."""

    study: Study
    files: dict[str, str]
    grades: tuple[MethodGrade, ...]
    states: FileStates = field(default_factory=dict)

    @property
    def prose(self) -> str:
        """The write-up as it is on disk, "" where there is none."""
        path = self.study.folder / "index.md"
        if path.name not in self.files:
            return ""
        try:
            return read_plain_text(path)
        except OSError:  # a link or a pipe, which is told where the prose is rendered
            return ""


def collect_posts(
    studies: Sequence[Study], bench: RenderContext
) -> tuple[tuple[Post, ...], list[str]]:
    """Make or recall the posts of all studies.

    Args:
        studies: Studies that can be drawn.
        bench: The context that all studies share.

    Returns:
        The posts, newest first, and warnings.

    Raises:
        StudyError: With the problems of all studies that cannot be drawn.
        SlowTemplateError: At the first template that takes too long.
    """
    ready: list[InspectedStudy] = []
    problems: list[StudyError] = []
    for study in studies:
        try:
            ready.append(inspect_study(study, bench.cache))
        except MissingArtifactError as error:
            problems.append(make_loss_error(study, error))
        except StudyError as error:
            problems.append(error)
    raise_problems(problems)
    grades = sort_grades(chain.from_iterable(one.grades for one in ready))
    has_folder = (bench.project / STUDIES).is_dir()
    folders = list_study_folders(bench.project) if has_folder else ()
    known = {folder.name: "" for folder in folders} | {
        s.folder.name: study_path(s.category, s.date, s.slug)
        for s in (one.study for one in ready)
    }
    origins = find_origins(bench.project, [one.study for one in ready])
    posts: list[Post] = []
    warnings: list[str] = []
    for one in ready:
        try:
            own = origins[one.study.folder.name]
            post, post_warnings = render_post(one, bench, known, grades, own)
        except SlowTemplateError:
            raise  # the others might take as long
        except StudyError as error:
            problems.append(error)
        else:
            posts.append(post)
            warnings += post_warnings
    raise_problems(problems)
    posts.sort(key=lambda post: post.path)
    posts.sort(key=lambda post: post.date, reverse=True)
    return tuple(posts), warnings


def raise_problems(errors: Sequence[StudyError]) -> None:
    """Raise one error for several, if there are any.

    Args:
        errors: The errors; the first gives its class.
    """
    if errors:
        raise join_errors(errors)


def make_loss_error(study: Study, error: MissingArtifactError) -> IntegrityError:
    """Return the error for an artifact that went away since its study was chosen.

    A site without a study that belongs to it would be wrong, and nobody would see it.

    Args:
        study: The study.
        error: What is missing.
    """
    what = error.problems[0].partition("; ")[0]
    return IntegrityError(
        f"{what}: it was there before {study.slug} was drawn; see what else changes "
        "this project, and run the same command again"
    )


def inspect_study(study: Study, kept: Cache | None) -> InspectedStudy:
    """Hash a study's files, and read its grades of methods.

    Args:
        study: The study.
        kept: The cache, None for no cache.

    Returns:
        The study with its files' hashes and grades.

    Raises:
        StudyError: One of its artifacts is missing or damaged.
    """
    if kept is None:
        return InspectedStudy(study, {}, read_grades(study))
    states = read_states(study.folder)  # first, so that no change is missed
    files = hash_files(study.folder)
    files["study"] = digest(study.model_dump_json().encode())
    inputs = study.folder.name, files["study"], select_collected(files)
    key = hash_parts("grades", compute_program_key(), *inputs)
    grades = recall_records(kept, key, MethodGrade)
    if grades is None:
        grades = read_grades(study)
        store_records(kept, key, grades, MethodGrade)
    return InspectedStudy(study, files, grades, states)


def select_collected(files: Mapping[str, str]) -> dict[str, str]:
    """Select those of a study's files that were collected.

    Args:
        files: Hashes by path within the study's folder.

    Returns:
        The hashes of its artifacts.
    """
    return {n: h for n, h in files.items() if n.startswith("artifacts/")}


def render_post(
    inspected: InspectedStudy,
    bench: RenderContext,
    known: Mapping[str, str],
    grades: Sequence[MethodGrade],
    origins: StudyOrigins,
) -> tuple[Post, tuple[str, ...]]:
    """Make the post of a study, or recall it if nothing changed.

    Args:
        inspected: The study with its files' hashes.
        bench: The context that all studies share.
        known: Page of each study by the name of its folder, "" where it is not on
            the site.
        grades: Grades that all studies give to methods.
        origins: Where its artifacts come from.

    Returns:
        The post, and warnings.

    Raises:
        ChangedStudyError: If the study's files were written meanwhile.
    """
    study, cache = inspected.study, bench.cache
    home = study.folder
    visible_grades = grades_for_study(home.name, grades)
    if cache is None:
        return make_post(
            study,
            bench.templates,
            known,
            visible_grades,
            imprint=bench.imprint,
            origins=origins,
        )
    prose = inspected.prose
    named = {name: path for name, path in known.items() if name in prose}
    graded = [repr(grade) for grade in visible_grades]
    own = origins.as_plain_data()
    collected = study.title, list(study.artifacts), select_collected(inspected.files)
    drawing = hash_parts("figures", bench.key, *collected, graded, own)
    key = hash_parts("post", bench.key, graded, home.name, inspected.files, named, own)
    recalled = recall_post(cache, key, study, inspected.files)
    if recalled is None:
        fragments = FigureCache(cache, drawing, bench.pictures)
        post, warnings = make_post(
            study,
            bench.templates,
            known,
            visible_grades,
            fragments,
            imprint=bench.imprint,
            origins=origins,
        )
        if read_states(home) != inspected.states:
            # It may be of other words than its key, though these are back by now.
            raise ChangedStudyError(home.name)
        recalled = store_post(cache, key, home, post, warnings), warnings
    return recalled

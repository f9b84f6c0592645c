"""Posts: what pages say of a study, with the facts and the words for them.

A post is a teaser, which lists and searches show, and an article, which is read only
where its own page is drawn: most posts of a rendering are those of the rendering
before. A study that grades explanations against known rationales tells every other one
how far the same method can be trusted; its grades are put in order here and given the
ids by which other pages link to them.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from markupsafe import Markup
from slugify import slugify

from generator.artifacts import Scores, TrustScore
from generator.artifacts.base import ArtifactHead
from generator.core.decision import VERDICTS
from generator.figures.export.axes import AxisTick, EstimateWhisker
from generator.figures.formatting import format_count
from generator.figures.squares import Thumbnail
from generator.site.content import SiteFiles
from generator.site.writeup.bibliography import BibliographyReference
from generator.study.site_settings import Person

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listing:
    """A tag, a category or a year, and the page that lists its studies."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line of a page's list of contents."""

    id: str
    text: str
    figure: int = 0  # its number, 0 for a heading


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim with its verdict, its estimate and what that is compared with."""

    name: str  # the page's anchor is `claim-` and this
    claim: str
    verdict: str
    reason: str  # why it is undecided
    whisker: EstimateWhisker
    quantity: str
    expected: str  # where the estimate should lie, in words
    against: EstimateWhisker | None  # what it is compared with
    bounds: tuple[AxisTick, ...]  # ends of where it should lie, given a margin
    ticks: tuple[AxisTick, ...]
    figure: str = ""  # id of the figure that draws it
    number: int = 0
    size: str = ""  # how many units of which kind
    comparison: str = ""  # how two estimates are compared
    seeds: str = ""  # how many it stands on
    set: str = ""  # when its threshold was fixed: "before", "after" or unknown


@dataclass(frozen=True, slots=True)
class ProvenanceFact:
    """A line of provenance."""

    name: str
    text: str
    path: str = ""
    hash: bool = False


@dataclass(frozen=True, slots=True)
class ProvenanceFacts:
    """Facts about one thing: a corpus, a model, an artifact."""

    title: str
    lines: tuple[ProvenanceFact, ...]


@dataclass(frozen=True, slots=True)
class Download:
    """A file beside a page."""

    name: str
    path: str
    kind: str
    size: str


@dataclass(frozen=True, slots=True)
class StudyChange:
    """A change of a study after it was published."""

    date: dt.date
    kind: str  # update or correction
    text: str

    @property
    def day(self) -> str:
        """The date in words."""
        return format_date(self.date)


@dataclass(frozen=True, slots=True)
class SharedTrait:
    """A trait that studies can share: a tag, a model, a method, a corpus."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class SearchSection:
    """A document of the search index: a section of a write-up, or a figure."""

    id: str
    title: str
    text: str
    words: tuple[str, ...] = ()  # by which it is found, those of its tokens too
    figure: bool = False


def format_date(date: dt.date) -> str:
    """Format a date in words, independent of the locale.

    Args:
        date: The day.

    Returns:
        The date, as in "3 July 2018".
    """
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def count_verdicts(claims: Iterable[ClaimView]) -> str:
    """Format how many claims were tested and came to which verdict.

    Args:
        claims: Claims with their verdicts.

    Returns:
        The counts, as in "4 claims tested: 3 supported, 1 undecided".
    """
    counts = Counter(claim.verdict for claim in claims)
    verdicts = ", ".join(f"{counts[v]} {v}" for v in VERDICTS if counts[v])
    return f"{format_count(counts.total(), 'claim')} tested: {verdicts}"


def count_settings(claims: Iterable[ClaimView]) -> str:
    """Format how many thresholds were fixed before results were known.

    Args:
        claims: Claims with their verdicts.

    Returns:
        The counts, as in "Thresholds: 2 set before their numbers were known, 1 after".
    """
    counts = Counter(claim.set for claim in claims)
    words = {
        "before": "set before their numbers were known",
        "after": "set after their numbers were known",
        "": "not stated when",
    }
    each = (f"{counts[key]} {word}" for key, word in words.items() if counts[key])
    return f"Thresholds: {', '.join(each)}"


def tag_listing(name: str) -> Listing:
    """Return a tag with the path of its page."""
    return Listing(name, f"tags/{slugify(name)}/index.html")


def category_listing(name: str) -> Listing:
    """Return a category with the path of its page."""
    return Listing(name, f"categories/{slugify(name)}/index.html")


def series_listing(name: str) -> Listing:
    """Return a series with the path of its page."""
    return Listing(name, f"series/{slugify(name)}/index.html")


def study_path(category: str, date: dt.date, slug: str) -> str:
    """Return the path of a study's page within the site.

    Args:
        category: Category of the study.
        date: Day of the study.
        slug: Last part of its address.

    Returns:
        A path such as `category/2018/07/03/slug/index.html`.
    """
    return f"{slugify(category)}/{date:%Y/%m/%d}/{slug}/index.html"


PATH = "trust/index.html"
"""Where the page of all grades lies."""
FIRST = "AUPRC"
"""The measure that methods are put in order by, largest first."""


@dataclass(frozen=True, slots=True)
class GradeGroup:
    """What comparable grades share: a study, its texts and a model."""

    folder: str
    study: str  # its title
    path: str  # its page
    artifact: str  # the grades
    model: str
    model_kind: str
    corpus: str  # its kind, in words
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MethodGrade:
    """An explanation's grade. `kind` tells apart variants of a method."""

    group: GradeGroup
    artifact: str  # the explanation
    method: str
    kind: str
    scores: tuple[TrustScore, ...]
    id: str = ""

    @property
    def name(self) -> str:
        """The method and its variant, as a reader calls them."""
        name = readable_name(self.method)
        return f"{name} ({self.kind})" if self.kind else name

    @property
    def first(self) -> TrustScore | None:
        """The score that decides the order, None if it was not taken."""
        return next((score for score in self.scores if score.name == FIRST), None)


def grade_methods(
    folder: str,
    title: str,
    path: str,
    heads: Mapping[str, ArtifactHead],
    found: Mapping[str, Scores],
) -> Iterator[MethodGrade]:
    """Yield the grades that one study gives to methods.

    Args:
        folder: Name of the study's folder.
        title: Title of the study.
        path: Path of the study's page within the site.
        heads: Heads of the study's artifacts by name.
        found: Scores among the artifacts, by name.

    Yields:
        Grades in the order of the study's artifacts.
    """
    for artifact, scores in found.items():
        if scores.aspect != "rationale":
            continue
        for of in dict.fromkeys(row.of for row in scores.rows if row.of in heads):
            made = heads[of].made
            group = GradeGroup(
                folder=folder,
                study=title,
                path=path,
                artifact=artifact,
                model=made.model.name if made.model else "",
                model_kind=made.model.kind if made.model else "",
                corpus=readable_name(made.corpus.kind)
                if made.corpus
                else "given texts",
                notes=scores.notes,
            )
            rows = tuple(row for row in scores.rows if row.of == of)
            yield MethodGrade(group, of, made.method, method_variant(heads[of]), rows)


def readable_name(name: str) -> str:
    """Return a name of a table with spaces for underscores."""
    return name.replace("_", " ")


def method_variant(head: ArtifactHead) -> str:
    """Return the variant of a method, where it has several.

    Args:
        head: Head of the artifact that the method made.

    Returns:
        The variant's name, "" for a method without variants.
    """
    kind = head.made.settings.get("kind", "")
    return kind if isinstance(kind, str) else ""


def sort_grades(every: Iterable[MethodGrade]) -> tuple[MethodGrade, ...]:
    """Sort grades, the largest first score first, and give each its own id.

    An id is the method's name; another grade of the same method has a number after it.

    Args:
        every: Grades of all studies.

    Returns:
        The sorted grades with their ids.
    """
    order = sorted(every, key=grade_sort_key)
    uses: dict[str, int] = {}
    named = []
    for grade in order:
        slug = slugify(grade.name)
        uses[slug] = number = uses.get(slug, 0) + 1
        named.append(replace(grade, id=slug if number == 1 else f"{slug}-{number}"))
    return tuple(named)


def grades_for_study(
    folder: str, every: Iterable[MethodGrade]
) -> tuple[MethodGrade, ...]:
    """Return all grades as one study can show them: those of others unnamed.

    No figure tells which study a grade came from, so none is drawn again where that
    study has another title.

    Args:
        folder: Name of the folder of the study that shows them.
        every: Grades of all studies.

    Returns:
        The study's own grades as they are, the others without their study.
    """
    return tuple(
        one if one.group.folder == folder else anonymize_grade(one) for one in every
    )


def anonymize_grade(grade: MethodGrade) -> MethodGrade:
    """Return a grade without the study that gave it."""
    return replace(grade, group=replace(grade.group, folder="", study="", path=""))


def grade_sort_key(grade: MethodGrade) -> tuple[float, str, str, str]:
    """Return the sort key of a grade: its first score, then its name.

    Args:
        grade: The grade.

    Returns:
        A key that sorts larger first scores first and grades without one last.
    """
    value = grade.first.value if grade.first else math.nan
    last = math.inf if math.isnan(value) else -value
    return last, grade.name, grade.group.folder, grade.artifact


def find_grade(every: Iterable[MethodGrade], head: ArtifactHead) -> MethodGrade | None:
    """Find the grade that speaks for an artifact: of its method and variant.

    Of several, one on a model of the same kind comes first, then the one that rests on
    most texts.

    Args:
        every: Grades of all studies.
        head: Head of the artifact.

    Returns:
        The grade, None if no study graded the method.
    """
    made = head.made
    model = made.model.kind if made.model else ""
    same = [
        g for g in every if (g.method, g.kind) == (made.method, method_variant(head))
    ]
    return min(
        (g for g in same if g.first and not math.isnan(g.first.value)),
        key=lambda g: (g.group.model_kind != model, -g.first.n if g.first else 0),
        default=None,
    )


@dataclass(frozen=True)
class PostArticle:
    """The part of a post that the study's own page and the feeds show."""

    body: tuple[Markup, ...] = ()
    contents: tuple[ContentsEntry, ...] = ()
    facts: tuple[ProvenanceFacts, ...] = ()
    downloads: tuple[Download, ...] = ()
    references: tuple[BibliographyReference, ...] = ()
    """Works that the write-up cites, in the order of their list."""
    content: str = ""
    """The write-up as HTML for feeds, its links those of the page."""
    origins: tuple[str, ...] = ()
    """Sentences that say where the artifacts come from."""
    older: tuple[str, ...] = ()
    """Older versions of methods and models that artifacts come from."""


@dataclass(frozen=True)
class Teaser:
    """The part of a post that other pages show."""

    path: str
    folder: str
    title: str
    summary: str
    date: dt.date
    tags: tuple[Listing, ...]
    category: Listing
    authors: tuple[str, ...]
    draft: bool
    claims: tuple[ClaimView, ...] = ()
    minutes: int = 1
    figures: int = 0
    kinds: tuple[str, ...] = ()
    """Kinds of figures on its page, sorted."""
    models: int = 0
    strip: Thumbnail | None = None
    picture: Thumbnail | None = None
    picture_id: str = ""
    picture_number: int = 0
    grades: tuple[MethodGrade, ...] = ()
    marks: tuple[str, ...] = ()
    """What is true of it today: that it is scheduled, stale, not collected."""
    changes: tuple[StudyChange, ...] = ()
    """Updates and corrections, newest first."""
    licence: str = ""
    """The study's own; the site's holds where it is empty."""
    people: tuple[Person, ...] = ()
    """The authors with what the site knows of them."""
    card: str = ""
    """Path of the card that other sites show (1200 by 630), "" where there is none."""
    card_alt: str = ""
    series: tuple[Listing, ...] = ()
    """The series that the study is a part of; none or one."""
    aliases: tuple[str, ...] = ()
    """Paths that lead to the study too."""
    sampling: str = ""
    """How the author chose the texts that figures show, "" if not said."""
    sections: tuple[SearchSection, ...] = ()
    """What a search finds of it."""
    traits: tuple[SharedTrait, ...] = ()
    """What other studies may have in common with it."""

    @property
    def anchor(self) -> str:
        """Id of the study on pages that list studies."""
        return f"study-{slugify(self.folder)}"

    @property
    def tally(self) -> str:
        """How many claims came to which verdict, in words."""
        return count_verdicts(self.claims)

    @property
    def thresholds(self) -> str:
        """When the thresholds of its claims were fixed, in words."""
        return count_settings(self.claims)

    @property
    def day(self) -> str:
        """The date in words."""
        return format_date(self.date)

    @property
    def updated(self) -> dt.date:
        """The day of the newest change, the date itself where there is none."""
        return max([self.date, *(change.date for change in self.changes)])

    @property
    def updated_day(self) -> str:
        """The day of the newest change in words."""
        return format_date(self.updated)

    @property
    def day_short(self) -> str:
        """The date with its month in three letters."""
        return f"{self.date.day} {MONTHS[self.date.month - 1][:3]} {self.date.year}"


class LazyArticle:
    """An article that is read at its first use."""

    def __init__(self, read: Callable[[], PostArticle]) -> None:
        self._read = read

    @cached_property
    def article(self) -> PostArticle:
        """The article, read now if it was not yet."""
        return self._read()


NO_ARTICLE = LazyArticle(PostArticle)


@dataclass(frozen=True)
class Post(Teaser):
    """A study, ready to be put on pages."""

    unread: LazyArticle = field(default=NO_ARTICLE, repr=False, compare=False)
    """What stands on its own page."""
    files: SiteFiles = field(default_factory=dict, repr=False, compare=False)
    """Paths in the site, and what to put there."""
    key: str = ""
    """The hash of everything it follows from, "" where nobody knows."""
    outside: str = ""
    """The hash of what other pages say of it, "" where nobody knows."""

    @property
    def article(self) -> PostArticle:
        """The article, read now if it was not yet."""
        return self.unread.article

"""One study with everything that prose can hold, to be looked at and to be tested.

`python -m tests.site.writeup.gallery DIR` writes `DIR/studies` and renders `DIR/site`.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from pathlib import Path

from PIL import Image

from generator.site.build import RenderedSite, render_site
from generator.study.site_settings import Person, SiteSettings
from generator.study.study import Study, Update
from tests.figures.gallery import SAMPLES, fill, study

BIB = (SAMPLES / "prose.bib").read_text("utf-8")
PROSE = (SAMPLES / "prose.md").read_text("utf-8")
SETTINGS = SiteSettings(
    title="Ten words back",
    licence="CC-BY-4.0",
    base_url="https://example.org/studies/",
    authors={
        "writer": Person(
            name="Ada Writer",
            orcid="0000-0002-1825-0097",
            url="https://example.org/ada",
            affiliation="A University & Co.",
        ),
        "second": Person(name="Max de Second"),
    },
)


def one(project: Path) -> Study:
    """The study, its files written."""
    made = study(
        project, dt.date(2026, 11, 13), "prose", title="What a write-up can say",
        summary="Formulas, citations, notes, code and what follows them.",
        category="studies", tags=("prose",), draft=False, names=("greedy",),
        figures=("step",), models={}, licence="", authors=("writer", "second"),
        updates=(
            Update(date=dt.date(2026, 11, 20), text="A second seed was added."),
            Update(date=dt.date(2026, 12, 1), kind="correction",
                   text="The bound was printed as 7.3 & is 7.39; no verdict changed."),
        ),
    )  # fmt: skip
    fill(made, PROSE)
    (made.folder / "references.bib").write_text(BIB, "utf-8")
    Image.new("RGB", (320, 120), (128, 128, 128)).save(made.folder / "square.png")
    return made


def main(folder: Path) -> RenderedSite:
    """Render the study into `folder / "site"`, which is made anew."""
    site = folder / "site"
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    return render_site(folder, (one(folder),), SETTINGS, site)


if __name__ == "__main__":
    print(main(Path(sys.argv[1])))  # noqa: T201 - a program

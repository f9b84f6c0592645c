"""One study with everything that prose can hold, to be looked at and to be tested.

`python -m tests.prose.gallery DIR` writes `DIR/studies` and renders `DIR/site`.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from pathlib import Path

from PIL import Image

from generator.settings import Person, SiteSettings
from generator.site import Rendered, render
from generator.study import Study, Update
from tests.figures.gallery import fill, study

BIB = r"""
@inproceedings{jain2019,
  title = {Attention is not {Explanation}},
  author = {Jain, Sarthak and Wallace, Byron C.},
  booktitle = {Proceedings of NAACL-HLT},
  year = {2019}, eprint = {1902.10186}, archiveprefix = {arXiv}
}
@article{goedel1931,
  title = {{\"U}ber formal unentscheidbare S{\"a}tze},
  author = {G{\"o}del, Kurt}, journal = {Monatshefte f{\"u}r Mathematik},
  volume = {38}, pages = {173--198}, year = 1931, doi = {10.1007/BF01700692}
}
@misc{long, title = {<script>alert(1)</script> \& "other" tokens}, year = 2020,
  author = {van der Berg, A. B. and Two, C. and Three, D. and others},
  url = {https://example.org/?a=1&b=2}
}
"""
PROSE = r"""
Attention weights are a softmax of scores [@jain2019], so $\sum_i \alpha_i = 1$.[^one]
Jain and Wallace [-@jain2019] asked whether they explain.[^two] It costs $5 or
$6.[^three]

$$
\alpha_i = \frac{\exp(s_i)}{\sum_{j=1}^{n} \exp(s_j)}, \qquad
\frac{\max_i \alpha_i}{\min_i \alpha_i} \le e^{2} \approx 7.39, \qquad
\pi(z) = \exp\left( -\frac{d(x, z)^2}{\sigma^2} \right)
$$

[^one]: A note with a formula, $e^2 \approx 7.39$, and `<pad>`. It is long enough to
    need several lines in the margin of a wide page.
[^two]: A second note on the same paragraph [@goedel1931, p. 173].
[^three]: A third.
[^four]: A note in a caption.
[^five]: A note in a list.
[^six]: A note in a table.

## Code, and $\alpha$ in a heading

```python
@dataclass(frozen=True)
class Window:
    "What a model sees."  # a comment
    tokens: tuple[str, ...] = ("<pad>",) * 10

    def predict(self, model: Model, temperature: float = 0.5) -> list[float]:
        return [float(p) for p in model.at("best").predict(self.tokens, temperature)]
```

```yaml
figures:
  weights: {figure: matrix, artifact: greedy, title: "Where it looked"}
```

## Lists and tables

- An item with a note,[^five] and another:

    - nested, with $x^2$

- A last one.

Softmax
:   What makes scores into weights, with `code`.

Padding
:   Tokens that say nothing.

| quantity | value[^six] | formula |
|:---------|------:|:--|
| largest  | {{ greedy.scores.max:.2f }} | $\max_i \alpha_i$ |

/// caption
A table with a caption, which cites [@long; @goedel1931].
///

![A grey square](square.png)

/// caption
A picture with a *caption*, and a note.[^four]
///

> Quoted text, with a formula $a < b$.

![One step of the text.[^four]](figure:step)

The last paragraph, which refers to [a figure](#fig-step).
"""
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


def main(folder: Path) -> Rendered:
    """Render the study into `folder / "site"`, which is made anew."""
    site = folder / "site"
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    return render(folder, (one(folder),), SETTINGS, site)


if __name__ == "__main__":
    print(main(Path(sys.argv[1])))  # noqa: T201 - a program

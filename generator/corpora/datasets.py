"""Corpora that can be fetched: where they are, and which bytes they must be.

Nothing is fetched by surprise: a study whose corpus is absent is skipped with a line
that names the command. Each file has a fixed place in the data folder; one put there by
hand counts as fetched. Its hash is checked whenever it is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from generator.corpora.downloads import Progress, RemoteFile, download
from generator.corpora.reading import Raw, read
from generator.errors import ConfigError, CorpusError, IntegrityError, nearest, quoted
from generator.invocation import command_line

GITHUB = "https://raw.githubusercontent.com"


@dataclass(frozen=True, slots=True)
class Dataset:
    """Files that belong together. `plain`: one file, one text a line."""

    name: str
    title: str
    rights: str
    files: tuple[RemoteFile, ...]
    plain: bool = False

    @property
    def sha256(self) -> str:
        """The pinned hashes of all files, in order."""
        return "+".join(file.sha256 for file in self.files)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


def table(datasets: Iterable[Dataset]) -> dict[str, Dataset]:
    """Datasets by name."""
    return {dataset.name: dataset for dataset in datasets}


SST = (
    f"{GITHUB}/successar/AttentionExplanation/"
    "425a89a49a8b3bffc3f5e8338287e2ecd0cf1fa2/preprocess/SST"
)

DATASETS: dict[str, Dataset] = table(
    (
        Dataset(
            name="songs",
            title="Song reviews: 1,584 posts of music blogs, 2018",
            rights="posts scraped from blogs; rights stay with their authors",
            files=(
                RemoteFile(
                    path="songs/blog_content_en_sample.json",
                    url=f"{GITHUB}/iconix/openai/10eaee7732df952446df9808da31a17a8db0ae55"
                    "/datasets/blog_content_en_sample.json",
                    size=2_517_092,
                    sha256="e0ec3714db1263cfe90ac9a1c8b36ac2"
                    "b0ae26384d5c331bc13c4d6778814544",
                ),
            ),
        ),
        Dataset(
            name="hacker_news",
            title="2,000 titles of Hacker News; the first line is a header",
            rights="distributed with textgenrnn (MIT); titles by their posters",
            plain=True,
            files=(
                RemoteFile(
                    path="textgenrnn/hacker_news_2000.txt",
                    url=f"{GITHUB}/minimaxir/textgenrnn/"
                    "ee8b9e806d109c25566581f358a4a72b6f03929a"
                    "/datasets/hacker_news_2000.txt",
                    size=86_064,
                    sha256="a2b0612f4e30c8cd44f94b76abc0d461"
                    "7c5b890d6250310bb3400bae2d88432a",
                ),
            ),
        ),
        Dataset(
            name="tinyshakespeare",
            title="Lines from Shakespeare's plays, 1,115,394 characters",
            rights="public domain",
            plain=True,
            files=(
                RemoteFile(
                    path="tinyshakespeare/input.txt",
                    url=f"{GITHUB}/karpathy/char-rnn/"
                    "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e"
                    "/data/tinyshakespeare/input.txt",
                    size=1_115_394,
                    sha256="86c4e6aa9db7c042ec79f339dcb96d42"
                    "b0075e16b8fc2e86bf0ca57e2dc565ed",
                ),
            ),
        ),
        Dataset(
            name="sst",
            title="Stanford Sentiment Treebank: 11,855 sentences as labelled trees",
            rights="Socher et al. 2013; cite the paper",
            files=(
                RemoteFile(
                    path="sst/train.txt",
                    url=f"{SST}/train.txt",
                    size=2_160_058,
                    sha256="e2f3f41b0b1e6d4dddc0effe3bfc2d27"
                    "ed8928079aa9a03d652311614fc5feb7",
                ),
                RemoteFile(
                    path="sst/dev.txt",
                    url=f"{SST}/dev.txt",
                    size=280_825,
                    sha256="0e9336aed6e4730e19f58d00a77b3f02"
                    "97efdb755f7b5e598c98a05e3f97ea40",
                ),
                RemoteFile(
                    path="sst/test.txt",
                    url=f"{SST}/test.txt",
                    size=559_614,
                    sha256="6e54806dee95cf80cd918e7dfb3f6770"
                    "f6df24bf826f289a4d1f709e1c8f6761",
                ),
            ),
        ),
        Dataset(
            name="imdb",
            title="Large Movie Review Dataset: 50,000 labelled film reviews",
            rights="Maas et al. 2011; cite the paper",
            files=(
                RemoteFile(
                    path="aclImdb_v1.tar.gz",
                    url="https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
                    size=84_125_825,
                    sha256="c40f74a18d3b61f90feba1e17730e0d3"
                    "8e8b97c05fde7008942e91923d1658fe",
                ),
            ),
        ),
        Dataset(
            name="english_french",
            title="5,000 English sentences with their French translations",
            rights="Tatoeba, CC BY 2.0 FR; the third column attributes each pair",
            files=(
                RemoteFile(
                    path="translation/eng-fra.txt",
                    url=f"{GITHUB}/NJUxlj/seq2seq-attention-translation/"
                    "b20755b1c81f2d82526ab967dbc8ec6465f22f14/data/eng-fra.txt",
                    size=562_864,
                    sha256="d952b56a181da5270b7bb4ded3f3bbe6"
                    "1e67a9b1de0e0fbc1d46438c71fb55a7",
                ),
            ),
        ),
    )
)
"""Every dataset that a study file, or `fetch`, can name."""


def absent(name: str, data: Path) -> bool:
    """Whether a file of the dataset is not in the folder `data`."""
    return not all((data / file.path).is_file() for file in DATASETS[name].files)


def read_dataset(name: str, data: Path) -> tuple[Raw, ...]:
    """The files of a dataset, in order, each with the pinned bytes.

    Raises `CorpusError` for an absent one, `IntegrityError` for other bytes.
    """
    return tuple(pinned(name, file, data) for file in DATASETS[name].files)


def pinned(name: str, file: RemoteFile, data: Path) -> Raw:
    """One file of a dataset, its hash checked."""
    place = data / file.path
    if not place.is_file():
        raise CorpusError(
            f"{file.path}: not in the data folder; expected the dataset {name}; "
            f"{command_line(f'fetch {name}')}"
        )
    raw = read(place.resolve(), file.path)
    if raw.sha256 != file.sha256:
        raise IntegrityError(
            f"{file.path}: found sha256 {raw.sha256}; expected {file.sha256} of the "
            f"dataset {name}; {command_line(f'fetch {name}')} replaces it"
        )
    return raw


def fetch(name: str, data: Path, progress: Progress | None = None) -> tuple[Path, ...]:
    """Put the files of a dataset into the folder `data`; those there and right stay.

    Raises `ConfigError` for an unknown name, and what `download` raises.
    """
    if name not in DATASETS:
        raise ConfigError(f"{quoted(name)}: no such dataset; {nearest(name, DATASETS)}")
    listener = progress or quiet
    return tuple(download(file, data, listener) for file in DATASETS[name].files)


def quiet(path: str, done: int, size: int) -> None:
    """Listen to a download and say nothing."""

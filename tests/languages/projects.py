"""Five small projects: reviews that a grammar makes, and a study of them in a language.

A review is a sentence of a thing and what it was like, and a sentence of what follows;
its label is known from the words that were chosen. Every third Arabic review is written
with all its vowel marks, as in books for learners, the others without.
"""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

REVIEWS = 240
NOTO = Path("/usr/share/fonts/truetype/noto")
IPA = Path("/usr/share/fonts/opentype/ipafont-gothic")


@dataclass(frozen=True)
class Grammar:
    """What reviews of a language are made of.

    Attributes:
        things: What is reviewed, with its article where there is one.
        degrees: How much, "" among them.
        good: What pleases, as it agrees with every thing.
        bad: What does not.
        last: A sentence that follows praise, and one that follows the contrary.
        build: Builds a sentence of a thing, a degree and a quality.
        join: What stands between sentences.
    """

    things: tuple[str, ...]
    degrees: tuple[str, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]
    last: tuple[tuple[str, ...], tuple[str, ...]]
    build: Callable[[str, str, str], str]
    join: str = " "


@dataclass(frozen=True)
class Language:
    """A project: its grammar, the words of its study, and what is expected of them.

    Attributes:
        tag: BCP 47 tag of the site's language.
        grammars: The reviews are made by these in turn.
        labels: Of praise and its contrary.
        title: Title of the study.
        summary: One sentence about it.
        category: Its category.
        tags: Its tags.
        heading: A heading of the write-up.
        prose: A paragraph.
        captions: Captions of its figures.
        texts: Texts to ask about: praise, its contrary, and one with English in it.
        searches: Words to search for, as a reader may type them.
        unit: What a token is.
        font: A font that has its letters, None where DejaVu does.
    """

    tag: str
    grammars: tuple[Grammar, ...]
    labels: tuple[str, str]
    title: str
    summary: str
    category: str
    tags: tuple[str, ...]
    heading: str
    prose: str
    captions: tuple[str, str, str]
    texts: tuple[str, str, str]
    searches: tuple[str, ...]
    unit: str = "word"
    font: Path | None = None


ARABIC = Grammar(
    things=("الطعام", "الخبز", "الحساء", "المكان", "العصير", "المطعم"),
    degrees=("", "جدا", "حقا", "فعلا"),
    good=("لذيذ", "رائع", "ممتاز", "جميل"),
    bad=("سيئ", "بارد", "رديء", "قديم"),
    last=(
        ("سأعود قريبا.", "أنصح به الجميع.", "شكرا لكم."),
        ("لن أعود أبدا.", "لا أنصح به أحدا.", "ضاع وقتنا."),
    ),
    build=lambda thing, degree, quality: f"{thing} {quality} {degree}".strip() + "،",
)
MARKED_ARABIC = Grammar(
    things=("الطَّعامُ", "الخُبْزُ", "الحَساءُ", "المَكانُ", "العَصيرُ", "المَطْعَمُ"),
    degrees=("", "جِدًّا", "حَقًّا", "فِعْلًا"),
    good=("لَذيذٌ", "رائِعٌ", "مُمْتازٌ", "جَميلٌ"),
    bad=("سَيِّئٌ", "بارِدٌ", "رَديءٌ", "قَديمٌ"),
    last=(
        ("سَأَعودُ قَريبًا.", "شُكْرًا لَكُمْ."),
        ("لَنْ أَعودَ أَبَدًا.", "ضاعَ وَقْتُنا."),
    ),
    build=lambda thing, degree, quality: f"{thing} {quality} {degree}".strip() + "،",
)
HINDI = Grammar(
    things=("खाना", "नाश्ता", "कमरा", "होटल", "हलवा", "शरबत"),
    degrees=("", "बहुत", "काफ़ी", "सचमुच"),
    good=("अच्छा", "बढ़िया", "शानदार", "ताज़ा"),
    bad=("बुरा", "बेकार", "ठंडा", "महँगा"),
    last=(
        ("हम फिर आएँगे।", "सबको धन्यवाद।"),
        ("हम फिर कभी नहीं आएँगे।", "क्षमा कीजिए, पैसा बर्बाद हुआ।"),
    ),
    build=lambda thing, degree, quality: f"{thing} {degree} {quality} था।".replace(
        "  ", " "
    ),
)
JAPANESE = Grammar(
    things=("スープ", "料理", "部屋", "パン", "サービス", "朝ごはん"),
    degrees=("", "とても", "本当に", "やはり"),
    good=("よかったです", "すばらしかったです", "最高でした"),
    bad=("ひどかったです", "残念でした", "最悪でした"),
    last=(
        ("また来ます。", "ありがとうございました。"),
        ("もう来ません。", "がっかりしました。"),
    ),
    build=lambda thing, degree, quality: f"{thing}は{degree}{quality}。",
    join="",
)
RUSSIAN = Grammar(
    things=("обед", "суп", "отель", "хлеб", "сервис", "чай"),
    degrees=("", "очень", "действительно", "просто"),
    good=("отличный", "хороший", "прекрасный", "замечательный"),
    bad=("плохой", "ужасный", "скучный", "дешёвый"),
    last=(
        ("Мы ещё вернёмся.", "Спасибо вам!"),
        ("Больше не придём.", "Зря потратили день."),
    ),
    build=lambda thing, degree, quality: f"Это был {degree} {quality} {thing}.".replace(
        "  ", " "
    ),
)
GERMAN = Grammar(
    things=("Das Essen", "Die Suppe", "Der Service", "Das Frühstück", "Die Straße"),
    degrees=("", "sehr", "wirklich", "überraschend"),
    good=("gut", "großartig", "schön", "gemütlich"),
    bad=("schlecht", "öde", "hässlich", "enttäuschend"),
    last=(
        ("Wir kommen gern zurück.", "Schöne Grüße an die Küche!"),
        ("Wir kommen nie wieder.", "Schade um das Geld."),
    ),
    build=lambda thing, degree, quality: f"{thing} war {degree} {quality}.".replace(
        "  ", " "
    ),
)

LANGUAGES = {
    "arabic": Language(
        tag="ar",
        grammars=(ARABIC, ARABIC, MARKED_ARABIC),
        labels=("إيجابي", "سلبي"),
        title="أي كلمة تقرر رأي الزبون؟",
        summary="نموذج صغير يقرأ آراء الزبائن، ونرى إلى أي كلمة ينظر.",
        category="آراء",
        tags=("انتباه", "مطاعم", "LIME"),
        heading="ما الذي يراه النموذج",
        prose="ندرب النموذج على 240 رأيا قصيرا، ثم نقارن الانتباه مع LIME في كل جملة.",
        captions=(
            "انتباه النموذج في ثلاث جمل.", "وزن كل كلمة.", "كم مرة يصيب النموذج.",
        ),
        texts=(
            "الطعام لذيذ جدا، سأعود قريبا.",
            "الحَساءُ بارِدٌ، لَنْ أَعودَ أَبَدًا.",
            "المكان جميل وفيه WiFi جيد.",
        ),
        searches=("الطعام", "الحساء", "لذي", "ينظر"),
        font=NOTO / "NotoNaskhArabic-Regular.ttf",
    ),
    "hindi": Language(
        tag="hi",
        grammars=(HINDI,),
        labels=("अच्छी राय", "बुरी राय"),
        title="कौन सा शब्द राय तय करता है?",
        summary="एक छोटा मॉडल लोगों की राय पढ़ता है, और हम देखते हैं कि वह किस शब्द को देखता है।",
        category="समीक्षा",
        tags=("ध्यान", "भोजन"),
        heading="मॉडल क्या देखता है",
        prose="मॉडल 240 छोटी राय पढ़कर सीखता है। फिर हम हर वाक्य में शब्दों का भार देखते हैं।",
        captions=("तीन वाक्यों पर ध्यान।", "हर शब्द का भार।", "मॉडल कितनी बार सही है।"),
        texts=(
            "खाना बहुत अच्छा था। हम फिर आएँगे।",
            "नाश्ता ठंडा था। क्षमा कीजिए, पैसा बर्बाद हुआ।",
            "होटल का WiFi बढ़िया था।",
        ),
        searches=("खाना", "नाश्ता", "क्षमा", "ठंड"),
        font=NOTO / "NotoSansDevanagari-Regular.ttf",
    ),
    "japanese": Language(
        tag="ja",
        grammars=(JAPANESE,),
        labels=("好評", "不評"),
        title="どの文字が評価を決めるのか",
        summary="小さなモデルが感想を一文字ずつ読み、どこを見ているかを調べます。",
        category="感想",
        tags=("注意", "料理"),
        heading="モデルが見ているもの",
        prose="モデルは240件の短い感想から学びます。単語の間に空白がないので、文字ごとに読みます。",
        captions=("三つの文での注意。", "文字ごとの重み。", "正解の割合。"),
        texts=(
            "料理はとてもよかったです。また来ます。",
            "スープはひどかったです。もう来ません。",
            "部屋のWiFiは最高でした。",
        ),
        searches=("料理", "スープ", "感想", "ひどかった"),
        unit="character",
        font=IPA / "ipag.ttf",
    ),
    "russian": Language(
        tag="ru",
        grammars=(RUSSIAN,),
        labels=("хвалит", "ругает"),
        title="Какое слово решает?",
        summary="Маленькая модель читает отзывы, а мы смотрим, на что она опирается.",
        category="Отзывы",
        tags=("внимание", "ещё один обед"),
        heading="Куда смотрит модель",
        prose="Модель учится на 240 коротких отзывах; каждый составлен по правилам.",
        captions=(
            "Внимание в трёх отзывах.", "Вес каждого слова.", "Доля верных ответов.",
        ),
        texts=(
            "Это был очень хороший обед. Мы ещё вернёмся.",
            "Это был плохой суп. Больше не придём.",
            "Это был отличный отель с WiFi.",
        ),
        searches=("обед", "ПЛОХОЙ", "вернемся", "решает"),
    ),
    "german": Language(
        tag="de",
        grammars=(GERMAN,),
        labels=("lobend", "tadelnd"),
        title="Was heißt hier „großartig“?",
        summary="Ein kleines Modell liest Bewertungen; wir sehen, worauf es achtet.",
        category="Gefühle",
        tags=("Aufmerksamkeit", "Straße & Küche"),
        heading="Worauf das Modell schaut",
        prose="Das Modell lernt aus 240 kurzen Bewertungen nach Regeln.",
        captions=(
            "Drei Bewertungen.", "Das Gewicht jedes Wortes.", "Wie oft es stimmt.",
        ),
        texts=(
            "Das Frühstück war sehr gut. Wir kommen gern zurück.",
            "Die Straße war hässlich. Wir kommen nie wieder.",
            "Der Service war schön, das WiFi auch.",
        ),
        searches=("Frühstück", "fruhstuck", "GROSSARTIG", "hässl"),
    ),
}  # fmt: skip


def make_reviews(name: str, count: int = REVIEWS) -> list[tuple[str, str]]:
    """Make reviews with their labels, each from its number alone."""
    language = LANGUAGES[name]
    made = []
    for number in range(count):
        seed = np.random.SeedSequence([zlib.crc32(name.encode()), number])
        drawn = np.random.Generator(np.random.PCG64(seed))
        grammar = language.grammars[number % len(language.grammars)]
        bad = int(drawn.integers(2))

        def choose(parts: tuple[str, ...], drawn: np.random.Generator = drawn) -> str:
            return parts[int(drawn.integers(len(parts)))]

        sentence = grammar.build(
            choose(grammar.things),
            choose(grammar.degrees),
            choose(grammar.bad if bad else grammar.good),
        )
        review = f"{sentence}{grammar.join}{choose(grammar.last[bad])}"
        made.append((review, language.labels[bad]))
    return made


def write_reviews(path: Path, reviews: list[tuple[str, str]]) -> None:
    """Write reviews as a CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([("text", "label"), *reviews])
    path.write_text(out.getvalue(), "utf-8", newline="")


def quote(text: str) -> str:
    """Quote a text for YAML."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_project(folder: Path, name: str, *, fonts: bool = True) -> Path:
    """Write a project of one study.

    Args:
        folder: Gets the project.
        name: Which language.
        fonts: Whether the site names a font for the language's letters.
    """
    language = LANGUAGES[name]
    study = folder / "studies" / f"2026-02-06-{name}"
    study.mkdir(parents=True)
    write_reviews(study / "reviews.csv", make_reviews(name))
    font = language.font if fonts else None
    settings = [
        f"title: {quote(language.category)}",
        f"language: {language.tag}",
        "base_url: https://studies.example.org/",
        "author: A. N. Author",
    ]
    if font is not None:
        (folder / "studies" / font.name).write_bytes(font.read_bytes())
        settings.append(f"fonts: [{font.name}]")
    (folder / "studies" / "site.yaml").write_text("\n".join(settings) + "\n", "utf-8")
    texts = ", ".join(map(quote, language.texts))
    labels = ", ".join(map(quote, language.labels))
    unit = "" if language.unit == "word" else f", unit: {language.unit}"
    (study / "study.yaml").write_text(
        f"""\
title: {quote(language.title)}
summary: {quote(language.summary)}
category: {quote(language.category)}
tags: [{", ".join(map(quote, language.tags))}]
seed: 4
corpora:
  reviews: {{kind: labelled, path: reviews.csv, labels: [{labels}]}}
models:
  reader:
    {{kind: sentiment, corpus: reviews, encoder: average, size: 16, dim_attention: 16,
     dim_embeddings: 16, epochs: 6, batch_size: 16, learning_rate: 0.02{unit}}}
  bag: {{kind: bag_of_words, corpus: reviews{unit}}}
artifacts:
  seen: {{method: attention, model: reader, texts: [{texts}]}}
  added: {{method: coefficients, model: bag, texts: [{texts}]}}
  right: {{method: predictions, model: reader}}
  share: {{method: evaluation, model: reader}}
figures:
  seen: {{figure: heatmap, artifact: seen, title: {quote(language.heading)}}}
  added: {{figure: bars, artifact: added, title: {quote(language.tags[0])}}}
  both:
    figure: compare
    artifacts: [seen, added]
    names: {{seen: {quote(language.tags[0])}, added: TF-IDF}}
    title: {quote(language.title)}
  right: {{figure: confusion, artifact: right, title: {quote(language.captions[2])}}}
  share: {{figure: estimates, artifact: share, title: {quote(language.labels[0])}}}
""",
        "utf-8",
    )
    first, second, third = language.captions
    (study / "index.md").write_text(
        f"""\
{language.prose}

## {language.heading}

![{first}](figure:seen)

- {language.texts[0]}
- **{language.labels[0]}**: {language.texts[2]}

This sentence is English, as a quotation may be.

![{second}](figure:added)

![{second}](figure:both)

![{third}](figure:right)

![{third}](figure:share)
""",
        "utf-8",
    )
    return folder

"""What a formula on a page may consist of.

MathML Core without anything that links, acts, embeds or styles. Formulas are written
with this list (`generator.prose.tex`) and every page is checked against it
(`generator.oracle`), each for itself.
"""

from __future__ import annotations

ELEMENTS = frozenset(
    {
        "annotation", "math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded",
        "mphantom", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup",
        "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "semantics",
    }
)  # fmt: skip
ATTRIBUTES = frozenset(
    {
        "accent", "accentunder", "alttext", "columnalign", "columnspacing", "depth",
        "display", "displaystyle", "encoding", "fence", "form", "height", "largeop",
        "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits",
        "notation", "rowspacing", "rspace", "scriptlevel", "separator", "stretchy",
        "symmetric", "voffset", "width",
    }
)  # fmt: skip

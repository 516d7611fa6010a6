"""Which font draws which character, so that a name is never printed as boxes.

Fonts come from installed packages and are embedded as subsets: Noto Serif for headings, Noto Sans
for text (Latin, Greek, Cyrillic; SIL OFL 1.1), WenQuanYi Micro Hei for Han, kana and Hangul
(TrueType outlines, Apache-2.0; reportlab cannot embed the CFF outlines of Noto CJK). Both Noto
files are variable fonts, of which reportlab embeds the default instance, Regular. There is no bold:
cutting one takes seconds, and emphasis by size and colour serves a calm page better.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import as_file, files
from threading import Lock
from typing import Final
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from domain.errors import DomainError


class CharacterWithoutFont(DomainError):
    """No font here can draw a character; ``facts["code_point"]`` and the field say which."""

    code = "paper.character_without_font"


class ScriptNotSupported(DomainError):
    """A script that runs right to left or joins its letters, which we cannot set rightly yet."""

    code = "paper.script_not_supported"


class Face(StrEnum):
    """The faces, by the name under which reportlab knows them."""

    TEXT = "Peerhour-Text"
    HEADING = "Peerhour-Heading"
    HAN = "Peerhour-Han"


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring characters that one face draws."""

    face: Face
    text: str


_SOURCES: Final = {
    Face.TEXT: ("fontpkg_noto_sans", "files", "NotoSans[wdth,wght].ttf"),
    Face.HEADING: ("fontpkg_noto_serif", "files", "NotoSerif[wdth,wght].ttf"),
    Face.HAN: ("paperang_p2_fonts_cjk", "fonts", "wqy-microhei.ttc"),
}
_ORDER: Final = {
    Face.TEXT: (Face.TEXT, Face.HEADING, Face.HAN),
    Face.HEADING: (Face.HEADING, Face.TEXT, Face.HAN),
    Face.HAN: (Face.HAN, Face.TEXT, Face.HEADING),
}

# Blocks whose letters join, stack or reorder: Indic to Myanmar, Philippine to Mongolian, Limbu to
# Vedic with its neighbours, the extensions in the A000s, and the ancient Indic planes.
_SHAPED: Final = (
    (0x0700, 0x10A0),
    (0x1700, 0x18B0),
    (0x1900, 0x1C80),
    (0x1CD0, 0x1D00),
    (0xA800, 0xA960),
    (0xA980, 0xAB00),
    (0xABC0, 0xAC00),
    (0x10A00, 0x10A60),
    (0x11000, 0x12000),
)
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
# Break hints, and marks of direction: what we print runs from left to right with or without them.
_WITHOUT_MEANING_IN_PRINT: Final = dict.fromkeys(
    map(ord, "\u00ad\u200b\u2060\ufeff\u061c\u200e\u200f\u2066\u2067\u2068\u2069")
)
_NEVER_DRAWN: Final = frozenset({"Cc", "Cf", "Co", "Cs"})  # control, format, private, surrogate
_ORNAMENTS: Final = frozenset({"So", "Sk", "Cf", "Me"})  # emoji, shades, what joins or frames them
_VARIATIONS: Final = range(0xFE00, 0xFE10)  # say how the character before them looks
LEFT_OUT: Final = "[…]"
"""Stands where words are that :func:`legible` could not keep."""
_registering = Lock()


def tidy(text: str) -> str:
    """Return *text* composed (NFC), with single blanks and without invisible hints."""
    composed = unicodedata.normalize("NFC", text.translate(_WITHOUT_MEANING_IN_PRINT))
    return " ".join(composed.split())


def runs(text: str, face: Face, *, field: str = "text") -> list[Run]:
    """Split *text* into runs, each in a face that has all its characters.

    A mark stays in the face of its letter where that face has it.

    Args:
        text: as stored; it is tidied first.
        face: preferred wherever it has the character.
        field: named in a refusal, because the text itself may be personal.

    Raises:
        ScriptNotSupported: right-to-left or complex script.
        CharacterWithoutFont: a character (also a control character) that no face can draw.
    """
    found: list[Run] = []
    for character in tidy(text):
        preferred = face
        if found and unicodedata.combining(character):
            preferred = found[-1].face
        chosen = _face_of(character, preferred, field)
        if found and found[-1].face is chosen:
            found[-1] = Run(chosen, found[-1].text + character)
        else:
            found.append(Run(chosen, character))
    return found


def markup(text: str, face: Face = Face.TEXT, *, field: str = "text") -> str:
    """Return *text* as reportlab's paragraph markup, escaped, with a font named for each run."""
    return "".join(
        escape(run.text)
        if run.face is face
        else f'<font name="{run.face}">{escape(run.text)}</font>'
        for run in runs(text, face, field=field)
    )


def legible(text: str) -> str:
    """Return what of *text* can be drawn: symbols left out, words in another script marked.

    For titles and the like, where one emoji must not cost everybody their paper. Never for names:
    those stand as on the licence, or not at all. A symbol beside words is an ornament; where it
    is all there is, alone or after a colon, it is marked as words are: nothing vanishes unsaid.
    """
    words: list[str] = []
    kept = ""
    for word in (whole := tidy(text)).split(" "):
        kept = "".join(each for each in word if _is_drawn(each) or not _is_ornament(each))
        if not all(map(_is_drawn, kept)):
            kept = LEFT_OUT
        elif kept != word and all(map(_is_punctuation, kept)):
            kept = ""  # what stood around a symbol says nothing without it
        if kept and (kept, words[-1:]) != (LEFT_OUT, [LEFT_OUT]):
            words.append(kept)
    if whole and not kept and (not words or words[-1].endswith(":")):
        words.append(LEFT_OUT)
    return " ".join(words)


def unprintable(text: str) -> tuple[str, ...]:
    """Return the characters of *text* that :func:`runs` would refuse, each once, as they come."""
    return tuple(dict.fromkeys(each for each in tidy(text) if not _is_drawn(each)))


def _is_drawn(character: str) -> bool:
    return isinstance(_drawn_by(character, Face.TEXT), Face)


def _is_ornament(character: str) -> bool:
    return unicodedata.category(character) in _ORNAMENTS or ord(character) in _VARIATIONS


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character).startswith("P")


def width(text: str, face: Face, size: float, *, field: str = "text") -> float:
    """Return how wide *text* is drawn on one line, in points."""
    found = runs(text, face, field=field)
    return sum(float(pdfmetrics.stringWidth(run.text, run.face, size)) for run in found)


def _face_of(character: str, preferred: Face, field: str) -> Face:
    found = _drawn_by(character, preferred)
    if isinstance(found, Face):
        return found
    name = f"U+{ord(character):04X}"
    if found is ScriptNotSupported:
        raise ScriptNotSupported(
            "We cannot print this script yet: please give the name in Latin letters, "
            "as it stands on the licence.",
            code_point=name,
            field=field,
        )
    raise CharacterWithoutFont(
        f"We have no font that can print the character {name}: please write it another way.",
        code_point=name,
        field=field,
    )


@lru_cache(maxsize=4096)  # a long paper asks for the same letters a million times
def _drawn_by(character: str, preferred: Face) -> Face | type[DomainError]:
    """Return the face that draws a character, or the refusal that says why none does."""
    code_point = ord(character)
    if unicodedata.bidirectional(character) in _RIGHT_TO_LEFT or any(
        first <= code_point < end for first, end in _SHAPED
    ):
        return ScriptNotSupported
    if unicodedata.category(character) not in _NEVER_DRAWN:
        for face in _ORDER[preferred]:
            if code_point in _glyphs()[face]:
                return face
    return CharacterWithoutFont


def _glyphs() -> dict[Face, dict[int, int]]:
    with _registering:  # reportlab's registry is global, and papers are made in worker threads
        return _registered()


@cache
def _registered() -> dict[Face, dict[int, int]]:
    """Read the fonts once a process, register them, and return what each can draw."""
    return {face: _register(face) for face in Face}


def _register(face: Face) -> dict[int, int]:
    package, *path = _SOURCES[face]
    with as_file(files(package).joinpath(*path)) as file:
        font = TTFont(face.value, str(file))
    pdfmetrics.registerFont(font)
    # Paragraph markup looks for families; ours have one member, so that nothing turns bold unseen.
    pdfmetrics.registerFontFamily(face.value, face.value, face.value, face.value, face.value)
    glyphs: dict[int, int] = font.face.charToGlyph
    return glyphs

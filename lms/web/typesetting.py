"""The fonts and letters of printed files: what every PDF of ours may draw, without a font of the machine."""

import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path

import typst

# Fonts a partnership adds for scripts we do not ship (Bengali, Chinese): any .ttf or .otf put here is used.
ADDED_FONTS = Path(__file__).resolve().parents[2] / "certificates" / "fonts"

# The first is inside typst itself: Latin (also Polish, Welsh, Vietnamese), Greek, Cyrillic, Hebrew.
SERIF = "Libertinus Serif"
# From the package fontpkg-amiri. Not Noto, which sets the dots apart from their letters: a name copied out of the PDF
# came out garbled, and so would a screen reader have read it.
ARABIC = "Amiri"
NOT_FOR_NAMES = frozenset({SERIF, ARABIC, "DejaVu Sans Mono", "New Computer Modern", "New Computer Modern Math"})

# Control characters, stray halves of letters and private marks have no shape. Joiners stay: Persian names need them.
SHAPELESS = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
JOINERS = "\u200c\u200d"


def printable(text: str) -> str:
    """Text on one line, accents joined to their letters, without characters that have no shape."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = (
        letter
        for letter in unicodedata.normalize("NFC", " ".join(text.split()))
        if letter in JOINERS or unicodedata.category(letter) not in SHAPELESS
    )
    return "".join(kept)


@cache
def fonts() -> typst.Fonts:
    """The fonts of printed files, found once: those inside typst and its Arabic companion, then the added ones."""
    folders = [Path(str(files("fontpkg_amiri") / "files"))]
    if ADDED_FONTS.is_dir():
        folders.append(ADDED_FONTS)
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


def families() -> list[str]:
    """The families a design may use, in order: ours, then each added one for the letters ours lack."""
    return [SERIF, ARABIC, *sorted(set(fonts().families()) - NOT_FOR_NAMES)]

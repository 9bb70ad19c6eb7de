"""Cut STIX Two Math down to what formulas on a page need: `python tools/maths_font.py STIXTwoMath-Regular.ttf`.

Run by hand when the font or the list of characters changes (needs `pip install "fonttools[woff]"`); the file it writes,
web/src/fonts/maths.woff2, is committed. The font is under the SIL Open Font License (LICENSE-FONT); its own record of that is
kept in the file, and its family has another name, because it is modified. It keeps the MATH table and what that refers to, so
that roots, brackets and hats still stretch.
"""

import sys
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FAMILY = "gradwalk maths"
FILE = Path(__file__).parents[1] / "web" / "src" / "fonts" / "maths.woff2"
GREEK_CAPITALS, GREEK_SMALLS = "ΓΔΘΛΞΠΣΦΨΩ", "αβγδεζηθικλμνξπρςστυφχψω"
SIGNS = "∂∇∞ℓ·×⊙±∓−≈≠≤≥∼∈∋∧∨¬→←∑∏√⊤∘′…⋯‖⌊⌋⌈⌉⟨⟩𝟙²³ᵀ₀₁₂₃₄₅₆₇₈₉¯ˆ˜˙\u0302\u00a0\u2061"
RECORDS = [0, 1, 2, 5, 7, 8, 13, 14]  # who made it, what it is called, and its licence
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


def variables():
    """Each letter with the italic character that MathML puts in its place."""
    runs = [
        ("A", ascii_uppercase, "𝐴"),
        ("a", ascii_lowercase, "𝑎"),
        ("Α", GREEK_CAPITALS, "𝛢"),
        ("α", GREEK_SMALLS, "𝛼"),
    ]
    shifted = {letter: chr(ord(to) + ord(letter) - ord(first)) for first, letters, to in runs for letter in letters}
    return shifted | {"h": "ℎ", "∂": "𝜕", "∇": "𝛻", "ϵ": "𝜖", "ϑ": "𝜗", "ϕ": "𝜙"}  # those that stand elsewhere


def cut(source):
    """The font with only what formulas are made of, and what its MATH table needs to stretch that."""
    font = TTFont(source)
    subset = Subsetter(Options(hinting=False, layout_features=[], name_IDs=RECORDS))
    subset.populate(text="".join([PRINTABLE, GREEK_CAPITALS, GREEK_SMALLS, SIGNS, *variables().values()]))
    subset.subset(font)
    for record in font["name"].names:
        if record.nameID == 1:
            record.string = FAMILY
    return font


def add_italics(font):
    """The feature ital: letters become what MathML makes of them, so that a plot and a formula spell w₁ alike."""
    glyphs = font.getBestCmap()
    rules = [
        f"sub {glyphs[ord(letter)]} by {glyphs[ord(variable)]};"
        for letter, variable in variables().items()
        if ord(letter) in glyphs
    ]
    addOpenTypeFeaturesFromString(font, f"feature ital {{ {' '.join(rules)} }} ital;")


def main():
    """Write the file, and say how large it is."""
    font = cut(sys.argv[1])
    add_italics(font)
    font.flavor = "woff2"
    font.save(FILE)
    print(f"{FILE.name}: {len(font.getGlyphOrder())} glyphs, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()

"""Cut STIX Two Math down to what formulas on a page need: `python tools/maths_font.py STIXTwoMath-Regular.ttf`.

Run by hand when the font or the list of characters changes (needs `pip install "fonttools[woff]"`); the two files it writes
into web/src/fonts are committed. The font is under the SIL Open Font License (LICENSE-FONT); its own record of that is kept
in the files, and their family has another name, because they are modified.

The upright file keeps the MATH table and what it refers to, so that roots, brackets and hats still stretch. The italic file
gives letters typed in italics the very glyphs that MathML uses for a variable, so that a plot and a formula spell w₁ alike.
"""

import sys
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase, digits

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FAMILY = "gradwalk maths"
FONTS = Path(__file__).parents[1] / "web" / "src" / "fonts"
GREEK_CAPITALS, GREEK_SMALLS = "ΓΔΘΛΞΠΣΦΨΩ", "αβγδεζηθικλμνξπρςστυφχψω"
SIGNS = "∂∇∞ℓ·×⊙±∓−≈≠≤≥∼∈∋∧∨¬→←∑∏√⊤∘′…⋯‖⌊⌋⌈⌉⟨⟩𝟙²³ᵀ₀₁₂₃₄₅₆₇₈₉¯ˆ˜˙\u0302\u00a0\u2061"
BETWEEN = " ∂/()[]=,·−+̂₀₁₂₃₄₅₆₇₈₉"
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


def cut(source, text, drop_tables=()):
    """The font with only these characters, and what its MATH table needs to stretch them."""
    font = TTFont(source)
    for table in drop_tables:
        del font[table]
    subset = Subsetter(Options(hinting=False, layout_features=["mark", "ccmp"], name_IDs=RECORDS))
    subset.populate(text=text)
    subset.subset(font)
    for record in font["name"].names:
        if record.nameID == 1:
            record.string = FAMILY
    return font


def upright(source):
    """Everything that formulas are made of."""
    return cut(source, PRINTABLE + GREEK_CAPITALS + GREEK_SMALLS + SIGNS + "".join(variables().values()))


def italic(source):
    """Letters as variables; digits, low digits and what stands between names as they are."""
    font = cut(source, digits + BETWEEN + "".join(variables().values()), drop_tables=["MATH"])
    glyphs = font.getBestCmap()
    for table in font["cmap"].tables:
        table.cmap.update({ord(letter): glyphs[ord(variable)] for letter, variable in variables().items()})
    return font


def main():
    """Write both files, and say how large they are."""
    for name, make in (("maths", upright), ("maths-italic", italic)):
        font = make(sys.argv[1])
        font.flavor = "woff2"
        font.save(FONTS / f"{name}.woff2")
        print(f"{name}: {len(font.getGlyphOrder())} glyphs, {(FONTS / f'{name}.woff2').stat().st_size} bytes")


if __name__ == "__main__":
    main()

"""Colours and styles of the pictures: one set of variables for each theme, every text at contrast AA."""

from __future__ import annotations

from collections.abc import Mapping

LIGHT = {
    "surface": "#ffffff", "card": "#ffffff", "pale": "#f3f5f8", "line": "#b9c1cc", "ink": "#1c2430", "grey": "#5a6472",
    "edge": "#7d8794", "value": "#1a5fb4", "gradient": "#a84300", "badge": "#fff3e8", "minus": "#7b3294", "plus": "#1b7837",
}  # fmt: skip
DARK = {
    "surface": "#12161d", "card": "#1a202a", "pale": "#1b222d", "line": "#465162", "ink": "#e9edf2", "grey": "#a3adba",
    "edge": "#7f8b9b", "value": "#86b7ff", "gradient": "#ffb074", "badge": "#33241a", "minus": "#c9a0dc", "plus": "#7fce92",
}  # fmt: skip
THEMES = ("light", "dark", "auto")

# Marks that no reader of colours alone needs: a parameter has cut corners, an input square ones and a bar, a result
# round ones, a constant no border.
RULES = """
.gw-svg{background:var(--surface);font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;\
font-variant-numeric:tabular-nums}
.gw-svg text{fill:var(--ink);text-anchor:middle}
.gw-svg .surface{fill:var(--surface)}
.gw-svg .area{fill:var(--pale);stroke:var(--line);stroke-width:.5}
.gw-svg text.start{text-anchor:start}
.gw-svg text.note{fill:var(--grey)}
.gw-svg .card{fill:var(--card);stroke:var(--line);stroke-width:1.2}
.gw-svg .bar{fill:var(--edge)}
.gw-svg .parameter .card{stroke:var(--edge)}
.gw-svg .output .card{stroke:var(--ink);stroke-width:1.6}
.gw-svg .op{fill:var(--surface);stroke:var(--edge);stroke-width:1.2}
.gw-svg .edge{fill:none;stroke:var(--edge);stroke-width:1.3}
.gw-svg .head{fill:var(--edge)}
.gw-svg .name{font-weight:600}
.gw-svg .dim,.gw-svg .constant text{fill:var(--grey)}
.gw-svg text.value{fill:var(--value)}
.gw-svg .constant text.value{fill:var(--grey)}
.gw-svg text.gradient{fill:var(--gradient)}
.gw-svg .badge{fill:var(--badge);stroke:var(--gradient);stroke-width:.6}
.gw-svg .heat{fill:none;stroke:var(--line);stroke-width:.8}
.gw-svg .minus{fill:var(--minus)}
.gw-svg .plus{fill:var(--plus)}
.gw-svg .nan{fill:var(--ink)}
.gw-svg .ring{fill:none;stroke-width:2.4}
.gw-svg .forward{stroke:var(--value)}
.gw-svg .backward,.gw-svg .seed{stroke:var(--gradient)}
.gw-svg .update{stroke:var(--ink)}
.gw-svg .edge.now{stroke-width:2.4}
.gw-svg .head.forward{fill:var(--value)}
.gw-svg .head.backward{fill:var(--gradient)}
.gw-svg .label{fill:var(--badge);stroke:var(--gradient);stroke-width:1}
"""


def style(theme: str) -> str:
    """The style sheet: one set of variables for each theme; ``auto`` follows the reader's system."""
    of = {"light": LIGHT, "dark": DARK, "auto": LIGHT}[theme]
    rules = variables(f".gw-{theme}", of)
    if theme == "auto":
        rules += f"@media (prefers-color-scheme:dark){{{variables('.gw-auto', DARK)}}}"
    return rules + RULES


def variables(selector: str, colours: Mapping[str, str]) -> str:
    """One theme's colours as CSS variables."""
    return f"{selector}{{{''.join(f'--{name}:{colour};' for name, colour in colours.items())}}}"

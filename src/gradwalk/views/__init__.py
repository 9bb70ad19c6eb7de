"""Views of a walk: each a pure function from a walk to text, entered in the walks' table of renderers."""

from functools import partial

from gradwalk.views import latex, text
from gradwalk.walk.walk import RENDERERS

RENDERERS["text"] = text.text
RENDERERS["txt"] = text.text
RENDERERS["summary"] = text.summary
RENDERERS["why"] = text.why
RENDERERS["cost"] = text.cost
RENDERERS["check"] = text.check
RENDERERS["compare"] = text.compare
RENDERERS["latex"] = latex.latex
RENDERERS["tex"] = partial(latex.latex, standalone=True)

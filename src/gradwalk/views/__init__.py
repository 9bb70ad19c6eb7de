"""Views of a walk: each a pure function from a walk to text, entered in the walks' table of renderers."""

from functools import partial

from gradwalk.views import latex
from gradwalk.walk.walk import RENDERERS

RENDERERS["latex"] = latex.latex
RENDERERS["tex"] = partial(latex.latex, standalone=True)

"""Views of a walk: each a pure function from a walk to text, entered in the walks' table of renderers."""

from gradwalk.views import notebook, svg, text
from gradwalk.walk.walk import RENDERERS

RENDERERS["text"] = text.text
RENDERERS["txt"] = text.text
RENDERERS["summary"] = text.summary
RENDERERS["why"] = text.why
RENDERERS["cost"] = text.cost
RENDERERS["check"] = text.check
RENDERERS["compare"] = text.compare
RENDERERS["svg"] = svg.svg
RENDERERS["notebook"] = notebook.notebook

"""Views: pure functions from a walk to text. Importing this package enters them in the walks' table of renderers."""

from gradwalk.views.notebook import notebook
from gradwalk.views.svg import svg
from gradwalk.walk.walk import RENDERERS

RENDERERS["svg"] = svg
RENDERERS["notebook"] = notebook

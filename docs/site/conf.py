"""How the documentation is built: `make docs`. Whatever is not sound in a page fails the build."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from doors import tell_doors  # noqa: E402 - found through the line before

project = "Run Registry"
author = "the Run Registry's developers"
language = "en"
extensions = ["myst_parser"]
exclude_patterns = ["site", "_site*"]
root_doc = "index"

myst_heading_anchors = 4
# the examples of the API hold answers and places to fill in, which no lexer of HTTP knows
suppress_warnings = ["misc.highlighting_failure"]
nitpicky = True

templates_path: list[str] = []
html_theme = "theme"
html_theme_path = ["."]
html_title = project
html_static_path = ["../../assets/tokens.css"]
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_domain_indices = False
html_permalinks_icon = "#"


def setup(app: "Sphinx") -> None:  # type: ignore[name-defined]  # noqa: F821 - Sphinx brings itself
    """Write the page of the API's doors from the API's own document."""
    app.connect("source-read", tell_doors)

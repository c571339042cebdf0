"""How a postmortem is shown in a page: the same drawing as in the exported file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from juncture.evidence.places import Excerpt
from juncture.model.evidence import Citation
from juncture.web.postmortems.selectors import PostmortemView


def shown(view: PostmortemView, excerpts: Mapping[Citation, Excerpt]) -> dict[str, Any]:
    """Return what the template of a postmortem needs: the article, and which section is edited where."""
    del view, excerpts
    return {}

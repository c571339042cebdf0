"""How a postmortem is shown in a page: by the same function as the exported file."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from juncture.document.html.edition import Edition
from juncture.document.html.page import article
from juncture.evidence.places import Excerpt
from juncture.model.evidence import Citation
from juncture.web.postmortems.selectors import PostmortemView


def shown_article(view: PostmortemView, excerpts: Mapping[Citation, Excerpt], *, zone: str) -> SafeString:
    """Return a postmortem's article; the working one with a link at each section to where it is written."""
    edit = {number: reverse("section", args=(view.id, section.id)) for number, section in enumerate(view.sections)}
    edition = Edition(for_authors=view.working, edit=edit)
    # The article escapes all that it is given: that is its own promise, tested with hostile records.
    return mark_safe(article(view.record, excerpts, zone=zone, edition=edition))  # noqa: S308

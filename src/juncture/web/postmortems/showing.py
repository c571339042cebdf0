"""How a postmortem is shown, in a page and as a file: by one function, with what the application knows beside the record."""

from __future__ import annotations

from hashlib import blake2b

import msgspec
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from juncture.document.html.edition import Edition
from juncture.document.html.page import article, page
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.opening import Cited, cited_in, images_for, images_within
from juncture.web.incidents.models import Visibility
from juncture.web.postmortems.kept import Kept
from juncture.web.postmortems.live import actions_now, revisions_of
from juncture.web.postmortems.selectors import PostmortemView, excerpts_for
from juncture.web.timeline.selectors import cited_series

_kept = Kept()
_encode = msgspec.json.Encoder().encode
_OPEN_TO = {
    Visibility.ORGANISATION.value: "Everybody in the organisation",
    Visibility.TEAM.value: "One team",
    Visibility.RESTRICTED.value: "Restricted",
}
_AROUND = 2
"""Lines or messages that the ring sees before and after what is cited."""
_RELATED = ("related", "Seen before?")


def shown_article(viewer: Viewer, view: PostmortemView) -> SafeString:
    """Return a postmortem's article; the working one with a link at each section to where it is written."""
    cited = cited_in(view)
    edition = _edition(viewer, view, cited)
    around = _AROUND if view.in_ring else 0
    told = (view.record, edition, cited.citations, sorted(cited.kept), cited.gone, viewer.zone, around)

    def draw() -> str:
        return str(article(view.record, excerpts_for(view, cited, around=around), zone=viewer.zone, edition=edition))

    drawn = _kept.get(blake2b(_encode(told), digest_size=20).digest(), draw)
    # The article escapes all that it is given: that is its own promise, tested with hostile records.
    return mark_safe(drawn)  # noqa: S308


def exported(viewer: Viewer, view: PostmortemView) -> str:
    """Return a postmortem as one HTML file that needs nothing but itself.

    It travels: whoever made it, it holds what every reader of the postmortem may see, and not what the ring sees around that.
    """
    cited = cited_in(view)
    edition = _edition(viewer, view, cited)
    edition = msgspec.structs.replace(edition, edit={}, also=(), as_of=timezone.now(), images=images_within(view, cited))
    return page(view.record, excerpts_for(view, cited), zone=viewer.zone, edition=edition)


def _edition(viewer: Viewer, view: PostmortemView, cited: Cited) -> Edition:
    """Return what the application knows beside the record."""
    return Edition(
        for_authors=view.working,
        edit={number: reverse("section", args=(view.id, section.id)) for number, section in enumerate(view.sections)},
        standing=(_OPEN_TO[view.visibility],),
        near_miss=view.near_miss,
        severity_tone=view.severity_tone,
        images={citation.artefact: image.url for citation, image in images_for(view, cited).items()},
        series=cited_series(viewer, view.incident, cited.kept),
        actions=actions_now(viewer, view),
        revisions=revisions_of(view),
        also=() if view.working else (_RELATED,),
    )

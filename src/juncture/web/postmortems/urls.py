"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import path

from juncture.web.postmortems import (
    api,
    history_api,
    history_views,
    object_api,
    proposal_views,
    section_views,
    views,
    write_views,
)

pages = [
    path("incidents/<slug:incident>/postmortem/", views.start, name="postmortem-start"),
    path("postmortems/<slug:postmortem>/", views.read, name="postmortem"),
    path("postmortems/<slug:postmortem>/published/", views.published, name="postmortem-published"),
    path("postmortems/<slug:postmortem>/state/", views.state, name="postmortem-state"),
    path("postmortems/<slug:postmortem>/sections/<int:section>/", views.section, name="section"),
    path("postmortems/<slug:postmortem>/sections/", section_views.add, name="section-add"),
    path("postmortems/<slug:postmortem>/sections/<int:section>/is/<slug:act>/", section_views.arrange, name="section-arrange"),
    path("postmortems/<slug:postmortem>/sections/<int:section>/make/", write_views.make, name="make"),
    path("postmortems/<slug:postmortem>/history/", history_views.history, name="history"),
    path("postmortems/<slug:postmortem>/history/compare/", history_views.compare, name="history-compare"),
    path("postmortems/<slug:postmortem>/history/<int:change>/", history_views.entry, name="history-entry"),
    path("postmortems/<slug:postmortem>/history/<int:change>/restore/", history_views.restore, name="history-restore"),
    path("postmortems/<slug:postmortem>/history/<int:change>/undo/", history_views.undo, name="history-undo"),
    path("postmortems/<slug:postmortem>/write/", write_views.write, name="write"),
    path("postmortems/<slug:postmortem>/objects/", write_views.objects, name="objects"),
    path("postmortems/<slug:postmortem>/objects/<slug:objects>/", write_views.add, name="object-add"),
    path("postmortems/<slug:postmortem>/objects/<slug:objects>/<int:object>/", write_views.edit, name="object-edit"),
    path("postmortems/<slug:postmortem>/objects/<slug:objects>/<int:object>/<slug:act>/", write_views.act, name="object-act"),
    path("postmortems/<slug:postmortem>/proposals/", proposal_views.proposals, name="proposals"),
    path("postmortems/<slug:postmortem>/proposals/again/", proposal_views.look_again, name="proposals-again"),
    path("postmortems/<slug:postmortem>/proposals/<slug:proposal>/<slug:act>/", proposal_views.decide, name="proposal-decide"),
]
calls = [
    path("incidents/<slug:incident>/postmortem", api.start),
    path("postmortems", api.postmortems),
    path("postmortems/<slug:postmortem>", api.one_postmortem),
    path("postmortems/<slug:postmortem>.md", api.as_markdown, name="postmortem-md"),
    path("postmortems/<slug:postmortem>.json", api.as_json, name="postmortem-json"),
    path("postmortems/<slug:postmortem>.pdf", api.pdf, name="postmortem-pdf"),
    path("postmortems/<slug:postmortem>.html", api.as_html, name="postmortem-html"),
    path("postmortems/<slug:postmortem>/sections/<int:section>", api.section),
    path("postmortems/<slug:postmortem>/sections/<int:section>/place", api.arranged_section),
    path("postmortems/<slug:postmortem>/sections", api.sections),
    path("postmortems/<slug:postmortem>/sections/<int:section>/restore", history_api.restore),
    path("postmortems/<slug:postmortem>/history", history_api.history),
    path("postmortems/<slug:postmortem>/publications", history_api.publications_of),
    path("postmortems/<slug:postmortem>/compare", history_api.compare),
    path("postmortems/<slug:postmortem>/citable", api.citable_events),
    path("postmortems/<slug:postmortem>/diagnostics", api.diagnostics_of),
    path("postmortems/<slug:postmortem>/state", api.state),
    path("postmortems/<slug:postmortem>/make", object_api.make),
    path("postmortems/<slug:postmortem>/made-actions/<slug:made>/undo", object_api.take_back),
    path("postmortems/<slug:postmortem>/objects", object_api.all_objects),
    path("postmortems/<slug:postmortem>/objects/<slug:objects>", object_api.objects_of_kind),
    path("postmortems/<slug:postmortem>/objects/<slug:objects>/<int:object>/<slug:act>", object_api.act_on_object),
    path("postmortems/<slug:postmortem>/objects/<slug:objects>/<int:object>", object_api.one_object),
    path("postmortems/<slug:postmortem>/proposals", proposal_views.all_proposals),
    path("postmortems/<slug:postmortem>/proposals/<slug:proposal>/<slug:act>", proposal_views.decide_by_call),
]

from tests.web.addresses import ALL_SEE, ALL_WRITE, LEADS_ON, NOT_SO, WRITERS

PAGES = {
    "incidents/<slug:incident>/postmortem/": (NOT_SO, (302, 302, 302, 302)),
    "postmortems/<slug:postmortem>/": (ALL_SEE, NOT_SO),
    "postmortems/<slug:postmortem>/published/": (ALL_SEE, NOT_SO),
    "postmortems/<slug:postmortem>/state/": (NOT_SO, (403, 422, 422, 422)),
    "postmortems/<slug:postmortem>/sections/<int:section>/": (WRITERS, LEADS_ON),
    "postmortems/<slug:postmortem>/sections/<int:section>/make/": (NOT_SO, (403, 422, 422, 422)),
    "postmortems/<slug:postmortem>/history/": (WRITERS, NOT_SO),
    "postmortems/<slug:postmortem>/history/compare/": (WRITERS, NOT_SO),
    "postmortems/<slug:postmortem>/history/<int:change>/": (WRITERS, NOT_SO),
    "postmortems/<slug:postmortem>/history/<int:change>/restore/": (NOT_SO, LEADS_ON),
    "postmortems/<slug:postmortem>/history/<int:change>/undo/": (NOT_SO, (403, 404, 404, 404)),
    "postmortems/<slug:postmortem>/write/": (WRITERS, NOT_SO),
    "postmortems/<slug:postmortem>/sections/": (NOT_SO, (403, 422, 422, 422)),
    "postmortems/<slug:postmortem>/sections/<int:section>/is/<slug:act>/": (NOT_SO, (403, 404, 404, 404)),
    "postmortems/<slug:postmortem>/objects/": (WRITERS, NOT_SO),
    "postmortems/<slug:postmortem>/objects/<slug:objects>/": ((403, 200, 200, 200), (403, 422, 422, 422)),
    "postmortems/<slug:postmortem>/objects/<slug:objects>/<int:object>/": ((403, 200, 200, 200), (403, 422, 422, 422)),
    "postmortems/<slug:postmortem>/objects/<slug:objects>/<int:object>/<slug:act>/": (NOT_SO, LEADS_ON),
    "postmortems/<slug:postmortem>/proposals/": (WRITERS, NOT_SO),
    "postmortems/<slug:postmortem>/proposals/again/": (NOT_SO, LEADS_ON),
    "postmortems/<slug:postmortem>/proposals/<slug:proposal>/<slug:act>/": (NOT_SO, (403, 409, 409, 409)),
}
CALLS = {
    "api/v1/incidents/<slug:incident>/postmortem": {"POST": (403, 422, 422, 422)},
    "api/v1/postmortems": {"GET": ALL_SEE, "POST": (403, 415, 415, 415)},
    "api/v1/postmortems/<slug:postmortem>": {"GET": ALL_SEE},
    "api/v1/postmortems/<slug:postmortem>.md": {"GET": ALL_SEE, "PUT": (403, 415, 415, 415)},
    "api/v1/postmortems/<slug:postmortem>.json": {"GET": ALL_SEE},
    "api/v1/postmortems/<slug:postmortem>.html": {"GET": ALL_SEE},
    "api/v1/postmortems/<slug:postmortem>.pdf": {"GET": ALL_SEE},
    "api/v1/postmortems/<slug:postmortem>/sections/<int:section>/place": {"POST": ALL_WRITE},
    "api/v1/postmortems/<slug:postmortem>/sections/<int:section>": {"PATCH": ALL_WRITE, "DELETE": ALL_WRITE},
    "api/v1/postmortems/<slug:postmortem>/sections": {"GET": WRITERS, "POST": (403, 422, 422, 422)},
    "api/v1/postmortems/<slug:postmortem>/sections/<int:section>/restore": {"POST": (403, 404, 404, 404)},
    "api/v1/postmortems/<slug:postmortem>/history": {"GET": WRITERS},
    "api/v1/postmortems/<slug:postmortem>/publications": {"GET": WRITERS},
    "api/v1/postmortems/<slug:postmortem>/compare": {"GET": WRITERS},
    "api/v1/postmortems/<slug:postmortem>/citable": {"GET": WRITERS},
    "api/v1/postmortems/<slug:postmortem>/diagnostics": {"GET": WRITERS},
    "api/v1/postmortems/<slug:postmortem>/state": {"POST": (403, 422, 422, 422)},
    "api/v1/postmortems/<slug:postmortem>/make": {"POST": (403, 422, 422, 422)},
    "api/v1/postmortems/<slug:postmortem>/made-actions/<slug:made>/undo": {"POST": (403, 404, 404, 404)},
    "api/v1/postmortems/<slug:postmortem>/objects": {"GET": WRITERS},
    "api/v1/postmortems/<slug:postmortem>/objects/<slug:objects>": {"POST": (403, 422, 422, 422)},
    "api/v1/postmortems/<slug:postmortem>/objects/<slug:objects>/<int:object>/<slug:act>": {"POST": ALL_WRITE},
    "api/v1/postmortems/<slug:postmortem>/objects/<slug:objects>/<int:object>": {
        "PATCH": (403, 422, 422, 422),
        "DELETE": ALL_WRITE,
    },
    "api/v1/postmortems/<slug:postmortem>/proposals": {"GET": WRITERS, "POST": ALL_WRITE},
    "api/v1/postmortems/<slug:postmortem>/proposals/<slug:proposal>/<slug:act>": {"POST": (403, 409, 409, 409)},
}
BODIES = {
    "postmortem": {"practice": "none"},
    "state": {"to": "nowhere"},
    "sections": {"base": "", "text": ""},
    "place": {},
    "participants": {"values": {"role": ""}},
    "restore": {"change": 0},
    "make": {"kind": "factors", "text": ""},
}
NOWHERE = {
    "made": "f" * 24,
    "proposal": "f" * 20,
    "objects": "participants",
    "object": 999999,
    "act": "accept",
    "change": 999999,
}


def EXTRA(of):  # noqa: N802 - named as the other tables
    from juncture.web.journal.models import Change
    from juncture.web.postmortems.models import Participant, Postmortem

    document = Postmortem.objects.get_queryset().get(public_id=of["postmortem"])
    written = Change.objects.filter(postmortem_id=document.pk, object_kind="section", action="write")
    rows = Participant.objects.get_queryset().filter(postmortem__public_id=of["postmortem"])
    return {"objects": "participants", "object": rows.values_list("pk", flat=True).first() or 999999, "act": "accept"} | {
        "change": written.values_list("pk", flat=True)[0]
    }

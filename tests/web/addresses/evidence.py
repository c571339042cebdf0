from tests.web.addresses import NOT_SO, WRITERS

OWN = (404, 404, 404, 200)
NOBODYS = (404, 404, 404, 404)
PAGES = {
    "incidents/<slug:incident>/evidence/": (WRITERS, (403, 422, 422, 422)),
    "incidents/<slug:incident>/evidence/live/": (WRITERS, NOT_SO),
    "incidents/<slug:incident>/evidence/verify/": (NOT_SO, (403, 302, 302, 302)),
    "incidents/<slug:incident>/artefacts/<slug:sha256>/": (OWN, NOT_SO),
    "incidents/<slug:incident>/artefacts/<slug:sha256>/image/": (NOBODYS, NOT_SO),
    "incidents/<slug:incident>/artefacts/<slug:sha256>/remove/": (NOT_SO, (403, 403, 403, 422)),
    "incidents/<slug:incident>/artefacts/<slug:sha256>/when/": (NOT_SO, (403, 403, 403, 422)),
    "incidents/<slug:incident>/accounts/": ((403, 200, 200, 200), (403, 302, 302, 302)),
    "accounts/<slug:account>/": (OWN, (404, 404, 404, 302)),
    "accounts/<slug:account>/save/": (NOT_SO, OWN),
    "accounts/<slug:account>/release/": (NOT_SO, (404, 404, 404, 422)),
    "accounts/<slug:account>/withdraw/": (NOT_SO, (404, 404, 404, 302)),
    "imports/<slug:run>/": (WRITERS, NOT_SO),
    "imports/<slug:run>/state/": (WRITERS, NOT_SO),
    "imports/<slug:run>/cancel/": (NOT_SO, (403, 409, 409, 409)),
    "imports/<slug:run>/again/": (NOT_SO, (403, 409, 409, 409)),
}
CALLS = {
    "api/v1/incidents/<slug:incident>/evidence": {"GET": WRITERS, "POST": (403, 415, 415, 415)},
    "api/v1/incidents/<slug:incident>/evidence/verification": {"GET": WRITERS, "POST": (403, 202, 202, 202)},
    "api/v1/incidents/<slug:incident>/evidence/<str:sha256>": {"GET": OWN, "DELETE": (403, 403, 403, 422)},
    "api/v1/incidents/<slug:incident>/evidence/<str:sha256>/original": {"GET": OWN},
    "api/v1/incidents/<slug:incident>/evidence/<str:sha256>/when": {"POST": (403, 403, 403, 422)},
    "api/v1/incidents/<slug:incident>/accounts": {"GET": (403, 200, 200, 200), "POST": (403, 201, 201, 201)},
    "api/v1/accounts/<slug:account>": {"GET": OWN, "PATCH": OWN, "DELETE": (404, 404, 404, 204)},
    "api/v1/accounts/<slug:account>/release": {"POST": (404, 404, 404, 422)},
    "api/v1/imports/<slug:run>": {"GET": WRITERS, "DELETE": (403, 409, 409, 409)},
    "api/v1/imports/<slug:run>/again": {"POST": (403, 409, 409, 409)},
}
BODIES = {"accounts": {}, "release": {}, "when": {"when": ""}}
NOWHERE = {"sha256": "f" * 64, "account": "f" * 24}


def EXTRA(of):  # noqa: N802 - the tables name it so
    """Return an artefact of an incident, and an account that its creator began."""
    from juncture.web.evidence.models import Account, EvidenceItem
    from juncture.web.incidents.models import Incident

    incident = Incident.objects.get_queryset().get(public_id=of["incident"])
    item = EvidenceItem.objects.filter(incident=incident).first()
    account, _ = Account.objects.get_queryset().get_or_create(
        incident=incident, author=incident.created_by, released_at=None, defaults={"public_id": f"{incident.pk:024x}"}
    )
    return {"sha256": item.sha256[7:], "account": account.public_id}

from tests.web.addresses import ALL_SEE, NOT_SO

ADMINISTRATORS_SEE = (403, 403, 200, 403)
EDITORS = (403, 403, 422, 422)
"""Of the world's people the administrator, who facilitates, and the creator change the open incident."""
WRITE_A_REASON = (403, 422, 422, 422)
NOT_NOW = (403, 409, 409, 409)

PAGES = {
    "incidents/": (ALL_SEE, NOT_SO),
    "incidents/new/": ((403, 200, 200, 200), (403, 422, 422, 422)),
    "incidents/<slug:incident>/": (ALL_SEE, NOT_SO),
    "incidents/<slug:incident>/edit/": ((403, 403, 200, 200), EDITORS),
    "incidents/<slug:incident>/people/": (NOT_SO, EDITORS),
    "incidents/<slug:incident>/people/<int:person>/remove/": (NOT_SO, (403, 403, 409, 409)),
    "incidents/<slug:incident>/waive/": ((403, 200, 200, 200), WRITE_A_REASON),
    "incidents/<slug:incident>/waive/undo/": (NOT_SO, NOT_NOW),
    "incidents/<slug:incident>/request/": (ALL_SEE, (422, 422, 422, 422)),
    "incidents/<slug:incident>/request/withdraw/": (NOT_SO, (409, 409, 409, 409)),
    "settings/severities/": (ADMINISTRATORS_SEE, (403, 403, 422, 403)),
    "settings/severities/<int:severity>/": (NOT_SO, (403, 403, 422, 403)),
    "settings/severities/<int:severity>/move/": (NOT_SO, (403, 403, 404, 403)),
    "settings/severities/<int:severity>/remove/": (NOT_SO, (403, 403, 404, 403)),
    "settings/criteria/": (ALL_SEE, (403, 403, 302, 403)),
    "settings/criteria/objectives/": (NOT_SO, (403, 403, 422, 403)),
    "settings/criteria/objectives/<int:objective>/remove/": (NOT_SO, (403, 403, 404, 403)),
}
CALLS = {
    "api/v1/incidents": {"GET": ALL_SEE, "POST": (403, 422, 422, 422)},
    "api/v1/incidents/<slug:incident>": {"GET": ALL_SEE, "PATCH": (403, 403, 422, 422)},
    "api/v1/incidents/<slug:incident>/waive": {"POST": WRITE_A_REASON, "DELETE": NOT_NOW},
    "api/v1/incidents/<slug:incident>/request": {"POST": (422, 422, 422, 422), "DELETE": (409, 409, 409, 409)},
    "api/v1/incidents/<slug:incident>/people": {
        "GET": (404, 200, 200, 200),
        "POST": EDITORS,
        "DELETE": EDITORS,
    },
    "api/v1/severities": {"GET": ALL_SEE, "POST": (403, 403, 422, 403)},
    "api/v1/severities/<int:severity>": {"PATCH": (403, 403, 404, 403), "DELETE": (403, 403, 404, 403)},
    "api/v1/severities/<int:severity>/move": {"POST": (403, 403, 404, 403)},
    "api/v1/criteria": {"GET": ALL_SEE},
    "api/v1/criteria/<slug:criterion>": {"PATCH": (403, 403, 422, 403)},
    "api/v1/objectives": {"GET": ALL_SEE, "POST": (403, 403, 422, 403)},
    "api/v1/objectives/<int:objective>": {"DELETE": (403, 403, 404, 403)},
}
BODIES = {
    "incidents": {"title": " "},
    "severities": {"name": " "},
    "move": {"to": "up"},
    "none": {"is_on": False},
    "objectives": {"service": " ", "percent": "99.9"},
}
UNBOUND = {address for address in CALLS if "incident" not in address}


NOWHERE = {"severity": 999999, "person": 999999, "objective": 999999, "criterion": "none"}


def EXTRA(of):  # noqa: N802 - a table, that depends on the world
    """What is changed by these is everybody's: none is, so that one address says the same beside every incident."""
    return NOWHERE

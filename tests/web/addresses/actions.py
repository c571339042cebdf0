from tests.web.addresses import ALL_SEE, ALL_WRITE, NOT_SO

PAGES = {
    "actions/": (ALL_SEE, NOT_SO),
    "actions/<slug:action>/": (ALL_SEE, (403, 302, 302, 302)),
    "actions/<slug:action>/state/": (NOT_SO, (422, 422, 422, 422)),
    "postmortems/<slug:postmortem>/actions/": ((403, 200, 200, 200), (403, 422, 422, 422)),
}
CALLS = {
    "api/v1/actions": {"GET": ALL_SEE},
    "api/v1/actions/<slug:action>": {"GET": ALL_SEE, "PATCH": ALL_WRITE},
    "api/v1/actions/<slug:action>/history": {"GET": ALL_SEE},
    "api/v1/postmortems/<slug:postmortem>/actions": {"POST": (403, 201, 201, 201)},
}
BODIES = {"actions": {"title": "Mend it"}}
"""Adds one where there can be one, and changes nothing of that which is called so."""
NOWHERE = {"action": "f" * 24}

from tests.web.addresses import NOT_SO, WRITERS

PAGES = {
    "incidents/<slug:incident>/evidence/": (NOT_SO, (403, 422, 422, 422)),
    "imports/<slug:run>/": (WRITERS, NOT_SO),
    "imports/<slug:run>/state/": (WRITERS, NOT_SO),
    "imports/<slug:run>/cancel/": (NOT_SO, (403, 409, 409, 409)),
    "imports/<slug:run>/again/": (NOT_SO, (403, 409, 409, 409)),
}
CALLS = {
    "api/v1/incidents/<slug:incident>/evidence": {"POST": (403, 415, 415, 415)},
    "api/v1/imports/<slug:run>": {"GET": WRITERS, "DELETE": (403, 409, 409, 409)},
}

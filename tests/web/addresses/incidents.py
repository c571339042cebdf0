from tests.web.addresses import ALL_SEE, NOT_SO

PAGES = {
    "incidents/": (ALL_SEE, NOT_SO),
    "incidents/new/": ((403, 200, 200, 200), (403, 422, 422, 422)),
    "incidents/<slug:incident>/": (ALL_SEE, NOT_SO),
}
CALLS = {
    "api/v1/incidents": {"GET": ALL_SEE, "POST": (403, 422, 422, 422)},
    "api/v1/incidents/<slug:incident>": {"GET": ALL_SEE},
}
BODIES = {"incidents": {"title": " "}}

from tests.web.addresses import ALL_SEE, NOT_SO

PAGES = {
    "incidents/<slug:incident>/timeline/": (ALL_SEE, NOT_SO),
    "incidents/<slug:incident>/timeline/corrections/": (NOT_SO, (403, 422, 422, 422)),
}
CALLS = {
    "api/v1/incidents/<slug:incident>/timeline": {"GET": ALL_SEE},
    "api/v1/incidents/<slug:incident>/corrections": {"GET": ALL_SEE, "POST": (403, 422, 422, 422)},
}
BODIES = {"corrections": {"kind": "nothing"}}

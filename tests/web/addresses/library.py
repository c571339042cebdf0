from tests.web.addresses import ALL_SEE, NOT_SO

PAGES = {
    "library/": (ALL_SEE, NOT_SO),
    "library/import/": ((403, 200, 200, 200), (403, 422, 422, 422)),
    "postmortems/<slug:postmortem>/related/": (ALL_SEE, NOT_SO),
    "incidents/<slug:incident>/related/": (ALL_SEE, NOT_SO),
}
CALLS = {
    "api/v1/search": {"GET": ALL_SEE},
    "api/v1/postmortems/<slug:postmortem>/related": {"GET": ALL_SEE},
    "api/v1/incidents/<slug:incident>/related": {"GET": ALL_SEE},
    "api/v1/learned": {"GET": ALL_SEE},
    "api/v1/costs": {"GET": ALL_SEE},
}

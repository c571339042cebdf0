from tests.web.addresses import ALL_SEE, NOT_SO

PAGES = {
    "demo/": (NOT_SO, (403, 403, 409, 403)),
    "": (ALL_SEE, None),
}
CALLS = {"api/v1/me/waiting": {"GET": ALL_SEE}}
OPEN = {"api/v1/openapi.json"}

from tests.web.addresses import ALL_SEE, NOT_SO

PAGES = {
    "demo/": (NOT_SO, (403, 403, 409, 403)),
    "": (ALL_SEE, None),
}
CALLS = {}
OPEN = {"api/v1/openapi.json"}

from tests.web.addresses import ALL_SEE

PAGES = {
    "": (ALL_SEE, None),
}
CALLS = {}
OPEN = {"api/v1/openapi.json"}

from tests.web.addresses import NOT_SO

ADMINISTRATORS = (403, 403, 200, 403)

PAGES = {
    "settings/audit/": (ADMINISTRATORS, NOT_SO),
    "settings/audit/export.<slug:form>": (ADMINISTRATORS, NOT_SO),
}
CALLS = {
    "api/v1/audit": {"GET": ADMINISTRATORS},
}
UNBOUND = {"settings/audit/export.<slug:form>"}
NOWHERE = {"form": "csv"}

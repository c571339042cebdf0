"""The pages of settings by axe: nothing serious, and nothing wider than the screen."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

SERIOUS = {"serious", "critical"}
PATHS = (
    "/settings/",
    "/settings/password/",
    "/settings/second-factor/",
    "/settings/second-factor/set-up/",
    "/settings/sessions/",
    "/settings/tokens/",
    "/settings/tokens/new/",
    "/settings/confirm/",
    "/settings/people/",
    "/settings/people/add/",
    "/settings/people/1/",
    "/settings/teams/",
    "/settings/teams/payments/",
    "/settings/services/",
    "/settings/services/1/",
    "/settings/services/owners/",
    "/settings/sign-in/",
    "/settings/audit/",
)


@pytest.fixture(scope="module")
def administrator(served):
    return served.person("settings@example.org", "administrator")


@pytest.fixture(scope="module")
def catalogue(served, administrator):
    served.tokens["admin"] = served_token(served, administrator)
    assert served.call("POST", "teams", {"name": "Payments"}, as_="admin")[0] == 201
    assert served.call("POST", "services", {"name": "checkout", "paths": ["/checkout/"]}, as_="admin")[0] == 201


def served_token(served, email):
    from tests.web.served import juncture

    return juncture("token", email, "--scope", "admin", "--data", served.data)


def look_at(opened, person, width, theme):
    page = opened(person, width=width, theme=theme)
    wrong = []
    for path in PATHS:
        answer = page.goto(path)
        assert answer.status == 200, path
        found = Axe().run(page).response["violations"]
        wrong += [(path, each["id"], each["nodes"][0]["html"][:200]) for each in found if each["impact"] in SERIOUS]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append((path, "wider than the screen"))
    return wrong


def test_nothing_serious_in_settings(opened, administrator, catalogue):
    assert look_at(opened, administrator, 360, "dark") == []


@pytest.mark.long
@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (360, "light")])
def test_nothing_serious_in_settings_by_any_light(opened, administrator, catalogue, width, theme):
    assert look_at(opened, administrator, width, theme) == []

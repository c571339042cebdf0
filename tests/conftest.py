"""Properties have no deadline: machines are shared, and a slow moment is no fault of the code."""

import os
import shutil

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def browser():
    """One Chromium a process: a second one beside it would not start."""
    if CHROMIUM is None and "chromium" not in os.environ.get("JUNCTURE_REQUIRE", "").split():
        pytest.skip("chromium is not installed: no page is looked at in a browser")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        running.close()

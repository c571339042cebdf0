from tests.web.browser.conftest import browser, opened, served

__all__ = ["browser", "opened", "served"]

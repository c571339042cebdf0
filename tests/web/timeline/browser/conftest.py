from tests.web.browser.conftest import opened, served

__all__ = ["opened", "served"]

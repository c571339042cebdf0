import pyotp
import pytest

from juncture.web.access.second_factor import enrol, new_secret
from juncture.web.access.selectors import viewer_of


@pytest.fixture
def enrolled(db):
    """Return a function that gives a person a second factor: their app, and their recovery codes."""

    def give(user):
        secret = new_secret()
        app = pyotp.TOTP(secret)
        codes = enrol(viewer_of(user), secret, app.now())
        return app, codes

    return give


@pytest.fixture
def next_code():
    """Return a function that gives the code of the coming half minute: the one of now was taken when it was set up."""

    def of(app):
        import time

        return app.at(int(time.time()) + 30)

    return of

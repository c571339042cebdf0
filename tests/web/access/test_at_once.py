"""What opens an account, tried by many at the same moment: on SQLite and PostgreSQL, by threads with connections of their own."""

import threading

import pytest
from django.db import connections
from django.test import Client
from tests.web.conftest import PASSWORD

from juncture.web.access.errors import Refused
from juncture.web.access.invitations import join, link_for, reset_password
from juncture.web.access.models import OneTimeLink, Session, SignInAttempt
from juncture.web.access.operations import (
    add_person,
    become_first_administrator,
    first_administrator_link,
    sign_in_by_link,
    sign_in_link,
)
from juncture.web.access.selectors import viewer_of
from juncture.web.access.throttle import MOST_PER_ADDRESS, MOST_PER_HOST, allow_attempt
from juncture.web.access.viewer import SYSTEM
from juncture.web.people.models import User

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "quite another passphrase"


def at_once(count, do):
    """Call `do(number)` in threads that start together; return what came of each: the value, or the refusal."""
    together = threading.Barrier(count)
    came = [None] * count

    def run(number):
        try:
            together.wait(30)
            came[number] = do(number)
        except Exception as error:  # noqa: BLE001 - it is looked at by the test
            came[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def won(came):
    """Return what did not fail; what failed was refused in words."""
    failed = [each for each in came if isinstance(each, Exception)]
    assert all(isinstance(each, Refused) for each in failed), failed
    return [each for each in came if not isinstance(each, Exception)]


def test_tries_at_one_moment_are_counted_before_they_may_go_on(db):
    came = at_once(30, lambda _: allow_attempt("address:sam@example.org", "10.0.0.1"))
    assert came.count(True) == MOST_PER_ADDRESS, came
    assert SignInAttempt.objects.count() == MOST_PER_ADDRESS


def test_tries_from_one_host_at_one_moment_are_counted_over_all_addresses(db):
    for number in range(MOST_PER_HOST - 5):
        allow_attempt(f"address:before{number}@example.org", "10.0.0.1")
    came = at_once(20, lambda number: allow_attempt(f"address:{number}@example.org", "10.0.0.1"))
    assert came.count(True) == 5, came
    assert allow_attempt("address:sam@example.org", "10.0.0.2")


def test_of_many_wrong_passwords_at_one_moment_ten_are_looked_at(person):
    person("author")
    sent = {"email": "author@example.org"}
    came = at_once(20, lambda number: Client().post("/sign-in/", sent | {"password": f"wrong {number}"}).status_code)
    assert sorted(came) == [422] * 10 + [429] * 10


def test_the_first_link_makes_one_administrator(db):
    token = first_administrator_link()
    came = at_once(6, lambda n: become_first_administrator(token, email=f"a{n}@example.org", name="A", password=PASSWORD))
    assert len(won(came)) == User.objects.count() == 1


def test_two_first_links_made_at_one_moment_make_one_administrator(db):
    tokens = [token for token in at_once(6, lambda _: first_administrator_link()) if isinstance(token, str)]
    came = at_once(
        len(tokens),
        lambda n: become_first_administrator(tokens[n], email=f"a{n}@example.org", name="A", password=PASSWORD),
    )
    assert len(won(came)) == User.objects.count() == 1


def test_an_invitation_is_joined_once(person):
    administrator = viewer_of(person("administrator"))
    invited = add_person(SYSTEM, email="new@example.org", name="", role="author", password=None)
    token = link_for(administrator, invited.pk)
    came = at_once(6, lambda n: join(token, name=f"New {n}", password=f"{PASSWORD} {n}"))
    (winner,) = won(came)
    invited.refresh_from_db()
    assert invited.check_password(f"{PASSWORD} {came.index(winner)}")
    assert invited.name == f"New {came.index(winner)}"


def test_a_password_is_reset_once(person):
    administrator, author = viewer_of(person("administrator")), person("author")
    token = link_for(administrator, author.pk)
    came = at_once(6, lambda n: reset_password(token, password=f"{PASSWORD} {n}"))
    (winner,) = won(came)
    author.refresh_from_db()
    assert author.check_password(f"{PASSWORD} {came.index(winner)}")


def test_a_link_signs_in_once(person):
    token = sign_in_link(person("author"))
    came = at_once(6, lambda _: sign_in_by_link(token))
    assert len(won(came)) == 1
    assert OneTimeLink.objects.filter(used_at=None).count() == 0


def test_pages_of_a_link_opened_at_one_moment_sign_one_in(person):
    token = sign_in_link(person("author"))
    clients = [Client() for _ in range(6)]
    came = at_once(6, lambda n: clients[n].post(f"/sign-in/{token}/").status_code)
    assert sorted(came) == [302] + [404] * 5
    assert sorted(client.get("/").status_code for client in clients) == [200] + [302] * 5
    assert Session.objects.filter(user__isnull=False).count() == 1

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from tests.web.conftest import PASSWORD

from juncture.web.access.devices import device
from juncture.web.access.digests import digest_of
from juncture.web.access.models import ApiToken, Session
from juncture.web.access.operations import new_token

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def signed(user, **headers):
    client = Client(headers=headers)
    client.post("/sign-in/", {"email": user.email, "password": PASSWORD})
    return client


def text_of(answer):
    return answer.content.decode()


def test_a_session_is_stored_by_its_digest_alone(author):
    client = signed(author)
    key = client.cookies["juncture_session"].value
    row = Session.objects.get()
    assert row.pk == digest_of(key)
    assert key not in row.session_data
    thief = Client()
    thief.cookies["juncture_session"] = row.pk
    assert thief.get("/").status_code == 302


def test_sessions_are_listed_with_device_and_ended_one_by_one(author):
    mine, other = signed(author, user_agent=FIREFOX), signed(author, user_agent="curl/8.9")
    page = text_of(mine.get("/settings/sessions/"))
    assert ("Firefox on Linux" in page, "curl" in page, "This one" in page) == (True, True, True)
    theirs = digest_of(other.cookies["juncture_session"].value)
    assert mine.post("/settings/sessions/", {"session": theirs}).status_code == 302
    assert (mine.get("/").status_code, other.get("/").status_code) == (200, 302)


def test_all_other_sessions_end_and_this_one_stays(author):
    mine, others = signed(author), [signed(author) for _ in range(3)]
    mine.post("/settings/sessions/")
    assert mine.get("/").status_code == 200
    assert {other.get("/").status_code for other in others} == {302}


def test_nobody_ends_the_session_of_somebody_else(author, person):
    mine, theirs = signed(author), signed(person("viewer"))
    key = digest_of(theirs.cookies["juncture_session"].value)
    assert mine.post("/settings/sessions/", {"session": key}).status_code == 404
    assert theirs.get("/").status_code == 200


def test_a_session_that_was_ended_is_not_brought_back_by_a_call_under_way(author):
    client = signed(author)
    Session.objects.all().delete()
    client.post("/settings/", {"name": "x", "zone": "UTC"})
    assert not Session.objects.filter(user=author).exists()


def test_last_seen_is_written_once_in_five_minutes(author, django_assert_num_queries):
    client = signed(author)
    Session.objects.update(seen_at=timezone.now() - dt.timedelta(minutes=6))
    client.get("/settings/tokens/")
    assert Session.objects.get().seen_at > timezone.now() - dt.timedelta(minutes=1)
    with django_assert_num_queries(3):
        client.get("/settings/tokens/")


def test_changing_the_password_ends_other_sessions_and_asks_for_the_old_one(author):
    mine, other = signed(author), signed(author)
    new = "quite another passphrase"
    assert mine.post("/settings/password/", {"current": "wrong", "password": new}).status_code == 422
    assert mine.post("/settings/password/", {"current": PASSWORD, "password": "short"}).status_code == 422
    assert mine.post("/settings/password/", {"current": PASSWORD, "password": new}).status_code == 302
    assert (mine.get("/").status_code, other.get("/").status_code) == (200, 302)
    assert Client().post("/sign-in/", {"email": author.email, "password": new}).status_code == 302


@pytest.mark.parametrize("path", ["/settings/password/", "/settings/tokens/new/", "/settings/second-factor/set-up/"])
def test_what_opens_an_account_asks_for_the_password_again_after_ten_minutes(author, path, monkeypatch):
    client = signed(author)
    assert client.get(path).status_code == 200
    import time

    real = time.time
    monkeypatch.setattr("juncture.web.access.signing_in.time.time", lambda: real() + 601)
    answer = client.get(path)
    assert answer["Location"].startswith("/settings/confirm/?next=%2Fsettings%2F")
    assert client.post(path, {}).status_code == 302
    assert client.post("/settings/confirm/", {"password": "wrong", "next": path}).status_code == 422
    assert client.post("/settings/confirm/", {"password": PASSWORD, "next": path})["Location"] == path
    assert client.get(path).status_code == 200


def test_confirming_leads_nowhere_else(author):
    answer = signed(author).post("/settings/confirm/", {"password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == "/settings/"


def test_confirming_cannot_be_guessed(author):
    client = signed(author)
    statuses = [client.post("/settings/confirm/", {"password": f"wrong {n}"}).status_code for n in range(11)]
    assert statuses == [422] * 10 + [429]


def test_a_token_is_shown_once_stored_hashed_and_listed(author):
    client = signed(author)
    page = text_of(client.post("/settings/tokens/new/", {"name": "nightly export", "scope": "read", "days": "7"}))
    token = next(part for part in page.split('"') if len(part) == 43)
    row = ApiToken.objects.get()
    assert (row.digest, row.scope, row.name) == (digest_of(token), "read", "nightly export")
    listed = text_of(client.get("/settings/tokens/"))
    assert ("nightly export" in listed, "never used" in listed, token in listed) == (True, True, False)
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/incidents", headers=headers).status_code == 200
    assert (
        Client().post("/api/v1/incidents", {"title": "x"}, content_type="application/json", headers=headers).status_code == 403
    )
    assert "last used" in text_of(client.get("/settings/tokens/"))
    client.post(f"/settings/tokens/{row.pk}/revoke/")
    assert Client().get("/api/v1/incidents", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("role", "scope", "status"),
    [("viewer", "write", 422), ("author", "write", 200), ("author", "admin", 422), ("administrator", "admin", 200)],
)
def test_no_token_is_above_its_role(person, role, scope, status):
    client = signed(person(role))
    assert client.post("/settings/tokens/new/", {"name": "x", "scope": scope, "days": "7"}).status_code == status


@pytest.mark.parametrize(
    "given", [{"name": ""}, {"days": "0"}, {"days": "9999999"}, {"days": "x"}, {"name": "\x00"}, {"scope": "all"}]
)
def test_a_bad_token_is_refused_with_a_sentence(author, given):
    answer = signed(author).post("/settings/tokens/new/", {"name": "x", "scope": "read", "days": "7"} | given)
    assert answer.status_code == 422
    assert 'role="alert"' in text_of(answer)


def test_nobody_revokes_the_token_of_somebody_else(author, person):
    new_token(person("viewer"), scope="read", days=1)
    assert signed(author).post(f"/settings/tokens/{ApiToken.objects.get().pk}/revoke/").status_code == 404


def test_a_token_lists_and_revokes_tokens_and_makes_none(api):
    assert api("POST", "tokens", {"name": "x"}).status_code == 405
    (row,) = api("GET", "tokens").json()["items"]
    assert api("DELETE", f"tokens/{row['id']}").status_code == 200
    assert api("GET", "tokens").status_code == 401


def test_the_profile_says_what_is_wrong_with_a_zone(author):
    client = signed(author)
    answer = client.post("/settings/", {"name": "Ana Sample", "zone": "Mars/Base"})
    assert (answer.status_code, "is no zone" in text_of(answer)) == (422, True)
    client.post("/settings/", {"name": "Ana Sample", "zone": "Asia/Tokyo", "theme": "dark"})
    author.refresh_from_db()
    assert (author.name, author.zone, client.cookies["juncture_theme"].value) == ("Ana Sample", "Asia/Tokyo", "dark")


@pytest.mark.parametrize(("agent", "words"), [(FIREFOX, "Firefox on Linux"), ("", "A device that does not say what it is")])
def test_a_browser_is_named_in_words(agent, words):
    assert device(agent) == words


def test_who_comes_by_a_link_and_has_no_password_is_led_to_set_one(client, db):
    from juncture.web.access.operations import add_person, sign_in_link
    from juncture.web.access.viewer import SYSTEM

    user = add_person(SYSTEM, email="new@example.org", name="", role="author", password=None)
    assert client.post(f"/sign-in/{sign_in_link(user)}/")["Location"] == "/settings/password/"
    assert "You have none yet" in text_of(client.get("/settings/password/"))
    assert client.post("/settings/password/", {"password": PASSWORD}).status_code == 302
    assert Client().post("/sign-in/", {"email": user.email, "password": PASSWORD})["Location"] == "/"

import threading
import time

import pyotp
import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.test import Client
from tests.web.conftest import PASSWORD

from juncture.web.access import second_factor
from juncture.web.access.errors import InTheWay
from juncture.web.access.models import Session, UsedCode
from juncture.web.access.operations import sign_in_link
from juncture.web.access.selectors import viewer_of


def signs_in(client, user, **more):
    return client.post("/sign-in/", {"email": user.email, "password": PASSWORD} | more)


def text_of(answer):
    return answer.content.decode()


def test_who_has_a_second_factor_is_nobody_before_the_code(client, author, enrolled, next_code):
    app, _ = enrolled(author)
    answer = signs_in(client, author, next="/incidents/")
    assert answer["Location"] == "/sign-in/second-step/"
    assert client.get("/").status_code == 302
    answer = client.post("/sign-in/second-step/", {"code": next_code(app)})
    assert (answer.status_code, answer["Location"]) == (302, "/incidents/")
    assert client.get("/").status_code == 200


def test_a_link_asks_for_the_code_too(client, author, enrolled, next_code):
    app, _ = enrolled(author)
    assert client.post(f"/sign-in/{sign_in_link(author)}/")["Location"] == "/sign-in/second-step/"
    assert client.get("/").status_code == 302
    client.post("/sign-in/second-step/", {"code": next_code(app)})
    assert client.get("/").status_code == 200


def test_the_session_after_the_second_step_has_another_key(client, author, enrolled, next_code):
    app, _ = enrolled(author)
    signs_in(client, author)
    before = client.cookies["juncture_session"].value
    client.post("/sign-in/second-step/", {"code": next_code(app)})
    assert client.cookies["juncture_session"].value != before
    other = Client()
    other.cookies["juncture_session"] = before
    assert other.get("/").status_code == 302


def test_a_code_is_taken_once(client, author, enrolled, next_code):
    app, _ = enrolled(author)
    code = next_code(app)
    for wanted in (302, 422):
        other = Client()
        signs_in(other, author)
        assert other.post("/sign-in/second-step/", {"code": code}).status_code == wanted


def test_a_recovery_code_signs_in_once(author, enrolled):
    _, codes = enrolled(author)
    for wanted in (302, 422):
        other = Client()
        signs_in(other, author)
        assert other.post("/sign-in/second-step/", {"code": codes[3]}).status_code == wanted
    assert second_factor.recovery_codes_left(author.pk) == 9


def test_codes_cannot_be_guessed_and_the_right_password_gives_no_more_tries(author, enrolled, next_code):
    app, _ = enrolled(author)
    statuses = []
    for _ in range(12):
        other = Client()
        signs_in(other, author)
        statuses.append(other.post("/sign-in/second-step/", {"code": "000000"}).status_code)
    assert statuses == [422] * 10 + [429] * 2
    other = Client()
    signs_in(other, author)
    assert other.post("/sign-in/second-step/", {"code": next_code(app)}).status_code == 429


def test_passwords_cannot_be_guessed(client, author):
    statuses = [client.post("/sign-in/", {"email": author.email, "password": f"wrong {n}"}).status_code for n in range(11)]
    assert statuses == [422] * 10 + [429]
    assert signs_in(client, author).status_code == 429


def test_the_first_step_is_worth_nothing_once_the_password_has_changed(client, author, enrolled, next_code):
    app, _ = enrolled(author)
    signs_in(client, author)
    author.set_password("another long passphrase")
    author.save()
    assert client.post("/sign-in/second-step/", {"code": next_code(app)})["Location"] == "/sign-in/"


def test_the_first_step_is_worth_nothing_after_ten_minutes(client, author, enrolled, next_code, monkeypatch):
    app, _ = enrolled(author)
    signs_in(client, author)
    real = time.time
    monkeypatch.setattr("juncture.web.access.signing_in.time.time", lambda: real() + 601)
    assert client.post("/sign-in/second-step/", {"code": next_code(app)})["Location"] == "/sign-in/"


def test_a_secret_is_shown_as_picture_and_text_and_taken_by_its_code(client, author):
    signs_in(client, author)
    page = text_of(client.get("/settings/second-factor/set-up/"))
    assert "<svg" in page
    secret = page.split('readonly value="')[1].split('"')[0].replace(" ", "")
    assert text_of(client.get("/settings/second-factor/set-up/")).count(secret[:4])
    assert client.post("/settings/second-factor/set-up/", {"code": "000000"}).status_code == 422
    answer = client.post("/settings/second-factor/set-up/", {"code": pyotp.TOTP(secret).now()})
    assert answer.status_code == 200
    codes = [line.split("<")[0] for line in text_of(answer).split("<li>")[1:] if line[:8].isdecimal()]
    assert len(codes) == 10
    assert not any(code in text_of(client.get("/settings/second-factor/")) for code in codes)
    file = client.post("/settings/second-factor/codes/file/", {"code": codes})
    assert (file["Content-Disposition"].startswith("attachment"), all(code in text_of(file) for code in codes)) == (True, True)


def test_the_file_of_codes_gives_back_codes_alone(signed_in):
    answer = signed_in.post("/settings/second-factor/codes/file/", {"code": ["<script>", "12345678"]})
    assert ("script" in text_of(answer), "12345678" in text_of(answer)) == (False, True)


def test_new_recovery_codes_end_the_old(client, author, enrolled, next_code):
    app, codes = enrolled(author)
    signs_in(client, author)
    client.post("/sign-in/second-step/", {"code": next_code(app)})
    assert client.post("/settings/second-factor/codes/").status_code == 200
    assert not second_factor.check_code(author.pk, codes[0])


def test_turning_it_off_needs_password_and_code(client, author, enrolled, next_code):
    app, codes = enrolled(author)
    signs_in(client, author)
    client.post("/sign-in/second-step/", {"code": next_code(app)})
    off = "/settings/second-factor/off/"
    assert client.post(off, {"password": "wrong", "code": codes[0]}).status_code == 422
    assert client.post(off, {"password": PASSWORD, "code": "000000"}).status_code == 422
    assert second_factor.has_second_factor(author.pk)
    assert client.post(off, {"password": PASSWORD, "code": codes[0]}).status_code == 302
    assert not second_factor.has_second_factor(author.pk)


def test_secrets_are_encrypted_at_rest(author, enrolled, settings):
    app, codes = enrolled(author)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        held = " ".join(str(row) for row in cursor.fetchall())
    assert app.secret not in held
    assert not any(code in held for code in codes)
    settings.SECRET_KEY = "another key of this server"
    with pytest.raises(InTheWay, match="secret key of this server has changed"):
        second_factor.check_code(author.pk, app.now())


def test_where_everybody_needs_one_who_has_none_is_led_to_set_it_up(client, author, person):
    administrator = viewer_of(person("administrator"))
    signs_in(client, author)
    assert client.get("/").status_code == 200
    second_factor.require_second_factor(administrator, required=True)
    assert client.get("/")["Location"] == "/settings/second-factor/"
    assert client.get("/api/v1/incidents").status_code == 403
    assert "Set yours up" in text_of(client.get("/settings/second-factor/"))
    other = Client()
    signs_in(other, author)
    assert other.get("/incidents/")["Location"] == "/settings/second-factor/"
    page = text_of(other.get("/settings/second-factor/set-up/"))
    secret = page.split('readonly value="')[1].split('"')[0].replace(" ", "")
    other.post("/settings/second-factor/set-up/", {"code": pyotp.TOTP(secret).now()})
    assert other.get("/incidents/").status_code == 200
    second_factor.require_second_factor(administrator, required=False)
    assert not Session.objects.filter(must_enrol=True).exists()


def test_codes_of_half_a_minute_ago_are_right_and_of_two_minutes_ago_are_not(author, enrolled):
    app, _ = enrolled(author)
    now = int(time.time())
    assert not second_factor.check_code(author.pk, app.at(now - 120))
    assert second_factor.check_code(author.pk, app.at(now - 30))


@pytest.mark.django_db(transaction=True)
def test_one_code_sent_twice_at_once_is_taken_once(person, enrolled, next_code):
    app, codes = enrolled(person("author"))
    user = get_user_model().objects.get()
    for code in (next_code(app), codes[0]):
        taken = []

        def take(code=code, taken=taken):
            try:
                taken.append(second_factor.check_code(user.pk, code))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=take) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(taken) == [False] * 5 + [True]
    assert UsedCode.objects.count() == 2


def test_guessing_at_an_address_that_looks_like_a_code_stops_nobody(client, author, enrolled, next_code):
    app, _ = enrolled(author)
    for _ in range(11):
        client.post("/sign-in/", {"email": f"code:{author.pk}", "password": "x"})
    signs_in(client, author)
    assert client.post("/sign-in/second-step/", {"code": next_code(app)}).status_code == 302


def test_addresses_of_any_length_are_counted(client, db):
    long = "a" * 400 + "@example.org"
    assert [client.post("/sign-in/", {"email": long, "password": "x"}).status_code for _ in range(11)][-1] == 429

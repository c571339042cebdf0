"""Links that work once: when they end, whom they sign in, and where signing in leads."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone
from tests.web.conftest import CHAT, PASSWORD

from juncture.web.access.errors import NotFound
from juncture.web.access.invitations import link_for, reset_password
from juncture.web.access.models import OneTimeLink, Session
from juncture.web.access.operations import add_person, first_administrator_link, sign_in_link
from juncture.web.access.selectors import viewer_of
from juncture.web.access.viewer import SYSTEM
from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.people.membership import change_role, let_go, take_back
from juncture.web.people.models import User
from juncture.web.postmortems.operations import add_object

NEW = "quite another passphrase"
ELSEWHERE = (
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example/", "\\\\evil.example", "/\t/evil.example",
    "\n//evil.example", "https:evil.example", "javascript:hacked()", "http://testserver@evil.example/", "http://testserver.evil.example/",
    "data:text/html,x", "https://127.0.0.1.evil.example/",
)  # fmt: skip


@pytest.fixture
def boss(person):
    return viewer_of(person("administrator", "boss@example.org"))


def signed(user):
    client = Client()
    client.post("/sign-in/", {"email": user.email, "password": PASSWORD})
    return client


def test_a_link_that_a_facilitator_made_does_not_open_who_became_an_administrator(person, author, boss):
    token = link_for(viewer_of(person("facilitator")), author.pk)
    change_role(boss, author.pk, "administrator")
    with pytest.raises(NotFound):
        reset_password(token, password=NEW)
    token = link_for(boss, author.pk)
    assert reset_password(token, password=NEW) == author


def test_another_role_below_leaves_an_invitation_whole(boss):
    invited = add_person(SYSTEM, email="new@example.org", name="", role="viewer", password=None)
    token = link_for(boss, invited.pk)
    change_role(boss, invited.pk, "author")
    assert Client().get(f"/sign-in/{token}/").status_code == 200


@pytest.mark.parametrize("by", ["settings", "link"])
def test_a_new_password_ends_all_links(author, boss, by):
    older = [sign_in_link(author), sign_in_link(author)]
    if by == "settings":
        signed(author).post("/settings/password/", {"current": PASSWORD, "password": NEW})
    else:
        reset = link_for(boss, author.pk)
        older.append(sign_in_link(author))
        assert Client().post(f"/sign-in/{reset}/", {"password": NEW}).status_code == 302
    author.refresh_from_db()
    assert author.check_password(NEW)
    assert [Client().post(f"/sign-in/{token}/", {"password": PASSWORD}).status_code for token in older] == [404] * len(older)


@pytest.mark.parametrize("purpose", ["first", "sign in", "invitation", "reset"])
@pytest.mark.parametrize("after", ["its time", "its use", "leaving"])
def test_a_link_is_over(db, purpose, after, request):
    path, form = opened(purpose, request)
    if after == "its time":
        OneTimeLink.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    elif after == "its use":
        assert Client().post(path, form).status_code == 302
    elif purpose == "first":
        return
    else:
        user = OneTimeLink.objects.get().user
        let_go(request.getfixturevalue("boss"), user.pk)
        take_back(request.getfixturevalue("boss"), user.pk)
    signed_in = Session.objects.filter(user__isnull=False).count()
    for answer in (Client().get(path), Client().post(path, form | {"email": "other@example.org"})):
        assert (answer.status_code, "used or is too old" in answer.content.decode()) == (404, True)
    assert Session.objects.filter(user__isnull=False).count() == signed_in


def opened(purpose, request):
    """Return the address of a new link, and a form that is fit for it."""
    if purpose == "first":
        return f"/first/{first_administrator_link()}/", {"email": "a@example.org", "name": "A Sample", "password": PASSWORD}
    boss = request.getfixturevalue("boss")
    if purpose == "invitation":
        user = add_person(SYSTEM, email="new@example.org", name="", role="author", password=None)
        return f"/sign-in/{link_for(boss, user.pk)}/", {"name": "New Sample", "password": NEW}
    author = request.getfixturevalue("author")
    token = sign_in_link(author) if purpose == "sign in" else link_for(boss, author.pk)
    return f"/sign-in/{token}/", {"password": NEW}


@pytest.mark.parametrize("purpose", ["sign in", "invitation", "reset"])
def test_a_link_opened_by_somebody_else_signs_in_whose_it_is_and_ends_the_session_that_was(person, purpose, request):
    somebody = person("viewer", "somebody@example.org")
    client = signed(somebody)
    session = client.session
    session["planted"] = True
    session.save()
    copy = Client()
    copy.cookies["juncture_session"] = before = client.cookies["juncture_session"].value
    path, form = opened(purpose, request)
    link = OneTimeLink.objects.get()
    assert client.post(path, form).status_code == 302
    assert client.cookies["juncture_session"].value != before
    assert Session.objects.get(pk=_digest(client)).user_id == link.user_id
    assert "planted" not in client.session
    assert copy.get("/").status_code == 302


def _digest(client):
    from juncture.web.access.digests import digest_of

    return digest_of(client.cookies["juncture_session"].value)


def test_a_reset_link_ends_all_sessions_also_one_that_waits_for_its_code(author, boss, enrolled, next_code):
    app, _ = enrolled(author)
    waiting = Client()
    assert waiting.post("/sign-in/", {"email": author.email, "password": PASSWORD})["Location"] == "/sign-in/second-step/"
    inside = Client()
    inside.force_login(author)
    Client().post(f"/sign-in/{link_for(boss, author.pk)}/", {"password": NEW})
    assert inside.get("/").status_code == 302
    assert waiting.post("/sign-in/second-step/", {"code": next_code(app)})["Location"] == "/sign-in/"
    assert waiting.get("/").status_code == 302


@pytest.fixture
def factor(viewer, work):
    """A postmortem `1` with a factor; return the factor's id."""
    receive_into_new(viewer, [pasted(CHAT)], title="x", visibility="organisation", date=None, zone="UTC")
    work()
    return add_object(viewer, "1", "factors", {"title": "x"}).pk


def test_nothing_leads_elsewhere(author, factor):
    objects = "/postmortems/1/objects/factors/"
    added = {"kind": "add", "time": "14:30", "lane": "people", "text": "x"}
    client, led, shown = Client(), [], []
    for following in ELSEWHERE:
        sent = {"email": author.email, "password": PASSWORD, "next": following}
        led += [
            client.post("/sign-in/", sent),
            client.post("/settings/confirm/", sent),
            Client().post(f"/sign-in/{sign_in_link(author)}/", {"next": following}),
            client.post(objects, {"title": "y", "next": following}),
            client.post(f"{objects}{factor}/", {"title": "z", "next": following}),
            client.post(f"{objects}{factor}/dismiss/", {"next": following}),
            client.post("/incidents/1/timeline/corrections/", added | {"next": following}),
        ]
        shown += [client.get(objects, {"next": following}), Client().get("/sign-in/", {"next": following})]
    assert {answer.status_code for answer in led} == {302}
    places = [answer["Location"] for answer in led]
    assert [place for place in places if not re.match(r"/(?![/\\])", place) or "evil" in place.partition("?")[0]] == []
    assert not any(f'name="next" value="{following}"' in page.content.decode() for page in shown for following in ELSEWHERE)


@pytest.mark.parametrize("following", ["//evil.example/", "javascript:hacked()"])
def test_the_second_step_leads_nowhere_else(client, author, enrolled, next_code, following):
    app, _ = enrolled(author)
    client.post("/sign-in/", {"email": author.email, "password": PASSWORD, "next": following})
    answer = client.post("/sign-in/second-step/", {"code": next_code(app), "next": following})
    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("purpose", ["first", "invitation"])
@pytest.mark.parametrize(("said", "kept"), [("Europe/Berlin", "Europe/Berlin"), ("Nowhere/Else", "UTC"), ("", "UTC")])
def test_who_comes_in_reads_times_in_the_zone_of_their_browser(db, purpose, said, kept, request):
    path, form = opened(purpose, request)
    assert "data-own-zone" in Client().get(path).content.decode()
    assert Client().post(path, form | {"zone": said}).status_code == 302
    assert User.objects.order_by("-pk").first().zone == kept

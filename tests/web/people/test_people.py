import re
import threading

import pytest
from django.db import connections
from django.test import Client
from tests.web.conftest import PASSWORD

from juncture.web.access.errors import InTheWay, Invalid, NotAllowed, NotFound
from juncture.web.access.invitations import join, link_for, reset_password
from juncture.web.access.models import ApiToken, OneTimeLink, Session
from juncture.web.access.operations import new_token
from juncture.web.access.selectors import viewer_of
from juncture.web.incidents.models import IncidentPerson
from juncture.web.incidents.operations import declare
from juncture.web.journal.models import Change
from juncture.web.people import identities, membership, naming
from juncture.web.people.models import Role, Team, User
from juncture.web.people.operations import team_named

NEW = "a passphrase of their own"


@pytest.fixture
def administrator(person):
    return person("administrator")


@pytest.fixture
def boss(administrator):
    return viewer_of(administrator)


def signed(user):
    client = Client()
    client.post("/sign-in/", {"email": user.email, "password": PASSWORD})
    return client


def link_of(answer):
    return re.search(r"http://testserver(/sign-in/[\w-]+/)", answer.content.decode())[1]


def test_an_administrator_invites_and_the_person_joins_by_the_link(administrator, boss):
    team_named(boss, "Payments")
    client = signed(administrator)
    given = {"email": "New@example.org", "name": "New Sample", "role": "author", "team": "payments"}
    path = link_of(client.post("/settings/people/add/", given))
    assert "New Sample" in client.get("/settings/people/?q=new%40").content.decode()
    assert "invited" in client.get("/settings/people/").content.decode()
    guest = Client()
    assert "Join as New@example.org" in guest.get(path).content.decode()
    assert guest.post(path, {"name": "New Sample", "password": "short"}).status_code == 422
    assert guest.post(path, {"name": "Nova Sample", "password": NEW})["Location"] == "/"
    assert guest.get("/").status_code == 200
    user = User.objects.get(email="New@example.org")
    assert (user.name, user.role, user.memberships.get().team.slug) == ("Nova Sample", "author", "payments")
    assert Client().post(path, {"name": "x", "password": NEW}).status_code == 404
    assert Client().post("/sign-in/", {"email": "new@example.org", "password": NEW}).status_code == 302


def test_nothing_stored_or_journaled_opens_a_link(boss):
    _, token = membership.invite(boss, email="new@example.org", name="", role="author")
    assert token not in str(list(OneTimeLink.objects.values())) + str(list(Change.objects.values()))


def test_a_facilitator_invites_viewers_and_authors_and_no_one_above(person, boss):
    facilitator = viewer_of(person("facilitator"))
    membership.invite(facilitator, email="a@example.org", name="", role="author")
    for role in ("facilitator", "administrator"):
        with pytest.raises(NotAllowed):
            membership.invite(facilitator, email="b@example.org", name="", role=role)
    with pytest.raises(NotAllowed):
        link_for(facilitator, boss.user_id)
    with pytest.raises(NotAllowed):
        membership.change_role(facilitator, facilitator.user_id, "administrator")
    with pytest.raises(NotAllowed):
        membership.let_go(facilitator, boss.user_id)


@pytest.mark.parametrize("role", ["viewer", "author"])
def test_who_may_not_invite_makes_no_links(person, role, boss):
    asking = viewer_of(person(role))
    with pytest.raises(NotAllowed):
        membership.invite(asking, email="a@example.org", name="", role="viewer")
    with pytest.raises(NotAllowed):
        link_for(asking, boss.user_id)


def test_a_reset_link_sets_a_new_password_ends_sessions_and_older_links(author, boss):
    client = signed(author)
    older = link_for(boss, author.pk)
    token = link_for(boss, author.pk)
    with pytest.raises(NotFound):
        reset_password(older, password=NEW)
    with pytest.raises(Invalid):
        reset_password(token, password="password")
    reset_password(token, password=NEW)
    assert client.get("/").status_code == 302
    with pytest.raises(NotFound):
        reset_password(token, password=NEW)


def test_a_link_of_one_purpose_does_nothing_else(author, boss):
    with pytest.raises(NotFound):
        join(link_for(boss, author.pk), name="x", password=NEW)


@pytest.mark.django_db(transaction=True)
def test_a_link_opened_twice_at_once_works_once(person):
    boss = viewer_of(person("administrator"))
    _, token = membership.invite(boss, email="new@example.org", name="", role="author")
    answers = []

    def go():
        try:
            answers.append(Client().post(f"/sign-in/{token}/", {"name": "New Sample", "password": NEW}).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 404, 404, 404, 404]


def test_off_boarding_ends_sessions_tokens_and_links_at_once(author, boss, administrator):
    client, token = signed(author), new_token(author, scope="read", days=1)
    link = link_for(boss, author.pk)
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/incidents", headers=headers).status_code == 200
    answer = signed(administrator).post(f"/settings/people/{author.pk}/change/", {"what": "leave"})
    assert answer.status_code == 302
    assert client.get("/").status_code == 302
    assert Client().get("/api/v1/incidents", headers=headers).status_code == 401
    assert not Session.objects.filter(user=author).exists()
    assert not ApiToken.objects.filter(user=author).exists()
    assert Client().get(f"/sign-in/{link}/").status_code == 404
    assert Client().post("/sign-in/", {"email": author.email, "password": PASSWORD}).status_code == 422
    membership.take_back(boss, author.pk)
    assert signed(author).get("/").status_code == 200


def test_the_last_administrator_stays(person, boss):
    for attempt in (
        lambda: membership.let_go(boss, boss.user_id),
        lambda: membership.change_role(boss, boss.user_id, "author"),
    ):
        with pytest.raises(InTheWay, match="last administrator"):
            attempt()
    other = person("administrator", "second@example.org")
    membership.change_role(boss, other.pk, "author")
    with pytest.raises(InTheWay):
        membership.let_go(boss, boss.user_id)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_demote_each_other_at_once(person):
    first, second = person("administrator"), person("administrator", "second@example.org")
    refused = []

    def demote(by, whom):
        try:
            membership.change_role(viewer_of(by), whom.pk, "author")
        except InTheWay:
            refused.append(whom)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=demote, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert User.objects.filter(role=Role.ADMINISTRATOR).count() == 1


def test_a_person_is_found_by_every_name_of_theirs(person, boss):
    ana = person("author", "ana@example.org")
    User.objects.filter(pk=ana.pk).update(name="Ana Sample")
    identities.add_identity(boss, ana.pk, kind="chat", value="@ana.s")
    identities.add_identity(boss, ana.pk, kind="github", value="AnaHub")
    for name in ("@ana.s", "ANA.S", "anahub", "ana@example.org", "Ana@Example.org", "ana  sample"):
        assert naming.person_for(name) == ana, name
    User.objects.filter(pk=ana.pk).update(name="\N{LATIN CAPITAL LETTER A WITH RING ABOVE}sa Sample")
    assert naming.person_for("\N{LATIN CAPITAL LETTER A WITH RING ABOVE}SA sample") == ana
    assert naming.person_for("Somebody <ana@example.org>") == ana
    assert naming.person_for("nobody") is None
    assert naming.person_for("") is None


def test_a_name_that_two_have_means_neither(person, boss):
    for email in ("a@example.org", "b@example.org"):
        User.objects.filter(pk=person("author", email).pk).update(name="Sam Sample")
    assert naming.person_for("Sam Sample") is None
    membership.let_go(boss, User.objects.get(email="b@example.org").pk)
    assert naming.person_for("Sam Sample").email == "a@example.org"


def test_many_names_take_two_queries(person, boss, django_assert_num_queries):
    for n in range(5):
        user = person("author", f"p{n}@example.org")
        identities.add_identity(boss, user.pk, kind="chat", value=f"handle{n}")
    with django_assert_num_queries(2):
        found = naming.people_for([f"@handle{n}" for n in range(5)] + ["p3@example.org", "nobody"])
    assert len(found) == 6


def test_a_name_belongs_to_one_person(person, author, boss):
    other = person("viewer")
    identities.add_identity(boss, author.pk, kind="chat", value="sam")
    with pytest.raises(InTheWay, match="Author Sample"):
        identities.add_identity(boss, other.pk, kind="chat", value="SAM")
    with pytest.raises(Invalid):
        identities.add_identity(boss, other.pk, kind="email", value="no address")


def test_merging_moves_names_and_teams_and_keeps_history(person, author, boss, viewer):
    other = person("author", "ana.private@example.org")
    identities.add_identity(boss, other.pk, kind="chat", value="ana")
    with_team = team_named(viewer_of(other), "Payments")
    secret = declare(viewer_of(other), title="zzSECRET", visibility="restricted")
    IncidentPerson.objects.create(incident=secret, user=other)
    client = signed(other)
    identities.merge(boss, other.pk, author.pk)
    assert naming.person_for("@ana") == author
    assert naming.person_for("ana.private@example.org") == author
    assert with_team.members.get().user == author
    assert client.get("/").status_code == 302
    assert Change.objects.filter(by=other, action="declare").exists()
    assert "zzSECRET" not in signed(author).get("/incidents/").content.decode()
    with pytest.raises(InTheWay):
        membership.take_back(boss, other.pk)


def test_suggested_names_leave_out_restricted_incidents(boss, viewer, work):
    from tests.web.conftest import CHAT

    from juncture.web.evidence.operations import pasted, receive_into_new
    from juncture.web.people.suggesting import unclaimed_names

    receive_into_new(viewer, [pasted(CHAT)], title="open", visibility="organisation", date=None, zone="UTC")
    secret = CHAT.replace("Sam Sample", "Zz Secret").replace("Robin Sample", "Zy Secret")
    receive_into_new(boss, [pasted(secret)], title="x", visibility="restricted", date=None, zone="UTC")
    work()
    assert unclaimed_names(boss) == ["Robin Sample", "Sam Sample"]
    User.objects.filter(pk=viewer.user_id).update(name="Sam Sample")
    assert unclaimed_names(boss) == ["Robin Sample"]


def test_bad_input_is_said_in_a_sentence(administrator, boss):
    client = signed(administrator)
    for given in (
        {"email": "no address"},
        {"email": "x@example.org", "role": "king"},
        {"email": "x@example.org", "team": "none"},
    ):
        answer = client.post("/settings/people/add/", {"role": "author", "name": ""} | given)
        assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (422, True)
    assert client.post("/settings/people/add/", {"email": administrator.email, "role": "author"}).status_code == 409
    assert client.post(f"/settings/people/{administrator.pk}/change/", {"what": "x"}).status_code == 422
    assert client.post("/settings/people/99999999999999999999/change/", {"what": "role", "role": "author"}).status_code == 404
    assert not User.objects.filter(email="x@example.org").exists()
    for query in ("from=" + "9" * 5000, "from=-1", "from=x", "q=%00", "role=x", "team=%ED%A0%80"):
        assert client.get(f"/settings/people/?{query}").status_code == 200


def test_the_list_of_people_takes_few_queries_at_any_size(administrator, django_assert_max_num_queries):
    User.objects.bulk_create(User(email=f"p{n}@example.org", name=f"P{n:03} Sample", role="author") for n in range(120))
    team = Team.objects.create(name="Payments", slug="payments")
    team.members.bulk_create(team.members.model(team=team, user=user) for user in User.objects.all()[:100])
    client = signed(administrator)
    with django_assert_max_num_queries(8):
        page = client.get("/settings/people/?role=author").content.decode()
    assert page.count('scope="row"') == 50
    assert "from=50" in page
    with django_assert_max_num_queries(15):
        client.get(f"/settings/people/{administrator.pk}/")


def test_open_actions_of_who_leaves_are_listed_for_handing_over_but_none_that_is_restricted(
    administrator, boss, author, viewer, work
):
    from tests.web.conftest import CHAT

    from juncture.web.actions.operations import add_action
    from juncture.web.evidence.operations import pasted, receive_into_new
    from juncture.web.postmortems.selectors import postmortems

    for visibility in ("organisation", "restricted"):
        receive_into_new(viewer, [pasted(CHAT)], title="x", visibility=visibility, date=None, zone="UTC")
        work()
        add_action(viewer, postmortems(viewer)[0][0].id, title=f"Alert on it, {visibility}", owner=author.email)
    page = signed(administrator).get(f"/settings/people/{author.pk}/").content.decode()
    assert ("Alert on it, organisation" in page, "Alert on it, restricted" in page) == (True, False)

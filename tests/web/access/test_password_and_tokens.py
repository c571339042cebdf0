"""A password that changes ends API tokens where their person says so, and always where somebody else had to help."""

import pytest
from django.test import Client
from tests.web.conftest import PASSWORD

from juncture.web.access.invitations import link_for, reset_password
from juncture.web.access.models import ApiToken
from juncture.web.access.operations import new_token
from juncture.web.access.selectors import viewer_of
from juncture.web.journal.models import Change
from juncture.web.people.membership import let_go

NEW = "another long enough passphrase"


@pytest.fixture
def tokens(author, person):
    new_token(person("author", "other@example.org"), scope="read", days=1)
    return [new_token(author, scope="write", days=1) for _ in range(2)]


def signed(user):
    client = Client()
    client.post("/sign-in/", {"email": user.email, "password": PASSWORD})
    return client


def works(client, token):
    return client.get("/api/v1/incidents", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def revoked():
    return Change.objects.filter(action="revoke", object_kind="token").count()


def test_who_changes_the_password_is_asked_whether_tokens_end(author, tokens, client):
    page = signed(author).get("/settings/password/").content.decode()
    assert 'name="end-tokens" value="1" checked> End my 2 API tokens too' in page


def test_who_has_no_token_is_not_asked(author):
    assert "end-tokens" not in signed(author).get("/settings/password/").content.decode()


def test_tokens_end_with_the_password_and_each_is_in_the_audit(author, tokens, client):
    mine = signed(author)
    answer = mine.post("/settings/password/", {"current": PASSWORD, "password": NEW, "end-tokens": "1"}, follow=True)
    assert "2 API tokens have ended too." in answer.content.decode()
    assert not any(works(client, token) for token in tokens)
    assert (revoked(), ApiToken.objects.count()) == (2, 1)


def test_tokens_stay_where_the_box_is_not_ticked_also_after_a_mistake(author, tokens, client):
    mine = signed(author)
    mistaken = mine.post("/settings/password/", {"current": "wrong", "password": NEW})
    assert 'name="end-tokens" value="1"> End' in mistaken.content.decode()
    mine.post("/settings/password/", {"current": PASSWORD, "password": NEW})
    assert all(works(client, token) for token in tokens)
    assert revoked() == 0


def test_a_reset_by_a_link_ends_them_all_and_says_so_before(author, person, tokens, client):
    link = link_for(viewer_of(person("administrator")), author.pk)
    assert "Sessions that are open end, and so do API tokens." in Client().get(f"/sign-in/{link}/").content.decode()
    reset_password(link, password=NEW)
    assert not any(works(client, token) for token in tokens)
    assert revoked() == 2


def test_who_leaves_leaves_no_token_behind(author, person, tokens, client):
    let_go(viewer_of(person("administrator")), author.pk)
    assert not any(works(client, token) for token in tokens)

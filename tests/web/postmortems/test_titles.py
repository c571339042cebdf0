"""A title that nobody has published is part of the working text: who may not write does not see it, in any list."""

import json

from tests.web.conftest import CHAT

from juncture.web.access.operations import new_token
from juncture.web.actions.operations import add_action
from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.postmortems import operations, selectors


def test_lists_show_readers_the_title_that_was_published(viewer, work, person, api, client):
    receive_into_new(viewer, [pasted(CHAT)], title="Checkout fails", visibility="organisation", date=None, zone="UTC")
    work()
    postmortem = selectors.postmortems(viewer)[0][0].id
    add_action(viewer, postmortem, title="Mend it")
    operations.set_state(viewer, postmortem, "published")
    operations.rename(viewer, postmortem, "zzWORKING title")
    reader = person("viewer")
    token = new_token(reader, scope="read", days=1)
    client.force_login(reader)
    for path in ("postmortems", f"postmortems/{postmortem}", "actions"):
        told = api("GET", path, token=token).json()
        assert "Checkout fails" in json.dumps(told)
        assert "zzWORKING" not in json.dumps(told)
    action = client.get("/actions/").content.decode()
    assert "zzWORKING" not in action
    for page in (f"/postmortems/{postmortem}/related/", "/", "/library/", "/incidents/1/", "/actions/1/"):
        assert "zzWORKING" not in client.get(page).content.decode(), page
    assert api("GET", "postmortems").json()["items"][0]["title"] == "zzWORKING title"

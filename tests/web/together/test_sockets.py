"""The socket of an editor against a server as people run it: who gets in, who is sent away, and that no stored word is lost."""

import asyncio
import os
import re
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.web.served import Server
from tests.web.together.peers import Peer
from tests.web.together.writers import FIRST_CHARACTER, document, sign_in, write

pytestmark = pytest.mark.skipif(
    os.environ.get("JUNCTURE_TEST_DATABASE", "sqlite") != "sqlite", reason="in processes of their own"
)
SAM, ROBIN, READER = "sam@example.org", "robin@example.org", "reader@example.org"


def run(what):
    """Run in a loop of its own: another test's browser may have left one in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, what).result()


class House:
    """A server with three people, and postmortems of its own for each test."""

    def __init__(self, folder):
        self.server = Server(folder / "data").start()
        for email, role in ((SAM, "author"), (ROBIN, "author"), (READER, "viewer")):
            self.server.person(email, role)
        self.cookies = {email: sign_in(self.server.url, email) for email in (SAM, ROBIN, READER)}

    def call(self, method, path, body=None, as_=SAM):
        status, answer = self.server.call(method, path, body, as_=as_)
        assert status < 300, answer
        return answer

    def postmortem(self, **more):
        incident = self.call("POST", "incidents", {"title": "Checkout fails"} | more)["id"]
        made = self.call("POST", f"incidents/{incident}/postmortem", {})["id"]
        section = self.call("GET", f"postmortems/{made}")["sections"][0]["id"]
        return incident, made, section

    def peer(self, postmortem, email=SAM, **more):
        return Peer(self.server.url, postmortem, self.cookies.get(email, email), **more)

    def markdown(self, postmortem):
        return self.call("GET", f"postmortems/{postmortem}")["sections"][0]["markdown"]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    there = House(tmp_path_factory.mktemp("together"))
    yield there
    there.server.stop()


async def code_of(peer):
    await peer.open()
    await peer.until(lambda: peer.code is not None)
    why = [told["why"] for told in peer.told if told["kind"] == "refused"]
    await peer.close()
    return peer.code, why


def test_only_who_may_write_gets_in_and_everybody_else_learns_why(house):
    _, open_one, _ = house.postmortem()
    _, restricted, _ = house.postmortem(visibility="restricted")
    stranger = house.peer(open_one)
    stranger.origin = "http://elsewhere.example"

    async def all_of_them():
        assert (await code_of(house.peer(open_one, "")))[0] == 4401
        assert (await code_of(house.peer(open_one, "nobody")))[0] == 4401
        code, (why,) = await code_of(house.peer(open_one, READER))
        assert code == 4403
        assert "author" in why
        assert (await code_of(house.peer(restricted, ROBIN)))[0] == 4404
        assert (await code_of(house.peer("999999")))[0] == 4404
        assert (await code_of(stranger))[0] == 4403
        assert (await code_of(house.peer(open_one, epoch="another")))[0] == 4409
        async with house.peer(restricted, SAM) as there:
            await there.until(there.synced.is_set)

    run(all_of_them())


def test_what_one_types_the_other_has_once_it_is_stored_and_the_markdown_a_second_later(house):
    _, postmortem, section = house.postmortem()

    async def type_():
        async with house.peer(postmortem) as sam, house.peer(postmortem, ROBIN) as robin:
            await sam.until(lambda: sam.synced.is_set() and robin.synced.is_set())
            sam.text(section).insert(0, "Typed together. ")
            await robin.until(lambda: str(robin.text(section)).startswith("Typed together. "))
            await sam.until(lambda: sam.saved)
            await robin.until(lambda: {"kind": "changed", "what": "text"} in robin.told)
            house.call("PATCH", f"postmortems/{postmortem}/sections/{section}", {"base": "", "text": "By the interface. "})
            await robin.until(lambda: "By the interface. " in str(robin.text(section)))
            house.call(
                "POST", f"postmortems/{postmortem}/objects/factors", {"values": {"title": "No limit", "role": "enabler"}}
            )
            await robin.until(lambda: {"kind": "changed", "what": "objects"} in robin.told)
            return str(robin.text(section))

    typed = run(type_())
    assert house.markdown(postmortem) == typed


@pytest.mark.parametrize(
    "sent", [b"", b"\x09", b"\x00\x02", b"\x00\x02\x05abc", b"\x01\xff\xff\xff", b"\x00\x00\x03\xff\xff\xff", "words"]
)
def test_garbage_ends_that_socket_alone(house, sent):
    _, postmortem, section = house.postmortem()

    async def type_():
        async with house.peer(postmortem) as sam, house.peer(postmortem, ROBIN) as robin:
            await sam.until(lambda: sam.synced.is_set() and robin.synced.is_set())
            await robin.socket.send(sent)
            if sent == "words":
                await asyncio.sleep(0.2)
            else:
                await robin.until(lambda: robin.code is not None)
                assert robin.code == 4400
            sam.text(section).insert(0, "Undisturbed. ")
            await sam.until(lambda: sam.saved)

    run(type_())
    assert house.markdown(postmortem)


def test_who_loses_the_right_is_sent_away_while_doing_nothing(house):
    incident, postmortem, section = house.postmortem()
    house.server.person("leaver@example.org", "author")
    cookie = sign_in(house.server.url, "leaver@example.org")

    async def sit():
        async with (
            house.peer(postmortem) as sam,
            house.peer(postmortem, ROBIN) as robin,
            house.peer(postmortem, cookie) as leaver,
        ):
            await sam.until(lambda: sam.synced.is_set() and robin.synced.is_set() and leaver.synced.is_set())
            house.call("PATCH", f"incidents/{incident}", {"visibility": "restricted"})
            await robin.until(lambda: robin.code == 4404)
            await leaver.until(lambda: leaver.code == 4404)
            sam.text(section).insert(0, "Still here. ")
            await sam.until(lambda: sam.saved)

    run(sit())


def test_who_signs_out_is_sent_away(house):
    _, postmortem, _ = house.postmortem()
    cookie = sign_in(house.server.url, ROBIN)

    async def sit():
        async with house.peer(postmortem, cookie) as robin:
            await robin.until(robin.synced.is_set)
            sign_out(house.server.url, cookie)
            await robin.until(lambda: robin.code == 4401)

    run(sit())


def sign_out(url, cookie):
    asked = urllib.request.Request(f"{url}/settings/", headers={"Cookie": f"juncture_session={cookie}"})
    with urllib.request.urlopen(asked) as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())[1]
        csrf = re.search(r"csrftoken=([^;]+)", page.headers["Set-Cookie"])[1]
    sent = urllib.parse.urlencode({"csrfmiddlewaretoken": token}).encode()
    headers = {"Cookie": f"juncture_session={cookie}; csrftoken={csrf}", "Referer": url}
    urllib.request.urlopen(urllib.request.Request(f"{url}/sign-out/", sent, headers)).close()


@pytest.mark.parametrize("seconds", [12, pytest.param(30, marks=pytest.mark.long)])
def test_eight_who_type_while_the_server_is_killed_three_times_lose_nothing(tmp_path, seconds):
    server = Server(tmp_path / "data").start()
    try:
        server.person(SAM, "author")
        postmortem, sections = document(server, 200_000)
        found = run(write([server], postmortem, sections, seconds=seconds))
        assert (found.lost, found.equal, found.kills) == (0, True, 3)
        assert found.typed > seconds * 8
        assert found.typed == found.acknowledged
        deadline = time.monotonic() + 20
        while markdown_characters(server, postmortem) != found.typed:
            assert time.monotonic() < deadline, "the Markdown does not follow"
            time.sleep(0.2)
    finally:
        server.kill_everything()


def markdown_characters(server, postmortem):
    whole = server.call("GET", f"postmortems/{postmortem}", as_=SAM)[1]
    return sum(ord(one) >= FIRST_CHARACTER for section in whole["sections"] for one in section["markdown"])

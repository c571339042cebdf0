"""Uploads on bad days: sent by half, onto a full disk."""

import errno
import socket
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.web.served import Server

from juncture.web.evidence.models import EvidenceItem
from juncture.web.evidence.uploads import OnDisk
from juncture.web.incidents.operations import declare


@pytest.mark.parametrize("cut_by", ["closing", "ending"])
def test_half_an_upload_leaves_nothing_behind(half_sent_to, cut_by):
    server = half_sent_to
    _, made = server.call("POST", "incidents", {"title": "x"}, as_="sam@example.org")
    incident = made["id"]
    token = server.tokens["sam@example.org"]
    data = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="half.log"\r\n\r\n' + b"half a line\n" * 200_000
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as calls:
        calls.sendall(
            f"POST /api/v1/incidents/{incident}/evidence HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: multipart/form-data; boundary=cut\r\nContent-Length: {3 * len(data)}\r\n\r\n".encode()
        )
        calls.sendall(data)
        if cut_by == "ending":
            calls.shutdown(socket.SHUT_WR)
            time.sleep(0.5)
    time.sleep(1)
    _, held = server.call("GET", f"incidents/{incident}/evidence", as_="sam@example.org")
    assert held["items"] == []
    left = [path for name in ("uploads", "evidence/incoming") for path in (server.data / name).glob("*")]
    assert left == []


@pytest.fixture(scope="module")
def half_sent_to(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("half") / "data").start()
    server.person("sam@example.org", "author")
    yield server
    server.stop()


def test_a_full_disk_while_it_is_sent_is_said_plainly(signed_in, viewer, monkeypatch, tmp_path):
    def full(self, raw_data, start):
        raise OSError(errno.ENOSPC, "No space left on device")

    incident = declare(viewer, title="x")
    monkeypatch.setattr(OnDisk, "receive_data_chunk", full)
    signed_in.raise_request_exception = False
    sent = {"file": SimpleUploadedFile("big.log", b"x" * 3_000_000)}
    answer = signed_in.post(f"/incidents/{incident.public_id}/evidence/", sent)
    assert (answer.status_code, "Make room" in answer.content.decode()) == (503, True)
    assert not EvidenceItem.objects.exists()
    assert list((tmp_path / "uploads").iterdir()) == []

import random
import string
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from juncture.evidence.mask import Mask, fold
from juncture.model.evidence import (
    SUMMARY_LIMIT,
    AlertDetails,
    Citation,
    CommandDetails,
    Kind,
    Lane,
    LogDetails,
    MessageDetails,
    RecordDetails,
    Sighting,
)  # fmt: skip

NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)
TOKEN = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3gH6"  # made up, the shape alone counts
PASSWORD = "Tr0ub4dor&3x"


def sighting(summary="", artefact="sha256:1", **fields):
    return Sighting(
        id="0" * 32, source="slack", kind=Kind.MESSAGE, lane=Lane.PEOPLE, occurred_at=NOW, earliest=NOW, latest=NOW,
        summary=summary, citation=Citation(artefact, "a.json", "/0"), **fields,
    )  # fmt: skip


def test_the_same_secret_has_the_same_placeholder_and_another_another():
    mask = Mask(b"a store's own salt")
    first, second = mask.text(f"token {TOKEN}"), mask.text(f"export GITHUB_TOKEN={TOKEN}")
    assert first.removeprefix("token ") == second.removeprefix("export GITHUB_TOKEN=")
    assert mask.text(f"token {TOKEN[:-1]}7") != first
    assert mask.counts["GitHub token"] == 3


def test_the_tag_depends_on_the_salt_and_there_is_none_without_one():
    tagged = {Mask(salt).text(TOKEN) for salt in (b"one", b"two", b"three")}
    assert len(tagged) == 3
    assert Mask().text(TOKEN) == "[masked: GitHub token]"
    assert Mask(b"x" * 200).text(TOKEN) != TOKEN


def test_masking_can_be_off():
    mask = Mask(b"salt", enabled=False)
    assert mask.text(TOKEN) == TOKEN
    assert mask.sighting(sighting(TOKEN)).summary == TOKEN
    assert not mask.counts


def test_what_is_masked_already_stays_as_it_is():
    mask = Mask(b"salt")
    for text in (
        f"password={PASSWORD}",
        f"Authorization: Bearer {TOKEN}",
        f"postgres://a:{PASSWORD}@db/x",
        f'{{"token": "{TOKEN}"}}',
    ):
        once = mask.text(text)
        assert mask.text(once) == once != text


def test_the_words_around_a_secret_stay():
    assert Mask().text(f"use postgres://app:{PASSWORD}@db-1:5432/shop, not the replica") == (
        "use postgres://app:[masked: password in an address]@db-1:5432/shop, not the replica"
    )


@pytest.mark.parametrize("name", ["RSA ", "", "EC ", "OPENSSH "])
def test_a_private_key_is_masked_whole_however_it_is_written(name):
    body = ["".join(random.Random(n).choices(string.ascii_letters + "0123456789+/", k=64)) for n in range(12)]
    key = "\n".join((f"-----BEGIN {name}PRIVATE KEY-----", *body, f"-----END {name}PRIVATE KEY-----"))
    for text in (
        key,
        key.replace("\n", "\\n"),
        key.replace("\n", "\\\\n"),
        key.replace("\n", " "),
        key.replace("\n", "\r\n"),
        key.replace("\n", "\n    "),
        key.rsplit("\n", 1)[0],
    ):
        masked = Mask().text(f"before {text} after")
        assert masked.startswith("before [masked: private key]")
        assert not any(line in masked for line in body)


def test_a_private_key_given_line_by_line_is_masked_line_by_line():
    body = ["".join(random.Random(n).choices(string.ascii_letters + "0123456789+/", k=64)) for n in range(12)]
    lines = ["-----BEGIN RSA PRIVATE KEY-----", *body, "-----END RSA PRIVATE KEY-----", "a" * 64]
    mask = Mask()
    seen = [mask.sighting(sighting(line)).summary for line in lines]
    assert not any(line in seen for line in body)
    assert seen[-1] == "a" * 64
    assert mask.sighting(sighting(body[0], artefact="sha256:2")).summary == body[0]


def test_every_text_of_a_sighting_is_masked():
    mask = Mask(b"salt")
    secret = f"password={PASSWORD}"
    given_ = sighting(
        secret, actor=f"ops {secret}", service=secret, links=(f"https://a:{PASSWORD}@x/",), known_by=(secret,),
        details=MessageDetails(channel=secret, files=(f"{secret}.txt",)),
    )  # fmt: skip
    assert PASSWORD not in repr(mask.sighting(given_))
    for details in (
        RecordDetails({"password": "letmein", "note": secret}),
        AlertDetails("High", "firing", labels={"token": TOKEN}, annotations={"runbook": f"https://x/?token={TOKEN}"}),
        CommandDetails(f"mysql -u root -p{PASSWORD}"),
        LogDetails(template=f"login <*> {secret}"),
    ):
        shown = repr(mask.sighting(sighting("clean", details=details)))
        assert not any(part in shown for part in (PASSWORD, TOKEN, "letmein"))


def test_what_a_reader_took_out_of_a_secret_is_masked_with_it():
    key, host = "53a21fd16109cfe60a7132e5f9bc3de1", "db-1.internal"
    masked = Mask().sighting(
        sighting(f"DD-API-KEY: {key} for {host}", links=(key, key[:12], host), details=RecordDetails({"copy": key}))
    )
    assert key[:12] not in repr(masked)
    assert host in masked.links
    shown = Mask().sighting(sighting("login with hunter2xyz", details=RecordDetails({"password": "hunter2xyz"})))
    assert "hunter2" not in repr(shown)


def test_a_secret_that_is_said_again_without_its_name_is_masked_again():
    assert PASSWORD not in Mask().text(f"password: {PASSWORD}\nno, {PASSWORD} does not work either")


def test_a_clean_sighting_is_the_same_object():
    clean = sighting("rolling back the deploy", actor="ana", details=MessageDetails(channel="incident-7"))
    assert Mask(b"salt").sighting(clean) is clean


def test_a_summary_is_folded_to_one_line_within_the_limit_after_masking():
    mask = Mask()
    assert mask.sighting(sighting("one\ntwo\t three ")).summary == "one two three"
    assert mask.sighting(sighting("x" * 2000)).summary == "x" * (SUMMARY_LIMIT - 1) + "…"
    long = mask.sighting(sighting("x " * 490 + f"password={PASSWORD}"))
    assert PASSWORD[:6] not in long.summary
    assert len(long.summary) <= SUMMARY_LIMIT


@given(st.text())
@example("\x00a\u2028b")
def test_folding_gives_one_line(text):
    folded = fold(text)
    assert len(folded.splitlines()) <= 1
    assert len(folded) <= SUMMARY_LIMIT
    assert fold(folded) == folded


PARTS = st.sampled_from(
    [TOKEN, PASSWORD, "password", "pass", "token", "key", "api_key", "secret", "=", ": ", '"', "'", "`", " is ", "://", "@", "\\", "\n", "-----BEGIN RSA PRIVATE KEY-----",
     "-----END RSA PRIVATE KEY-----", "Authorization: Bearer ", "Cookie: ", ";", "&", "[masked: ", "]", "a" * 30, "İ", "ß", "\ud800", "<", ">", "curl -u a:", "code 12"]
)  # fmt: skip


@given(st.lists(PARTS | st.text(max_size=5), max_size=12).map("".join))
def test_masking_never_breaks_and_masking_again_changes_nothing_that_matters(text):
    mask = Mask(b"salt")
    once = mask.text(text)
    assert TOKEN not in once or f"{TOKEN[:3]}" in text.replace(TOKEN, "") or TOKEN in text
    assert isinstance(mask.text(once), str)
    for start, end, placeholder in mask.spans(text):
        assert 0 <= start < end <= len(text)
        assert placeholder.startswith("[masked: ")


@given(st.text(min_size=0, max_size=200), st.text(max_size=50))
def test_a_token_is_masked_whatever_stands_around_it(before, after):
    masked = Mask().text(f"{before} {TOKEN} {after}")
    assert TOKEN not in masked


def test_masks_cost_nothing_where_nothing_is_masked():
    code = "import sys, juncture.evidence.mask as m; print('detect_secrets' in sys.modules, 'tomllib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False False\n"


@pytest.mark.parametrize(
    "part",
    ["password=", "password: ", "the token is ", "eyJ", "-----BEGIN RSA PRIVATE KEY-----", "http://a:", "cookie: a=b; ", "curl -u a ",
     "mysql -p", "otpauth://", "<password>", '"secret":"', "sk-", "ac00", "a.bbbbbb.", "\\", " ", "AKIAQQQQQQQQQQQQQQQQ "],
)  # fmt: skip
def test_a_long_line_takes_time_by_its_length_alone(part):
    started = time.process_time()
    Mask().text(part * (200_000 // len(part)))
    assert time.process_time() - started < 5

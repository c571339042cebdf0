import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.evidence import links
from juncture.evidence.links import LINKS_LIMIT, links_in


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://ci.example.org/412.", ("https://ci.example.org/412",)),
        ("(https://wiki.example.org/Lock_(database))", ("https://wiki.example.org/Lock_(database)",)),
        ("<https://a.example/x|label> and https://a.example/x", ("https://a.example/x",)),
        (
            "reverted 3f2a91c, was 0123456789abcdef0123456789abcdef01234567",
            ("3f2a91c", "0123456789abcdef0123456789abcdef01234567"),
        ),
        ("commit 1234567 is bad", ("1234567",)),
        ("merged #412 and shop/api#7", ("#412", "shop/api#7")),
        ("PR 412, pull request #413, GH-9, !77", ("#412", "#413", "#9", "#77")),
        ("HighErrorRate fired, then KubePodCrashLooping", ("HighErrorRate", "KubePodCrashLooping")),
    ],
)
def test_links_are_found_in_the_form_their_source_uses(text, links):
    assert links_in(text) == links


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1234567 requests in 10 minutes",
        "the defaced page",
        "id 550e8400-e29b-41d4-a716-446655440000",
        "image sha256:0123456789abcdef",
        "asked in #incident-7 and #2fast",
        "PagerDuty and GitHub are fine",
        "&#39; quoted",
        "release 412 at 14:02",
        "wait!!1",
    ],
)
def test_what_only_looks_like_a_link_is_none(text):
    assert links_in(text) == ()


def test_a_link_stands_once_and_a_log_gives_no_more_than_the_limit():
    assert links_in("#1 #2 #1") == ("#1", "#2")
    assert len(links_in(" ".join(f"#{number}" for number in range(1000)))) == LINKS_LIMIT


@given(st.text())
def test_every_link_is_taken_from_the_text(text):
    for link in links_in(text):
        assert link.removeprefix("#") in text


@given(st.text(alphabet="ab0#:/!.PRHigh ErorRate", max_size=80))
def test_the_quick_look_never_hides_a_link(text):
    whole = tuple(dict.fromkeys(found for match in links._LINK.finditer(text) if (found := links._named(match, text))))
    assert links_in(text) == whole

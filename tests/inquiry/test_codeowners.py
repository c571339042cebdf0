import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.inquiry.codeowners import Owner, OwnerKind, matches, owners_of, read_codeowners

FILE = """\
# Everybody else
*                       @shop/platform
/services/checkout/     @ana-s  checkout@example.org   # and a comment
docs/*                  @writer
**/logs                 @observer
/services/checkout/vendor/
my\\ folder/\\#one       @ana-s

[Database][2] @shop/database
/db/
^[Optional]
/db/notes.md            @writer
!/db/secret             @nobody
/x                      nobody
"""


def test_a_file_is_read_with_sections_comments_and_escapes():
    found = read_codeowners(FILE)
    assert [(rule.pattern, [owner.name for owner in rule.owners], rule.section) for rule in found.rules] == [
        ("*", ["shop/platform"], ""),
        ("/services/checkout/", ["ana-s", "checkout@example.org"], ""),
        ("docs/*", ["writer"], ""),
        ("**/logs", ["observer"], ""),
        ("/services/checkout/vendor/", [], ""),
        ("my folder/#one", ["ana-s"], ""),
        ("/db/", ["shop/database"], "Database"),
        ("/db/notes.md", ["writer"], "Optional"),
        ("/x", [], "Optional"),
    ]
    assert [(each.line, each.why.split(":")[0]) for each in found.unread] == [
        (13, "a pattern that takes paths away ('!') is not read, neither by GitHub"),
        (14, "'nobody' is no owner"),
    ]


def test_kinds_of_owners():
    (rule,) = read_codeowners("* @ana @shop/platform ana@example.org").rules
    assert [owner.kind for owner in rule.owners] == [OwnerKind.PERSON, OwnerKind.TEAM, OwnerKind.EMAIL]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("README.md", ["shop/platform"]),
        ("services/checkout/app.py", ["ana-s", "checkout@example.org"]),
        ("services/checkout/vendor/x.js", []),
        ("docs/start.md", ["writer"]),
        ("docs/more/start.md", ["shop/platform"]),
        ("a/b/logs/today", ["observer"]),
        ("db/schema.sql", ["shop/platform", "shop/database"]),
        ("db/notes.md", ["shop/platform", "shop/database", "writer"]),
    ],
)
def test_the_last_rule_that_matches_decides_in_each_section(path, names):
    assert [owner.name for owner in owners_of(path, read_codeowners(FILE))] == names


@pytest.mark.parametrize(
    ("pattern", "path", "right"),
    [
        ("*.js", "a/b/c.js", True), ("*.js", "a/c.jsx", False), ("/build/logs/", "build/logs/x", True),
        ("/build/logs/", "x/build/logs/y", False), ("apps/", "x/apps/y", True), ("/docs", "docs/x", True),
        ("docs/**/x.md", "docs/x.md", True), ("docs/**/x.md", "docs/a/b/x.md", True), ("/*", "a", True),
        ("/*", "a/b", False), ("a?c", "abc", True), ("a?c", "a/c", False), ("/a/**", "a/b/c", True), ("/a/**", "a", False),
    ],
)  # fmt: skip
def test_patterns_match_as_gitignore_says(pattern, path, right):
    assert matches(pattern, path) is right


@given(st.text(max_size=300))
def test_no_text_breaks_it_and_every_line_is_accounted_for(text):
    found = read_codeowners(text)
    assert len(found.rules) <= len(text.splitlines())
    owners_of("a/b/c", found)


@given(st.text("*?/a[].", max_size=60), st.text("a/", max_size=200))
def test_no_pattern_runs_away(pattern, path):
    started = time.perf_counter()
    matches(pattern, path)
    assert time.perf_counter() - started < 1


def test_an_owner_named_twice_is_one():
    (rule,) = read_codeowners("* @ana @ana").rules
    assert rule.owners == (Owner(OwnerKind.PERSON, "ana"),)

"""The style sheets of a page, all loaded together: no app changes by accident what another draws."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from django.contrib.staticfiles import finders

from juncture.web.pages.layout import layout

RULE = re.compile(r"([^{}]+)\{[^{}]*\}")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
CLASS_ALONE = re.compile(r"\.([\w-]+)")


def test_a_class_is_styled_alone_by_the_document_and_the_pages_or_by_one_app():
    styled = defaultdict(set)
    for sheet in layout(None)["sheets"]:
        shared = sheet.startswith(("document/", "pages/"))
        rules = RULE.findall(COMMENT.sub("", Path(finders.find(sheet)).read_text("utf-8")))
        for selector in (one.strip() for rule in rules for one in rule.split(",")):
            if alone := CLASS_ALONE.fullmatch(selector):
                styled[alone[1]].add("shared" if shared else sheet)
    assert {name: sheets for name, sheets in styled.items() if len(sheets) > 1} == {}

"""PDF over the API and the command line."""

from __future__ import annotations

import shutil

import pytest
from tests.web.served import juncture
from tests.web.world import build

from juncture.document.pdf import NoPdf
from juncture.web.postmortems import exporting

pytest.importorskip("weasyprint")


def test_a_publication_is_exported_as_pdf(db):
    there = build()
    answer = there.clients["viewer"].get(f"/api/v1/postmortems/{there.open['postmortem']}.pdf")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_a_server_without_what_writes_pdf_says_what_to_install(db, monkeypatch):
    there = build()

    def missing(page):
        raise NoPdf

    monkeypatch.setattr(exporting, "pdf", missing)
    answer = there.clients["viewer"].get(f"/api/v1/postmortems/{there.open['postmortem']}.pdf")
    assert answer.status_code == 501
    assert "juncture[pdf]" in answer.json()["detail"]


def test_convert_writes_a_pdf(tmp_path):
    shutil.copy("examples/samples/near-miss-wrong-cluster.md", tmp_path / "a.md")
    juncture("convert", tmp_path / "a.md", tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")

"""The PDF is the printed page: all of its text, its drawings in colour, and nothing fetched."""

from __future__ import annotations

import builtins
import http.server
import os
import re
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from juncture.document.html.page import page
from juncture.document.pdf import HOW, NoPdf, pdf
from juncture.document.record_file import read

pytest.importorskip("weasyprint")
SAMPLES = Path("examples/samples")


def text_of(data, tmp_path):
    if shutil.which("pdftotext") is None and "pdftotext" not in os.environ.get("JUNCTURE_REQUIRE", "").split():
        pytest.skip("pdftotext is not installed: the text of a PDF is not read back")
    (tmp_path / "out.pdf").write_bytes(data)
    done = subprocess.run(["pdftotext", "-raw", str(tmp_path / "out.pdf"), "-"], capture_output=True, check=True, text=True)
    return " ".join(done.stdout.split())


def test_all_that_a_postmortem_says_can_be_read_from_its_pdf(tmp_path):
    record = read((SAMPLES / "retry-storm.md").read_text()).record
    told = text_of(pdf(page(record, {})), tmp_path)
    assert all(action.title in told for action in record.actions)
    assert all(lesson in told for lesson in record.lessons.learned)
    assert all(factor.title in told for factor in record.factors)
    assert record.decisions[0].question in told
    assert "Replay from" not in told


def test_drawings_have_the_colours_of_the_page(tmp_path):
    import weasyprint

    from juncture.document.pdf import _paint, _rules

    whole = page(read((SAMPLES / "retry-storm.md").read_text()).record, {})
    document = weasyprint.HTML(string=whole)
    _paint(document.etree_element, _rules(whole))
    filled = {node.get("fill") for node in document.etree_element.iter() if node.get("fill")}
    assert any(re.fullmatch("#[0-9a-f]{6}", colour) for colour in filled)
    assert not any("var(" in colour for colour in filled)


def test_nothing_is_fetched_while_a_pdf_is_written(tmp_path):
    asked = []

    class Server(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)

    server = http.server.HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (tmp_path / "secret.txt").write_text("a secret of the disk")
    address = f"http://127.0.0.1:{server.server_port}"
    evil = (
        f'<img src="{address}/a"><link rel="stylesheet" href="{address}/b"><img src="file://{tmp_path}/secret.txt">'
        f'<a rel="attachment" href="file://{tmp_path}/secret.txt">x</a><style>@import url({address}/c);</style>'
    )
    whole = page(read("# A title\n\n## Summary\n\nWords.\n").record, {}).replace("</article>", f"{evil}</article>")
    data = pdf(whole)
    server.shutdown()
    server.server_close()
    assert asked == []
    assert b"a secret of the disk" not in data
    assert b"/EmbeddedFile" not in data


def test_without_weasyprint_one_line_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(NoPdf) as refused:
        pdf("<p>")
    assert HOW in str(refused.value)

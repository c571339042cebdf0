"""One incident whose every text is an attack, looked at in a real browser: each page, each export, with the policy and without."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import zipfile
import zlib
from urllib.parse import urlsplit

import httpx
import pytest
from tests.web.browser.conftest import PASSWORD, sign_in
from tests.web.served import juncture

pytestmark = pytest.mark.browser

RUNS = (
    '"\'><script>window.__x=1;alert(1)</script><img src=x onerror="window.__x=1"><svg/onload=window.__x=1>'
    "</textarea></title></style><input autofocus onfocus=window.__x=1>{{ 7*7 }}{% debug %}${7*7}"
)
ATTACK = f"zzATTACK {RUNS}"
SHORT = '"><img src=x onerror=window.__x=1>'
EMAIL = "hostile@example.org"
MARKDOWN = f"""{ATTACK} at 14:01.

<script>window.__x=1</script>

<img src=x onerror=window.__x=1> <a href="javascript:window.__x=1">raw</a> <iframe srcdoc="<script>parent.__x=1</script>"></iframe>

[a](javascript:window.__x=1) [b](JaVaScRiPt:window.__x=1) [c](data:text/html;base64,PHNjcmlwdD53aW5kb3cuX194PTE8L3NjcmlwdD4=)
[d](&#106;avascript:window.__x=1) [e](java\tscript:window.__x=1) <javascript:window.__x=1> [f](vbscript:x "\" onmouseover=window.__x=1 x=\"")
![x" onerror="window.__x=1](https://elsewhere.example/x.png) ![y](javascript:window.__x=1)
[g](//elsewhere.example/) [h](https://elsewhere.example/"onmouseover="window.__x=1) [^e1] [^"><img/src=x/onerror=window.__x=1>]

| <script>window.__x=1</script> | b |
| --- | :--: |
| <img src=x onerror=window.__x=1> | `</code><script>window.__x=1</script>` |

```"><script>window.__x=1</script>
</code></pre><script>window.__x=1</script>
```

<!-- juncture:actions --><!-- juncture:"><script>window.__x=1</script> -->

[^e1]: 14:01:00 UTC, x: {ATTACK} (event {"0" * 32}, sha256:{"0" * 64}, line:1)
"""
CHAT = f"""\
Sam {SHORT}
  2:01 PM
checkout answers 500 since the deploy {ATTACK}

Robin Sample
  2:03 PM
seeing the same, ack {SHORT}
2:04
rolling back release 412 now {SHORT} javascript:window.__x=1
2:09
error rate is falling

Sam {SHORT}
  2:15 PM
back to normal, all clear
"""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="window.__x=1"><script>window.__x=1</script></svg>\n'
FOUND = """() => {
  const wrong = [];
  for (const each of document.querySelectorAll('*')) {
    for (const {name, value} of each.attributes) {
      const said = value.trim().toLowerCase();
      if (/^on|^srcdoc$/.test(name)) wrong.push(each.tagName + ' ' + name);
      if (/^(href|src|action|formaction|data|poster|xlink:href|hx-get|hx-post)$/.test(name)
        && !/^(\\/(?![\\/\\\\])|#|\\?|$|mailto:|https?:|data:image\\/png;)/.test(said)) wrong.push(each.tagName + ' ' + name + '=' + said);
      if (name === 'src' && /^https?:/.test(said)) wrong.push(each.tagName + ' ' + said);
    }
    if (/^(IFRAME|OBJECT|EMBED|BASE)$/.test(each.tagName)) wrong.push(each.tagName);
  }
  return {x: window.__x, wrong, text: document.body.innerText};
}"""
"""What of a page would run, were there no policy; whether something did; and its words."""


class Web:
    """A person's session without a browser, for forms."""

    def __init__(self, url):
        self.client = httpx.Client(base_url=url, follow_redirects=True, timeout=60)
        self.client.get("/sign-in/")
        self.post("/sign-in/", email=EMAIL, password=PASSWORD)

    def post(self, path, **form):
        token = self.client.cookies.get("csrftoken")
        answer = self.client.post(path, data=form | {"csrfmiddlewaretoken": token})
        assert answer.status_code == 200, (path, re.findall(r'role="alert"[^>]*>([^<]*)', answer.text))
        return answer


@pytest.fixture(scope="module")
def hostile(served):
    """A server on which everything that somebody may write is an attack; return its administrator's session and the ids."""
    juncture(
        *("user", "add", EMAIL, "--name", f"Ada {SHORT}", "--role", "administrator", "--password-stdin"),
        *("--data", served.data),
        given=PASSWORD,
    )
    served.tokens[EMAIL] = juncture("token", EMAIL, "--scope", "admin", "--data", served.data)
    web = Web(served.url)

    def call(method, path, body=None, *, wanted=(200, 201, 202, 204), **more):
        status, told = served.call(method, path, body, as_=EMAIL, **more)
        assert status in wanted, (method, path, status, told)
        return told

    web.post("/settings/", name=f"Ada {SHORT}", zone="UTC")
    web.post("/settings/severities/", name=SHORT[:38], description=ATTACK[:200], tone="bad")
    web.post("/settings/tokens/new/", name=SHORT, scope="read", days="7")
    team = call("POST", "teams", {"name": f"Team {SHORT}"})
    service = call("POST", "services", {"name": f"svc {SHORT}", "description": ATTACK, "team": team["id"]})
    incident = call(
        *("POST", "incidents"),
        {
            "title": ATTACK[:290],
            "severity": SHORT[:38],
            "services": [SHORT, f"svc {SHORT}"],
            "started_at": "2026-03-02T14:00:00Z",
        },
    )["id"]
    files = {
        f"{SHORT}.txt": CHAT.encode(),
        "../../etc/'\"; rm -rf\r\nSet-Cookie: x=1.log": f"2026-03-02T14:05:00Z ERROR {ATTACK}\n".encode() * 3,
        f'page.html"{SHORT}': b"<script>window.__x=1</script>" * 9,
        "drawing.svg": SVG,
        "=HYPERLINK(1).csv": b"timestamp,=cmd|/requests\n2026-03-02T14:00:00Z,1\n2026-03-02T14:01:00Z,2\n2026-03-02T14:02:00Z,3\n",
        "export.zip": slack_export(),
    }
    sent = httpx.post(
        f"{served.url}/api/v1/incidents/{incident}/evidence",
        files=[("file", (name, data)) for name, data in files.items()],
        headers={"Authorization": f"Bearer {served.tokens[EMAIL]}"},
    )
    run = sent.json()["import_id"]
    for _ in range(300):
        if call("GET", f"imports/{run}")["state"] in {"done", "failed"}:
            break
        time.sleep(0.2)
    pm = call("POST", f"incidents/{incident}/postmortem", {})["id"]
    sections = call("GET", f"postmortems/{pm}")["sections"]
    for section in sections[:2]:
        text = f"{section['markdown']}\n\n{MARKDOWN}"
        call("PATCH", f"postmortems/{pm}/sections/{section['id']}", {"base": section["markdown"], "text": text})
    events = call("GET", f"incidents/{incident}/timeline")["items"]
    assert any("zzATTACK" in event["summary"] for event in events)
    for kind, values in {
        "decisions": {"question": ATTACK, "chosen": ATTACK, "options": [ATTACK, SHORT], "reason": ATTACK, "by": ATTACK},
        "factors": {"title": ATTACK, "id": SHORT},
        "lessons": {"text": ATTACK, "kind": "learned"},
        "weak-points": {"title": ATTACK, "statement": ATTACK, "suggestion": ATTACK},
        "participants": {"role": ATTACK, "took_part": ATTACK, "name": ATTACK},
        "figures": {"name": ATTACK, "mid": 7, "unit": ATTACK, "formula": ATTACK},
        "not-known": {"text": ATTACK},
        "questions": {"text": ATTACK},
    }.items():
        for event in ([], [events[0]["id"]]):
            call("POST", f"postmortems/{pm}/objects/{kind}", {"values": values, "events": event})
    fields = {
        "title": ATTACK[:290],
        "owner": SHORT,
        "priority": "\"'><i>",
        "ticket": "javascript:window.__x=1",
        "factor": SHORT,
    }
    action = call("POST", f"postmortems/{pm}/actions", fields | {"criterion": ATTACK})["id"]
    call("PATCH", f"actions/{action}", {"state": "done"})
    call("PATCH", f"actions/{action}", {"state": "verified", "proof": ATTACK, "events": [events[0]["id"]]})
    formula = call("POST", f"postmortems/{pm}/actions", {"title": "=HYPERLINK(1)", "ticket": f"https://x.example/{SHORT}"})[
        "id"
    ]
    call("PATCH", f"actions/{formula}", {"state": "wont_do", "reason": ATTACK})
    for asked in (
        {"kind": "text", "event": events[0]["id"], "text": f"words {ATTACK}", "why": SHORT},
        {"kind": "annotate", "event": events[1]["id"], "annotation": ATTACK, "why": SHORT},
        {"kind": "add", "time": "14:30", "lane": "decision", "text": ATTACK, "why": SHORT},
    ):
        call("POST", f"incidents/{incident}/corrections", asked)
    account = call("POST", f"incidents/{incident}/accounts", {"text": f"Around 14:30 I saw {ATTACK}.", "speaker": SHORT})["id"]
    call("POST", f"accounts/{account}/release", {})
    call("POST", f"incidents/{incident}/accounts", {"text": f"Around 14:40 I saw {ATTACK}.", "speaker": SHORT})
    call("POST", f"incidents/{incident}/request", {"reason": ATTACK[:400]})
    call("POST", f"postmortems/{pm}/state", {"to": "published", "reason": ATTACK})
    section = call("GET", f"postmortems/{pm}")["sections"][0]
    changed = f"{section['markdown']}\n\nMore {SHORT}."
    call("PATCH", f"postmortems/{pm}/sections/{section['id']}", {"base": section["markdown"], "text": changed})
    call("POST", f"postmortems/{pm}/state", {"to": "published", "reason": ATTACK})
    waived = call("POST", "incidents", {"title": "=HYPERLINK(1)"})["id"]
    call("POST", f"incidents/{waived}/waive", {"reason": ATTACK[:400]})
    return {
        "web": web,
        "incident": incident,
        "postmortem": pm,
        "section": section["id"],
        "event": events[0]["id"],
        "run": run,
        "service": service["id"],
        "call": call,
    }


def slack_export():
    data = io.BytesIO()
    said = [{"type": "message", "user": "U1", "ts": f"17724600{n:02}.0001", "text": f"rolling back {ATTACK}"} for n in range(4)]
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("users.json", json.dumps([{"id": "U1", "name": SHORT, "profile": {"real_name": ATTACK}}]))
        file.writestr("channels.json", json.dumps([{"id": "C1", "name": f"incident-{SHORT}"}]))
        file.writestr(f"incident-{SHORT.replace('/', '')}/2026-03-02.json", json.dumps(said))
    return data.getvalue()


MOST_PAGES = 150
_SAME = re.compile(r"/\d+/|[0-9a-f]{20,}")


def test_nothing_runs_on_any_page_even_without_the_policy(browser, served, hostile):
    """Follow every link from the first page on, in a browser that was told to take no notice of the policy."""
    context = browser.new_context(base_url=served.url, bypass_csp=True)
    page = context.new_page()
    heard = []
    page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: heard.append(str(error)))
    own = urlsplit(served.url).netloc
    page.on("request", lambda request: urlsplit(request.url).netloc in {own, ""} or heard.append(request.url))
    sign_in(page, EMAIL)
    of = f"/incidents/{hostile['incident']}/"
    pm = f"/postmortems/{hostile['postmortem']}/"
    waiting = [
        "/",
        of,
        f"{of}timeline/?event={hostile['event']}",
        f"{of}evidence/",
        f"{of}edit/",
        pm,
        f"{pm}published/",
        f"{pm}write/",
    ]
    waiting += [f"{pm}objects/", f"{pm}related/", f"{pm}sections/{hostile['section']}/?q=attack", "/actions/?view=board"]
    waiting += ["/library/?q=zzATTACK", "/settings/audit/", "/nowhere/%3Cscript%3E", f"/imports/{hostile['run']}/"]
    waiting += [
        f"/library/?q={SHORT}",
        f"{of}timeline/?q={SHORT}",
        f"/actions/?q={SHORT}&service={SHORT}",
        f"/settings/people/?q={SHORT}",
    ]
    seen, kinds, hostile_pages, wrong = set(), {}, 0, []
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        page.goto(path)
        found = page.evaluate(FOUND)
        hostile_pages += "<script>" in found["text"] or "onerror" in found["text"]
        if found["x"] is not None or found["wrong"] or heard:
            wrong.append((path, found["x"], found["wrong"][:5], heard[:3]))
            heard.clear()
        links = page.evaluate("() => [...document.querySelectorAll('a[href^=\"/\"]')].map((a) => a.getAttribute('href'))")
        for link in (one.partition("#")[0] for one in links):
            kind = _SAME.sub("/*/", link.partition("?")[0]) + "?".join(sorted(re.findall(r"[?&](\w+)=", link)))
            if not re.search("original=|/export|/api/", link) and kinds.setdefault(kind, 0) < 2:
                kinds[kind] += 1
                waiting.append(link)
    context.close()
    assert wrong == []
    assert len(seen) > 60, sorted(seen)
    assert hostile_pages > 25


def test_the_policy_has_nothing_to_complain_of(opened, hostile):
    page = opened(EMAIL)
    of, pm = f"/incidents/{hostile['incident']}/", f"/postmortems/{hostile['postmortem']}/"
    for path in ("/", of, f"{of}timeline/?event={hostile['event']}", pm, f"{pm}published/", f"{pm}objects/", "/actions/"):
        page.goto(path)
        assert page.evaluate("window.__x") is None


def test_nothing_runs_while_one_writes_and_cites(opened, hostile):
    page = opened(EMAIL, bypass_csp=True)
    page.goto(f"/postmortems/{hostile['postmortem']}/write/")
    page.locator("[data-write][data-together=open]").wait_for()
    text = page.locator(".cm-content").first
    text.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Somebody typed this. [^zzATTACK")
    page.locator(".offered").filter(has_text="zzATTACK").first.wait_for()
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")
    page.wait_for_timeout(1500)
    found = page.evaluate(FOUND)
    assert (found["x"], found["wrong"]) == (None, [])


@pytest.mark.parametrize("policy", ["with", "without"])
def test_an_exported_file_opened_from_the_disk_runs_nothing(browser, hostile, tmp_path, policy):
    answer = hostile["web"].client.get(f"/api/v1/postmortems/{hostile['postmortem']}.html")
    text = answer.text
    assert 'http-equiv="Content-Security-Policy"' in text
    if policy == "without":
        text = re.sub(r'<meta [^>]*http-equiv="Content-Security-Policy"[^>]*>', "", text)
    file = tmp_path / "postmortem.html"
    file.write_text(text, "utf-8")
    page = browser.new_page()
    heard = []
    page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: heard.append(message.text))
    page.on("request", lambda request: request.url.startswith(("file://", "data:")) or heard.append(request.url))
    page.goto(file.as_uri())
    found = page.evaluate(FOUND)
    page.close()
    assert (found["x"], found["wrong"], heard) == (None, [], [])
    assert "zzATTACK" in found["text"]


def test_exports_say_what_they_are_and_hold_no_formula(hostile):
    client = hostile["web"].client
    base = f"/api/v1/postmortems/{hostile['postmortem']}"
    kinds = {".md": "text/markdown", ".json": "application/json", ".html": "text/html"}
    for end, kind in kinds.items():
        answer = client.get(f"{base}{end}")
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "'unsafe" not in answer.headers["content-security-policy"]
    rows = list(csv.reader(io.StringIO(client.get("/settings/audit/export.csv").text, newline="")))
    assert len(rows) > 20
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))] == []
    assert any("zzATTACK" in cell for row in rows for cell in row)
    lines = client.get("/settings/audit/export.jsonl").text.splitlines()
    assert all(json.loads(line) for line in lines)


def test_originals_come_as_downloads_under_their_names(hostile):
    held = hostile["call"]("GET", f"incidents/{hostile['incident']}/evidence")["items"]
    assert len(held) > 5
    for each in held:
        path = f"/incidents/{hostile['incident']}/artefacts/{each['sha256'][7:]}/"
        answer = hostile["web"].client.get(path, params={"original": "1"})
        assert answer.status_code == 200, each
        name = answer.headers["content-disposition"]
        assert re.fullmatch(r"attachment; filename\*=UTF-8''[\w.%~-]+", name), name
        assert "%2F" not in name
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert "set-cookie" not in answer.headers or "x=1" not in answer.headers["set-cookie"]
        assert hostile["web"].client.get(f"{path}image/").status_code in {404, 422}


def test_a_pdf_leads_nowhere_that_runs(hostile):
    pytest.importorskip("weasyprint")
    answer = hostile["web"].client.get(f"/api/v1/postmortems/{hostile['postmortem']}.pdf", timeout=180)
    assert answer.status_code == 200
    whole = answer.content
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", answer.content, re.DOTALL):
        try:
            whole += zlib.decompress(stream)
        except zlib.error:
            continue
    assert b"/JavaScript" not in whole
    assert b"/Launch" not in whole
    addresses = re.findall(rb"/URI \((.*?)(?<!\\)\)", whole)
    assert [each for each in addresses if not each.startswith((b"https://", b"http://", b"mailto:", b"#"))] == []

"""Stand-in of the card provider: `python -m lab.provider PORT LIFETIME PACE_FILE`.

Gives out tokens that live LIFETIME seconds, and takes as many seconds for a
charge as PACE_FILE says (on average); with a token that is
too old it answers 401, as the real ones do.
"""

from __future__ import annotations

import json
import random
import sys
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Provider(ThreadingHTTPServer):
    """Tokens by the time at which they end, in epoch seconds."""

    daemon_threads = True
    lifetime = 300.0
    pace: Path
    tokens: dict[str, float]


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        """Answer /token and /charge?token=…"""
        url = urllib.parse.urlsplit(self.path)
        if url.path == "/token":
            token = f"tok_{random.getrandbits(64):016x}"
            self.server.tokens[token] = time.time() + self.server.lifetime
            self._send(200, {"token": token, "expires_in": self.server.lifetime})
            return
        token = dict(urllib.parse.parse_qsl(url.query)).get("token", "")
        if self.server.tokens.get(token, 0) < time.time():
            self._send(401, {"error": "token_expired"})
            return
        time.sleep(float(self.server.pace.read_text()) * random.uniform(0.7, 1.4))
        self._send(200, {"status": "captured"})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Silent."""

    def _send(self, status: int, body: dict[str, object]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def main() -> None:
    """Serve until ended."""
    provider = Provider(("127.0.0.1", int(sys.argv[1])), _Handler)
    provider.lifetime, provider.pace = float(sys.argv[2]), Path(sys.argv[3])
    provider.tokens = {}
    provider.serve_forever()


if __name__ == "__main__":
    main()

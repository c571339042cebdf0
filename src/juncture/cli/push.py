"""`juncture push`: a postmortem from a file to a server."""

from __future__ import annotations

import os
import re
import sys
from hashlib import sha256
from pathlib import Path

import click

from juncture.cli.postmortem_file import read_postmortem
from juncture.cli.remote import Answer, Remote
from juncture.document.record_file import write
from juncture.model.errors import BadEvidence

TOKEN = "JUNCTURE_TOKEN"  # noqa: S105 - the name of a variable
_ID = re.compile(r"[\w-]{1,32}", re.ASCII)


@click.command("push")
@click.argument("path", metavar="FILE")
@click.option("--server", required=True, metavar="URL", help="The server: https://postmortems.example.com.")
@click.option("--token-file", metavar="PATH", help=f"Read the token from this file. Default: from {TOKEN}.")
@click.option("--base", metavar="FILE", help="The file as you got it from the server: what others wrote since is not lost.")
@click.option("--replace", is_flag=True, help="Replace what is there, whatever it is.")
@click.option("--insecure", is_flag=True, help="Send the token also over http to another machine.")
def command(*, path: str, server: str, token_file: str | None, base: str | None, replace: bool, insecure: bool) -> int:
    """Send a postmortem (Markdown, or JSON of this program) to a server, and print the address of its page.

    A file whose front matter has no `id` becomes a new postmortem, and its incident is declared from the front matter. With
    an `id` it replaces that postmortem, if that is still what --base says. The token needs the scope write. Exit status 1
    where lines of the file stay text: a note names each.
    """
    remote = Remote(server, _token(token_file), insecure=insecure)
    text, public_id = _sent(path)
    answer = _replace(remote, path, text, public_id, base=base, replace=replace) if public_id else _create(remote, path, text)
    if answer is None:
        click.echo(f"{path} is what is there already.", err=True)
        click.echo(f"{remote.address}/postmortems/{public_id}/")
        return 0
    told = answer.told
    notes = [note for note in told.get("notes", ()) if "kept as text" in str(note.get("why"))]
    for note in notes:
        click.echo(f"{path}, {note['where']}: {note['why']}", err=True)
    if not public_id:
        click.echo(f"To push it again, write `id: {told.get('id')}` into its front matter.", err=True)
    click.echo(f"{remote.address}{told.get('url', '/')}")
    return 1 if notes else 0


def _token(token_file: str | None) -> str:
    if token_file is None:
        token = os.environ.get(TOKEN, "").strip()
        if not token:
            raise BadEvidence(TOKEN, "is not set", "Set it to what `juncture token` printed, or name a --token-file")
    else:
        try:
            token = Path(token_file).read_text("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadEvidence(token_file, f"cannot be read: {getattr(error, 'strerror', 0) or error}", "Check it") from None
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise BadEvidence(token_file or TOKEN, "holds no token", "Put the one line there that `juncture token` printed")
    return token


def _sent(path: str) -> tuple[bytes, str]:
    """Return the Markdown to send, and the id of the postmortem that it is (empty: a new one)."""
    data = _bytes_of(path)
    file = read_postmortem(path, data)
    public_id = file.record.metadata.get("id", "")
    if public_id and not _ID.fullmatch(public_id):
        raise BadEvidence(
            path, f"its front matter says id: {public_id[:40]!r}, which is none", "Take it from the address of its page"
        )
    return (data if file.text else write(file).encode("utf-8", "replace")), public_id


def _create(remote: Remote, path: str, text: bytes) -> Answer:
    return _taken(path, remote, remote.call("POST", "postmortems", text, again=False))


def _replace(remote: Remote, path: str, text: bytes, public_id: str, *, base: str | None, replace: bool) -> Answer | None:
    """Replace a postmortem; None where it says the same already. A second try after a lost answer finds that, too."""
    address = f"postmortems/{public_id}.md"
    if _taken(path, remote, remote.call("GET", address)).body == text:
        return None
    if base is None and not replace:
        hint = "Name the file that you began from with --base, or replace what is there with --replace"
        raise BadEvidence(path, f"{public_id} is another text on the server", hint)
    tag = "*" if base is None else f'"{sha256(_bytes_of(base)).hexdigest()}"'
    answer = remote.call("PUT", address, text, if_match=tag)
    if answer.status == 412:
        if remote.call("GET", address).body == text:
            return None
        hint = "Get it again, bring your changes into it, and push that"
        raise BadEvidence(path, f"{public_id} was changed on the server since --base", hint)
    return _taken(path, remote, answer)


def _taken(path: str, remote: Remote, answer: Answer) -> Answer:
    if 200 <= answer.status < 300:
        return answer
    hint = {
        401: "Make a token with `juncture token EMAIL --scope write`",
        403: "Make a token with `juncture token EMAIL --scope write`",
        404: "Check the id in its front matter, and that the address is a Juncture server's",
        405: "Check that the address is a Juncture server's, of this version",
    }.get(answer.status, "Nothing was changed there")
    if 300 <= answer.status < 400:
        raise BadEvidence(remote.address, "sends elsewhere", "Name the address that it sends to, if you trust it")
    raise BadEvidence(path, f"was refused by {remote.address}: {answer.why.rstrip('.')}", hint)


def _bytes_of(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise BadEvidence(path, f"cannot be read: {error.strerror or error}", "Check the name") from None

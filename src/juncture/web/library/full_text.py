"""The SQL of the full-text index, run by a migration: one index for events and one for all else, since events are many."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ENTRIES = "library_searchentry"
INDEXES = {"library_documents": "<> 'event'", "library_events": "= 'event'"}
"""Each index, and which kinds of entries it holds."""

_ACCENTED = "àáâãäåāăąçćčďđèéêëēėęěğìíîïīįłñńňòóôõöøōőŕřśšşťţùúûüūůűýÿžźż"
_PLAIN = "aaaaaaaaacccddeeeeeeeegiiiiiilnnnoooooooorrsssttuuuuuuuyyzzz"
_JOINING = "._/:@-"
"""What PostgreSQL would read as parts of hosts, paths and addresses, which then could only be found whole."""
_FROM, _TO = _ACCENTED + _ACCENTED.upper() + _JOINING, _PLAIN * 2 + " " * len(_JOINING)

_SQLITE = """
CREATE VIRTUAL TABLE {index} USING fts5(
    title, body, content='{entries}', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2', prefix='3 4'
);
CREATE TRIGGER {index}_insert AFTER INSERT ON {entries} WHEN new.kind {which} BEGIN
    INSERT INTO {index}(rowid, title, body) VALUES (new.id, new.title, new.body);
END;
CREATE TRIGGER {index}_delete AFTER DELETE ON {entries} WHEN old.kind {which} BEGIN
    INSERT INTO {index}({index}, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
END;
CREATE TRIGGER {index}_update AFTER UPDATE OF title, body ON {entries} WHEN new.kind {which} BEGIN
    INSERT INTO {index}({index}, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
    INSERT INTO {index}(rowid, title, body) VALUES (new.id, new.title, new.body);
END
"""
_POSTGRESQL = f"""
ALTER TABLE {ENTRIES} ADD COLUMN document tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('english', translate(lower(title), '{_FROM}', '{_TO}')), 'A') ||
    setweight(to_tsvector('english', translate(lower(body), '{_FROM}', '{_TO}')), 'D')
) STORED
"""


def even(text: str) -> str:
    """Return a text in small letters without accents, letter for letter: places in it are places in the text."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(letter if len(letter.lower()) != 1 else letter.lower() for letter in text)
    return small.translate(_EVEN)


_EVEN = str.maketrans(_ACCENTED, _PLAIN)


def make_index(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the indexes of this database."""
    del apps
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRESQL)
        for index, which in INDEXES.items():
            schema_editor.execute(f"CREATE INDEX {index} ON {ENTRIES} USING gin (document) WHERE kind {which}")
        return
    for index, which in INDEXES.items():
        for statement in _statements(_SQLITE.format(index=index, entries=ENTRIES, which=which)):
            schema_editor.execute(statement)


def drop_index(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take them away."""
    del apps
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {ENTRIES} DROP COLUMN document")
        return
    for index in INDEXES:
        for trigger in ("insert", "delete", "update"):
            schema_editor.execute(f"DROP TRIGGER {index}_{trigger}")
        schema_editor.execute(f"DROP TABLE {index}")


def _statements(script: str) -> list[str]:
    """Return the statements of a script: a trigger ends with END."""
    found, held = [], ""
    for line in script.strip().splitlines():
        held += line + "\n"
        if line in {");", "END;", "END"}:
            found.append(held.strip().rstrip(";") + (";" if line.startswith("END") else ""))
            held = ""
    return found

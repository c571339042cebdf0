"""What happens to documents on their way: cut, joined, re-encoded, edited by hand, written by a broken program.

Every mutation takes the bytes, a seeded random source and another document, and gives bytes.
"""

import re

SIZE_LIMIT = 4 * 1024 * 1024
NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
DATE = re.compile(rb"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
JSON_VALUE = re.compile(rb'(?<=:)\s*(?:"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null|\[\]|\{\})')
NUMBERS = (
    b"0", b"-1", b"1e400", b"-1e-400", b"NaN", b"Infinity", b"9" * 400, b"18446744073709551616", b"-9223372036854775809",
    b"0.1e1", b"253402300800", b"-62135596801", b"99999999999999", b"1" * 17, b"4" * 19,
)  # fmt: skip
DATES = (
    b"0001-01-01T00:00:00Z", b"9999-12-31T23:59:59.999999Z", b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-12:00",
    b"2026-02-30T10:00:00Z", b"2026-05-19T24:61:61Z", b"0000-00-00T00:00:00Z", b"2026-05-19T10:00:00+99:99", b"1900-02-29",
    b"12026-05-19T10:00:00Z", b"2026-05-19", b"", b"yesterday", b"2026-10-25T02:30:00", b"2026-03-29 02:30:00",
)  # fmt: skip
JUNK = (
    b"\x00", b"\x00\x00\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\\ud800", b"\\u0000", b'"', b"'", b"\\",
    b"{", b"}", b"[", b"]", b",", b";", b"\t", b"\n", b"\r", b"\r\n", b"\x0b", b"\x1b[31m", b"\x85", "\u2028".encode(), "\u202e".encode(),
    b"<", b"&", b"#", b"---", b"```", b":", b"|", b"@", b"=", b"%s", b"$(", b"\x7f", b"\xf0\x9f\x92\xa9", "e\u0301".encode(),
)  # fmt: skip
VALUES = (
    b"null",
    b"[]",
    b"{}",
    b'""',
    b"true",
    b"-0",
    b'"\\ud83d"',
    b"[[[[]]]]",
    b'{"":{"":1}}',
    b'"0001-01-01T00:00:00Z"',
    b"1e999",
    b'"' + b"x" * 70_000 + b'"',
)


def cut(data, rng, other):
    return data[: rng.randrange(len(data) + 1)]


def begin_late(data, rng, other):
    return data[rng.randrange(len(data) + 1) :]


def drop(data, rng, other):
    start, end = span(data, rng)
    return data[:start] + data[end:]


def double(data, rng, other):
    start, end = span(data, rng)
    return data[:end] + data[start:end] * rng.choice((1, 2, 30)) + data[end:]


def flip(data, rng, other):
    changed = bytearray(data)
    for _ in range(rng.choice((1, 3, 20))):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def junk(data, rng, other):
    for _ in range(rng.choice((1, 2, 8))):
        place = rng.randrange(len(data) + 1)
        data = data[:place] + rng.choice(JUNK) + data[place:]
    return data


def splice(data, rng, other):
    start, end = span(other, rng)
    place = rng.randrange(len(data) + 1)
    return data[:place] + other[start:end] + data[place:]


def append(data, rng, other):
    return data + rng.choice((b"", b"\n")) + other


def numbers(data, rng, other):
    return some(NUMBER, data, rng, NUMBERS)


def dates(data, rng, other):
    return some(DATE, data, rng, DATES)


def values(data, rng, other):
    return some(JSON_VALUE, data, rng, VALUES)


def lines_shuffled(data, rng, other):
    lines = data.splitlines(keepends=True)
    rng.shuffle(lines)
    return b"".join(lines)


def lines_doubled(data, rng, other):
    return b"".join(line * rng.choice((1, 1, 1, 2, 40)) for line in data.splitlines(keepends=True))


def line_ends(data, rng, other):
    return (
        re.sub(rb"\r?\n", lambda _: rng.choice((b"\r\n", b"\r", b"\n\n", b"\n\r", b"")), data)
        if rng.random() < 0.5
        else data.replace(b"\n", b"\r\n")
    )


def encoding(data, rng, other):
    text = data.decode("utf-8", "replace")
    return text.encode(
        rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252", "utf-32", "shift_jis", "utf-7")), "replace"
    )


def odd_tail(data, rng, other):
    return data + rng.choice(
        (b"\x00" * 5000, b"{" * 9, b"[" * 100_000, b'{"a":' * 50_000, b'"', b"\\", b"\xff" * 9, b" " * 100_000)
    )


def odd_head(data, rng, other):
    return (
        rng.choice(
            (
                b"\xef\xbb\xbf",
                b"\x00",
                b"\n\n\n",
                b"#!/bin/sh\n",
                b")]}',\n",
                b"<html>\n",
                b"sep=;\n",
                b"\xff\xfe",
                b"[" * 3000,
                b"\x1f\x8b",
            )
        )
        + data
    )


def long_line(data, rng, other):
    place = rng.randrange(len(data) + 1)
    return (
        data[:place]
        + rng.choice((b"x", b"9", b'"', b"a ", b",", b"\\", b" 2026-05-19T10:00:00Z", b"([")) * rng.choice((1_000, 100_000))
        + data[place:]
    )


def one_line(data, rng, other):
    return data.replace(b"\n", b" ")


def span(data, rng):
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + rng.choice((1, 10, 100, 1000)))


def some(pattern, data, rng, replacements):
    share = rng.choice((0.02, 0.2, 1.0))
    return pattern.sub(lambda match: rng.choice(replacements) if rng.random() < share else match[0], data)


MUTATIONS = (
    cut, begin_late, drop, double, flip, junk, splice, append, numbers, dates, values, lines_shuffled, lines_doubled, line_ends,
    encoding, odd_tail, odd_head, long_line, one_line,
)  # fmt: skip


def mutated(data, other, rng):
    """Return the document after one to three mutations, and their names."""
    names = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        mutation = rng.choice(MUTATIONS)
        names.append(mutation.__name__)
        data = mutation(data, rng, other)[:SIZE_LIMIT]
    return data, names

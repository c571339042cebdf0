"""How many messages of a pasted conversation come out with the right name, instant and order.

Writes conversations of known messages in the shapes in which tools put them on the clipboard (seen in bug reports and in the
scripts that people wrote to clean such copies), reads them back, and prints the share that is right, a tool at a time.

    python bench/pasted_chat.py [--conversations 200] [--seed 1] [--held-out] [--tool slack] [--show 3]

`--held-out` draws from shapes that were written down before the parser and never looked at while it was made better.
A message is right if its name and its minute (second, where the shape has them) are right and it stands in the right order; a
message that was never written counts against the share. `text` is the share of those whose whole text is right too.
"""

from __future__ import annotations

import argparse
import io
import random
import re
from collections import defaultdict
from zoneinfo import ZoneInfo

from pasted_shapes import HELD_OUT, TOOLS
from pasted_talk import conversation

from juncture.evidence.artefact import Artefact
from juncture.evidence.reader import Settings
from juncture.evidence.readers.pasted import READER
from juncture.evidence.registry import installed_readers, reader_for
from juncture.model.evidence import Kind, Sighting

STATUS = re.compile(r" (?::palm_tree:|🌴)$")
"""A status that hangs on a name and is no part of it."""
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo")


def artefact_of(text):
    data = text.encode("utf-8")
    return Artefact("sha256:" + "0" * 64, "paste.txt", len(data), lambda: io.BytesIO(data), "paste.txt")


def read(text, settings):
    artefact = artefact_of(text)
    if reader_for(artefact.head(), installed_readers()) is not READER:
        return []
    return [item for item in READER.session(settings).read(artefact) if isinstance(item, Sighting)]


def folded(text):
    return re.sub(r"\s+", " ", text).strip()


def common(truth, found):
    """Return which of `truth` stand in `found` in the same order (longest common subsequence), as pairs of positions."""
    rows = [[0] * (len(found) + 1) for _ in range(len(truth) + 1)]
    for i in range(len(truth) - 1, -1, -1):
        for j in range(len(found) - 1, -1, -1):
            rows[i][j] = rows[i + 1][j + 1] + 1 if truth[i] == found[j] else max(rows[i + 1][j], rows[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(truth) and j < len(found):
        if truth[i] == found[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif rows[i + 1][j] >= rows[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def judge(messages, sightings, zone, *, seconds):
    def stamp(instant):
        local = instant.astimezone(zone)
        return local.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")

    sightings = sorted(sightings, key=lambda sighting: sighting.occurred_at)
    truth = [(STATUS.sub("", m.name), stamp(m.at.replace(tzinfo=zone))) for m in messages]
    found = [(s.actor, stamp(s.occurred_at)) for s in sightings]
    pairs = common(truth, found)
    whole = sum(folded(messages[i].text) == folded(sightings[j].summary) for i, j in pairs)
    return len(pairs), max(len(truth), len(found)), whole, truth, found


class Count:
    """Right messages, those with their whole text right too, and all."""

    def __init__(self):
        self.right = self.whole = self.of = 0

    def add(self, right, of, whole):
        """Add one conversation."""
        self.right, self.of, self.whole = self.right + right, self.of + of, self.whole + whole

    def __str__(self):
        share, texts = 100 * self.right / max(1, self.of), 100 * self.whole / max(1, self.right)
        return f"{share:6.2f} %  text {texts:6.2f} %  of {self.of} messages"


def conversations(options):
    """Yield each conversation of the chosen tools and shapes: tool, shape, number, text, what it is made of, and the settings."""
    for tool, all_variants in (HELD_OUT if options.held_out else TOOLS).items():
        variants = [variant for variant in all_variants if not options.shape or options.shape in variant.name]
        if not variants or (options.tool and tool != options.tool):
            continue
        for number in range(options.conversations):
            draw = random.Random(f"{options.seed}/{tool}/{number}")
            variant = draw.choice(variants)
            zone = ZoneInfo(draw.choice(ZONES))
            messages = conversation(draw, variant)
            settings = Settings(today=variant.today(messages), date=variant.date(messages), zone=zone)
            yield tool, variant, number, variant.render(draw, messages), messages, settings


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", type=int, default=100, help="a tool")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--tool", help="only this one")
    parser.add_argument("--shape", help="only shapes whose name has this")
    parser.add_argument("--show", type=int, default=0, help="print so many of the worst conversations")
    options = parser.parse_args()
    total, by_tool, by_shape, worst = Count(), defaultdict(Count), defaultdict(Count), []
    for tool, variant, number, text, messages, settings in conversations(options):
        sightings = [sighting for sighting in read(text, settings) if sighting.kind is Kind.MESSAGE]
        right, of, whole, truth, found = judge(messages, sightings, settings.zone, seconds=variant.seconds)
        for count in (total, by_tool[tool], by_shape[tool, variant.name]):
            count.add(right, of, whole)
        if right < of:
            worst.append((right / of, tool, variant.name, number, text, truth, found))
    for (tool, name), count in sorted(by_shape.items()):
        print(f"  {tool:12} {name:28} {count}")
    for tool, count in by_tool.items():
        print(f"{tool:14} {count}")
    print(f"{'all':14} {total}")
    for share, tool, name, number, text, truth, found in sorted(worst, key=lambda item: item[0])[: options.show]:
        print(f"\n=== {tool} {name} #{number}: {100 * share:.0f} %\n{text}\n--- missing {[t for t in truth if t not in found]}")
        print(f"--- false {[f for f in found if f not in truth]}")


if __name__ == "__main__":
    main()

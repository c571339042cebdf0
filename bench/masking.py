"""How many planted secrets are masked, and how often clean text is: `python bench/masking.py [--seed N] [--corpus FILE...]`.

Targets: 98 % of the secrets, at most one false alarm in 5,000 lines, and what a clean message costs. Prints what was missed.
"""

import argparse
import time
from collections import Counter
from pathlib import Path

from masking_clean import clean
from masking_secrets import planted

from juncture.evidence.mask import Mask

SECRETS, LINES = 6_000, 50_000


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--show", type=int, default=15, help="misses and false alarms to print")
    options.add_argument("--corpus", nargs="*", type=Path, default=[], help="files of clean text, line by line")
    asked = options.parse_args()
    mask = Mask(b"bench")
    masked, missed = Counter(), {}
    kinds = Counter()
    for kind, text, secret in planted(asked.seed, SECRETS):
        kinds[kind] += 1
        seen = mask.text(text)
        if secret in seen:
            missed.setdefault(kind, []).append((text, seen))
        else:
            masked[kind] += 1
    share = sum(masked.values()) / sum(kinds.values())
    worst = sorted(kinds, key=lambda kind: masked[kind] / kinds[kind])[:6]
    print(f"masked {share:.2%} of {SECRETS:,} secrets of {len(kinds)} kinds (target 98 %)")
    print("least: " + ", ".join(f"{kind} {masked[kind]}/{kinds[kind]}" for kind in worst))
    for kind, examples in list(missed.items()):
        for _, seen in examples[: asked.show // 4]:
            print(f"  {kind} ({len(examples)}): {seen[:170]!r}")
    alarms = Counter()
    lines = list(clean(asked.seed, LINES))
    for path in asked.corpus:
        lines += path.read_text("utf-8", "replace").splitlines()
    for line in lines:
        if (seen := mask.text(line)) != line:
            alarms[seen] += 1
    print(
        f"{sum(alarms.values())} false alarms in {len(lines):,} lines: {sum(alarms.values()) * 5000 / len(lines):.2f} in 5,000 (limit 1)"
    )
    for seen, count in alarms.most_common(asked.show):
        print(f"  {count}: {seen[:170]!r}")
    chat = [
        f"{line[:100]}"
        for line in (
            "looks like the pool is exhausted on db-2, can somebody check the pooler dashboards please",
            "rolling back now",
            "p99 is at 1200 ms and climbing, paging the database people",
            "customers see 500s at checkout since 14:02",
        )
    ] * 5000
    for name, texts in (("clean chat", chat), ("logs and chat that look suspicious", lines[:20_000])):
        started = time.process_time()
        for text in texts:
            mask.text(text)
        print(f"{name}: {(time.process_time() - started) / len(texts) * 1e6:.2f} us a message")


if __name__ == "__main__":
    main()

"""How soon the command line starts and drafts: whole processes, against `python -c pass` in the same run.

Limits: `--version` and `sources` 16 times `python -c pass`; drafting the recorded incident 2 s.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
JUNCTURE = [str(Path(sys.executable).with_name("juncture"))]
RUNS = 9


def seconds(command):
    """Return the wall seconds of one run of a command that must succeed."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main():
    failed = False
    for name in ("--version", "sources"):
        pairs = [(seconds([*JUNCTURE, name]), seconds([sys.executable, "-c", "pass"])) for _ in range(RUNS)]
        ratio = statistics.median(own / bare for own, bare in pairs)
        own, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
        failed |= ratio > 16
        print(f"juncture {name}: {own:.3f} s, {ratio:.1f} times `python -c pass` ({bare:.3f} s); limit 16")
    with tempfile.TemporaryDirectory() as folder:
        evidence = str(ROOT / "examples" / "checkout-lock" / "evidence")
        for suffix in ("md", "html"):
            times = [seconds([*JUNCTURE, "draft", evidence, "-o", f"{folder}/draft.{suffix}"]) for _ in range(5)]
            median = statistics.median(times)
            failed |= median > 2
            print(
                f"juncture draft, recorded incident, {suffix}: median {median:.2f} s ({min(times):.2f} to {max(times):.2f}); limit 2 s"
            )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

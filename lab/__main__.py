"""`python -m lab`: record a real incident, or list what can be recorded."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from pathlib import Path

import psycopg

from lab.faults import FAULTS
from lab.processes import StackFailed
from lab.programs import MissingPrograms, find_programs
from lab.record import TooLong, record


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 fine, 1 the recording failed, 2 wrong usage or programs missing."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command == "faults":
        for fault in FAULTS.values():
            print(f"{fault.name:<16} about {fault.minutes} min   {fault.summary}")
        return 0
    if options.fault not in FAULTS:
        print(f"lab: no fault {options.fault!r}; there are {', '.join(FAULTS)}", file=sys.stderr)
        return 2
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        truth = record(find_programs(), FAULTS[options.fault], options.seed, options.out)
    except MissingPrograms as error:
        print(f"lab: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("lab: interrupted; everything that was started has ended", file=sys.stderr)
        return 1
    except (StackFailed, TooLong, ValueError, OSError, subprocess.SubprocessError, psycopg.Error) as error:
        print(f"lab: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(f"{options.out / 'evidence'} and {options.out / 'truth.json'} written: {truth['milestones']}", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lab",
        description="Records a real incident: a small shop on real PostgreSQL, Prometheus and Alertmanager, broken on purpose.",
        epilog="A recording takes 8 to 15 minutes, listens on 127.0.0.1 only, and ends every process that it started.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    recorder = commands.add_parser(
        "record",
        help="record one incident",
        description="Plays a fault; writes DIR/evidence/ (what the tools emitted) and DIR/truth.json (what really happened).",
    )
    recorder.add_argument("--fault", required=True, metavar="NAME", help="one of `python -m lab faults`")
    recorder.add_argument("--seed", type=int, default=1, metavar="N", help="names, words, timings and detours (default 1)")
    recorder.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="made where absent; evidence/ in it is replaced"
    )
    commands.add_parser("faults", help="list the faults")
    return parser


if __name__ == "__main__":
    sys.exit(main())

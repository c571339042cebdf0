"""The faults, one file each: what is broken, on purpose, and how its responders go about it."""

from __future__ import annotations

from lab.faults import checkout_lock, late_setting
from lab.faults.play import Fault

FAULTS: dict[str, Fault] = {fault.name: fault for fault in (checkout_lock.FAULT, late_setting.FAULT)}

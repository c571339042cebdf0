"""What a fault is, and what its seed has chosen."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from lab.director import Director
from lab.scene import Scene
from lab.stack import StackPlan


@dataclass(frozen=True)
class Play:
    """One fault with all choices of its seed made: the scene, the roles, the system's settings, and what happens."""

    scene: Scene
    roles: dict[str, str]
    plan: StackPlan
    phrases: tuple[str, ...]
    run: Callable[[Director], None]


@dataclass(frozen=True)
class Fault:
    """A fault that can be recorded; `minutes` is about how long that takes."""

    name: str
    summary: str
    minutes: int
    build: Callable[[random.Random], Play]

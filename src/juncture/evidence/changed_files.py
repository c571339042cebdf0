"""Which service a change is about, by the names of the files that it touches."""

from __future__ import annotations

from collections.abc import Iterable

HOLDERS = frozenset(
    {
        "services", "service", "apps", "app-services", "microservices", "packages", "projects", "modules",
        "components", "cmd", "charts", "workloads", "systems", "domains",
    }
)  # fmt: skip
"""Folders whose folders are the services of a repository that holds several."""
GENERAL = frozenset(
    {
        "src", "lib", "libs", "app", "docs", "doc", "test", "tests", "spec", "specs", "config", "configs",
        "conf", "configuration", "deploy", "deployment", "deployments", "deploys", "migrations", "migration",
        "db", "database", "sql", "schema", "scripts", "script", "bin", "tools", "tool", "infra",
        "infrastructure", "terraform", "ansible", "k8s", "kubernetes", "helm", "manifests", "overlays",
        "base", "ci", "build", "dist", "static", "assets", "public", "templates", "views", "vendor",
        "third_party", "node_modules", "pkg", "internal", "api", "proto", "examples", "example", "common",
        "shared", "core", "util", "utils", "resources", "main", "java", "python", "go", "images",
        "monitoring", "alerts", "dashboards", "hack", "changelog", "releases",
    }
)  # fmt: skip
"""Folders that say what kind of file they hold, and not for whom."""


def service_of_files(files: Iterable[str]) -> str | None:
    """Return the folder that all files of a change share and that is named for a service; None if they share none.

    Files at the top of the repository (a changelog, a lock file) are about nothing in particular.
    """
    folders = [path.split("/")[:-1] for path in files if "/" in path]
    named = {_named(parts) for parts in folders}
    return named.pop() if len(named) == 1 else None


def _named(parts: list[str]) -> str | None:
    for number, part in enumerate(parts):
        if part in HOLDERS:
            return parts[number + 1] if number + 1 < len(parts) else None
        if part.startswith(".") or part.lower() in GENERAL:
            return None
        return part
    return None

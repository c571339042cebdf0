import re
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "src/juncture/web/pages/static/live"
NAMES = sorted(path.stem for path in (FRONTEND / "src").glob("*.ts"))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_served_was_made_from_the_sources(name):
    head = (BUILT / f"{name}.js").read_text(encoding="utf-8").partition("*/")[0]
    made_from = dict(re.findall(r"^(src/\S+) ([0-9a-f]{16})$", head, re.MULTILINE))
    assert f"src/{name}.ts" in made_from
    now = {path: sha256((FRONTEND / path).read_bytes()).hexdigest()[:16] for path in made_from}
    assert now == made_from, "run `make frontend`"


def test_nothing_is_served_that_has_no_source():
    assert sorted(path.stem for path in BUILT.glob("*.js")) == NAMES

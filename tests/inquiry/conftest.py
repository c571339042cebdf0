import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def story():
    """The module that writes small incidents."""
    spec = importlib.util.spec_from_file_location("inquiry_story", Path(__file__).parent / "story.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

"""`python -m juncture`, the same as `juncture`."""

from juncture.cli import main

main()

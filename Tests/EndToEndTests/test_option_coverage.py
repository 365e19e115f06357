"""Every option of `pub`, `sub` and `rr` is used by a test of what it does, not only of wrong uses."""

import re
from pathlib import Path

import pytest

# Tests of command lines that are refused show nothing of an effect.
OTHERS = {"test_usage_errors.py", "test_option_coverage.py"}
# What is refused has no effect; small packets always go at once; the last tell of the program.
WITHOUT_EFFECT = {"-S", "--tls-engine", "--tls-engine-kpass-sha1", "--nodelay", "--help", "--version"}


def options(usage):
    """The names of each option in a usage."""
    return [re.findall(r"--?[\w-]+", row) for row in re.findall(
        r"^  (--?[\w-]+(?:, --?[\w-]+)*)", usage, re.MULTILINE)]


@pytest.fixture(scope="module")
def words():
    """All words in quotes in the tests."""
    files = [path for path in Path(__file__).parent.glob("*.py") if path.name not in OTHERS]
    return {word for path in files
            for word in re.findall(r'"(-[^"\s]+)"', path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("verb", ["pub", "sub", "rr"])
def test_every_option_has_a_test(runner, words, verb):
    usage = runner.run("martlet", verb, "--help").stdout.decode()
    rows = options(usage)
    assert len(rows) > 40
    untested = [names for names in rows
                if not set(names) & words and not set(names) & WITHOUT_EFFECT]
    assert not untested

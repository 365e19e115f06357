"""A report of checks: a line for each on standard output, and a count at the end."""

import contextlib
import time

from machine import GuestError


class Report:
    """Collects the checks. `lines` holds them as printed."""

    def __init__(self):
        self.lines = []
        self.passed = self.failed = 0

    @contextlib.contextmanager
    def check(self, what):
        """A check is passed unless its block raises. What the block appends to the list that it
        gets is printed as facts."""
        facts = []
        began = time.monotonic()
        try:
            yield facts
        except Exception as error:
            self.failed += 1
            reason = str(error) if isinstance(error, GuestError) else repr(error)
            self._say("FAIL", what, [f"after {time.monotonic() - began:.1f} s", reason])
        else:
            self.passed += 1
            self._say("ok", what, facts)

    def _say(self, result, what, facts):
        self.lines.append(f"{result:4}  {what}" + (f": {', '.join(facts)}" if facts else ""))
        print(self.lines[-1], flush=True)

    def end(self):
        """Prints the count. Returns whether all is well."""
        self.lines.append(f"{self.passed} passed, {self.failed} failed")
        print(self.lines[-1], flush=True)
        return self.failed == 0 and self.passed > 0

"""Brokers of version 5.0, one behind the other's form: Mosquitto's, and ours once it speaks it."""

import os
import random
import shutil
import socket

from daemon import Daemon

# Which brokers the tests of version 5.0 run against.
BROKERS_OF_VERSION_5 = ["martlet", "mosquitto"]


def free_port():
    """A port below those that the kernel gives away by itself: it stays free."""
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("", port))
            except OSError:
                continue
            return port


def configuration(port, options):
    """The text of a configuration, the same for both."""
    rows = [f"listener {port} 127.0.0.1"]
    if not any(row.startswith("allow_anonymous") for row in options):
        rows.append("allow_anonymous true")
    return "\n".join([*rows, *options, ""])


class MosquittoBroker(Daemon):
    """A running broker of Mosquitto's."""

    def __init__(self, path, *options):
        # Another process may have taken the port in the meantime.
        for _ in range(5):
            self.port = free_port()
            path.write_text(configuration(self.port, options), encoding="utf-8")
            program = shutil.which("mosquitto", path=f"{os.environ['PATH']}:/usr/sbin")
            super().__init__([program, "-c", str(path)], path.with_suffix(".log"))
            if self._is_running():
                return
        raise AssertionError(self.log)

    def _is_running(self):
        try:
            self.wait_for_log(r"mosquitto version \S+ running")
            return True
        except AssertionError:
            if "Address already in use" not in self.log:
                raise
            return False

"""Debian's Mosquitto in the place of the daemon, to try out what a test asks for."""

import os

from brokers import free_port

OWN_OPTIONS = ("protocol mqttsn", "serial", "gateway_id", "advertise_interval")


def reference_broker():
    """The program that is to be tested instead of Martlet, or None."""
    return os.environ.get("REFERENCE_BROKER")


def reference_configuration(text):
    """Ours without what is only ours; Mosquitto does not let the kernel choose a port."""
    rows = []
    for row in text.splitlines():
        if row.startswith("protocol mqttsn"):
            rows.pop()
        elif not row.startswith(OWN_OPTIONS):
            rows.append(row.replace("listener 0 ", f"listener {free_port()} "))
    return "\n".join(["user root", *rows, ""])

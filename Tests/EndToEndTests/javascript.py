"""mqtt.js from Debian's node-mqtt, driven line by line."""

import itertools
import json
import os
import subprocess
from pathlib import Path

from programs import LineProcess

SCRIPT = Path(__file__).with_name("mqttjs.cjs")
# Where Debian installs modules; a node that does not come from Debian does not look there.
DEBIAN_MODULES = "/usr/share/nodejs"


class JavaScript(LineProcess):
    """A running mqttjs.cjs; it lasts for all tests, for it starts slowly."""

    def __init__(self):
        super().__init__(
            ["node", "--no-deprecation", str(SCRIPT)], stdin=subprocess.PIPE,
            env=os.environ | {"NODE_PATH": DEBIAN_MODULES})
        self._waiting = []
        self.expect("ready")

    def command(self, verb, client, values):
        line = json.dumps({"do": verb, "id": client, **values})
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def expect(self, event, client=None):
        """The first event of that kind that has not been asked for, of that client."""
        for index, seen in enumerate(self._waiting):
            if (seen["event"], seen.get("id")) == (event, client):
                return self._waiting.pop(index)
        while True:
            line = self.next_line()
            if not line.startswith("{"):
                raise AssertionError("\n".join([line, *self.rest()]))
            seen = json.loads(line)
            if (seen["event"], seen.get("id")) == (event, client):
                return seen
            self._waiting.append(seen)


class Page:
    """Clients of mqtt.js that go to one broker."""

    numbers = itertools.count()

    def __init__(self, process, port):
        self._process, self._port = process, port
        self._number = next(self.numbers)
        self._clients = set()

    def _name(self, client):
        self._clients.add(client)
        return f"{self._number}:{client}"

    def _command(self, verb, client, **values):
        self._process.command(verb, self._name(client), values)

    def expect(self, event, client):
        """The first event of that kind that has not been asked for, of that client."""
        return self._process.expect(event, self._name(client))

    def close(self):
        """Closes all that is open."""
        for client in self._clients:
            self._command("break", client)

    def start(self, client, version, **options):
        """Begins to connect a client of a version: 3, 4 or 5."""
        names = {"protocolVersion": version, "protocolId": "MQIsdp" if version == 3 else "MQTT"}
        self._command("connect", client, options={
            "port": self._port, "clientId": client, **names, **options})

    def connect(self, client, version, **options):
        """Connects a client; what its CONNACK said."""
        self.start(client, version, **options)
        return self.expect("connect", client)

    def _ask(self, verb, client, **values):
        self._command(verb, client, **values)
        told = self.expect("done", client)
        assert told["error"] is None, told
        return told["granted"]

    def subscribe(self, client, topic, **options):
        return self._ask("subscribe", client, topic=topic, options=options)

    def unsubscribe(self, client, topic):
        return self._ask("unsubscribe", client, topic=topic)

    def publish(self, client, topic, payload, **options):
        return self._ask("publish", client, topic=topic, payload=payload, options=options)

    def next_message(self, client):
        return self.expect("message", client)

    def end(self, client):
        """Says goodbye and waits until the connection is closed."""
        self._command("end", client)
        self.expect("close", client)

    def break_off(self, client):
        self._command("break", client)
        self.expect("close", client)

"""Listeners of every kind, and clients that come through them."""

from dataclasses import dataclass

from pythonclients import PythonClient, paho

# How each kind is opened; the options of the listener follow.
KINDS = {
    "default": "port 0\nbind_address 127.0.0.1\n",
    "port": "listener 0 127.0.0.1\n",
    "websockets": "listener 0 127.0.0.1\nprotocol websockets\n",
    "unix": "listener 0 {path}\n",
}


@dataclass
class Door:
    """Where clients come in."""

    transport: str
    host: str
    port: int

    def enter(self, client_id="c", version=paho.MQTTv5, **options):
        """A client that has come in."""
        return PythonClient(client_id, self.port, version=version, transport=self.transport,
                            host=self.host, **options)

    def refusal(self, client_id="c", **options):
        """What a client is told: "Success", or why it does not get in."""
        try:
            self.enter(client_id, **options).close()
            return "Success"
        except AssertionError as error:
            return str(error).split("\n", maxsplit=1)[0]


def open_doors(start_daemon, tmp_path, kind, options, other_options="", before=""):
    """Starts a daemon with a listener of that kind and one at a port; the daemon and both doors."""
    path = tmp_path / "door"
    daemon = start_daemon(
        before + KINDS[kind].format(path=path) + options
        + "\nlistener 0 127.0.0.1\n" + other_options + "\n")
    other = Door("tcp", "127.0.0.1", daemon.mqtt_ports[-1])
    if kind == "unix":
        return daemon, Door("unix", str(path), 1), other
    transport = "websockets" if kind == "websockets" else "tcp"
    return daemon, Door(transport, "127.0.0.1", daemon.mqtt_ports[0]), other

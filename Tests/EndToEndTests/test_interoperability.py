"""Who speaks with whom: every client over every transport that it knows, in both versions and at
every quality of service. Each publishes a retained message and gets it back."""

import getpass
import itertools
import ssl

import paho.mqtt.client as paho
import pytest

from brokers import MosquittoBroker, free_port
from certificates import Authority
from daemon import Daemon
from javascript import JavaScript, Page
from pythonclients import PythonClient

TRANSPORTS = ["tcp", "tls", "ws", "wss"]
VERSIONS = ["3.1.1", "5.0"]
NUMBERS = itertools.count()
every_version = pytest.mark.parametrize("version", VERSIONS)
every_qos = pytest.mark.parametrize("qos", [0, 1, 2])


def is_secure(transport):
    return transport in ("tls", "wss")


def is_web(transport):
    return transport in ("ws", "wss")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("interoperability"))


def listeners(authority, ports):
    """Four listeners, one for each transport, as a configuration says them."""
    certificate, key = authority.sign("server", "/CN=localhost")
    rows = []
    for transport, port in zip(TRANSPORTS, ports, strict=True):
        rows.append(f"listener {port} 127.0.0.1")
        rows += ["protocol websockets"] if is_web(transport) else []
        rows += [f"certfile {certificate}", f"keyfile {key}"] if is_secure(transport) else []
    return rows


@pytest.fixture(scope="module")
def own_ports(martlet, authority, tmp_path_factory):
    """The ports of our daemon, by transport."""
    folder = tmp_path_factory.mktemp("own")
    path = folder / "martlet.conf"
    path.write_text(
        "\n".join([*listeners(authority, [0] * 4), "allow_anonymous true", ""]), encoding="utf-8")
    daemon = Daemon([martlet, "run", "-c", str(path)], folder / "log")
    daemon.wait_until_running()
    yield dict(zip(TRANSPORTS, daemon.mqtt_ports, strict=True))
    daemon.finish()


@pytest.fixture(scope="module")
def mosquitto_ports(authority, tmp_path_factory):
    """The ports of Debian's mosquitto, by transport."""
    folder = tmp_path_factory.mktemp("theirs")
    ports = [free_port() for _ in TRANSPORTS[1:]]
    rows = listeners(authority, [0, *ports])[1:]
    broker = MosquittoBroker(folder / "mosquitto.conf", *rows, f"user {getpass.getuser()}")
    yield dict(zip(TRANSPORTS, [broker.port, *ports], strict=True))
    broker.finish()


@pytest.fixture(scope="module")
def javascript():
    """Mqtt.js in a process of its own."""
    process = JavaScript()
    yield process
    process.stop()


def topic():
    return f"messages/{next(NUMBERS)}"


def through_paho(port, transport, version, qos, authority):
    context = ssl.create_default_context(cafile=str(authority.path)) if is_secure(transport) else None
    client = PythonClient(
        f"paho-{next(NUMBERS)}", port, context=context,
        version=paho.MQTTv5 if version == "5.0" else paho.MQTTv311,
        transport="websockets" if is_web(transport) else "tcp")
    name = topic()
    client.publish(name, b"hello", qos, retain=True)
    client.subscribe(name, qos)
    message = client.next_message()
    client.close()
    return message.payload.decode(), message.qos, message.retain


def through_javascript(process, port, transport, version, qos, authority):
    page = Page(process, port)
    secure = {"ca": authority.path.read_text(encoding="utf-8")} if is_secure(transport) else {}
    protocol = {"tcp": "mqtt", "tls": "mqtts", "ws": "ws", "wss": "wss"}[transport]
    web = {"path": "/mqtt", "wsOptions": secure} if is_web(transport) else {}
    page.connect("one", 5 if version == "5.0" else 4, protocol=protocol, **secure, **web)
    name = topic()
    page.publish("one", name, "hello", qos=qos, retain=True)
    page.subscribe("one", name, qos=qos)
    message = page.next_message("one")
    page.end("one")
    return message["payload"], message["qos"], message["retain"]


def options(port, transport, version, qos, authority):
    """Those of a command line client."""
    secure = ["--cafile", authority.path] if is_secure(transport) else []
    web = ["--ws"] if is_web(transport) else []
    number = "5" if version == "5.0" else "311"
    return ["-h", "localhost", "-p", port, "-V", number, "-q", qos, *secure, *web]


def through_command_line(runner, tool, port, transport, version, qos, authority):
    where = options(port, transport, version, qos, authority)
    name = topic()
    result = runner.run(tool, "pub", *where, "-t", name, "-m", "hello", "-r")
    assert (result.returncode, result.stderr) == (0, b"")
    result = runner.run(tool, "sub", *where, "-t", name, "-C", 1, "-W", 20, "-F", "%p %q %r")
    assert result.returncode == 0, result.stderr
    payload, level, retain = result.stdout.decode().split()
    return payload, int(level), retain == "1"


CLIENTS = [
    *[("paho", transport) for transport in TRANSPORTS],
    *[("mqtt.js", transport) for transport in TRANSPORTS],
    *[("martlet", transport) for transport in TRANSPORTS],
    ("mosquitto", "tcp"), ("mosquitto", "tls"),
]


@every_qos
@every_version
@pytest.mark.parametrize("client, transport", CLIENTS)
def test_our_daemon(request, runner, own_ports, authority, client, transport, version, qos):
    case = (own_ports[transport], transport, version, qos, authority)
    if client == "paho":
        found = through_paho(*case)
    elif client == "mqtt.js":
        found = through_javascript(request.getfixturevalue("javascript"), *case)
    else:
        found = through_command_line(runner, client, *case)
    assert found == ("hello", qos, True)


@every_qos
@every_version
@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("broker", ["own_ports", "mosquitto_ports"])
def test_our_clients(request, runner, authority, broker, transport, version, qos):
    port = request.getfixturevalue(broker)[transport]
    case = (port, transport, version, qos, authority)
    if broker == "mosquitto_ports":
        assert through_command_line(runner, "martlet", *case) == ("hello", qos, True)
    echo = topic()
    result = runner.run(
        "martlet", "rr", *options(*case), "-t", echo, "-e", echo, "-m", "again", "-W", 20)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"again\n", b"")

"""Fixtures for the whole product: the daemon, the command line clients, paho clients, and nodes."""

import os
import shutil
from pathlib import Path

import pytest

pytest.register_assert_rewrite(
    "attackers", "brokers", "daemon", "doors", "javascript", "lines", "nodes", "packets", "peers",
    "programs", "proxies", "pythonclients", "reference", "scram", "webpeers")

from attackers import Watch
from brokers import BROKERS_OF_VERSION_5, MosquittoBroker, configuration
from daemon import OWN_ACCOUNT, Daemon
from lines import PseudoLine
from nodes import UDPNode
from programs import Runner, Subscriber
from pythonclients import PythonClient
from reference import reference_broker, reference_configuration

ROOT = Path(__file__).parents[2]
DEFAULT_CONFIGURATION = """\
listener 0 127.0.0.1
listener 0 127.0.0.1
protocol mqttsn
allow_anonymous true
sys_interval 1
"""


@pytest.fixture(scope="session")
def martlet():
    """The path of the binary under test."""
    path = Path(os.environ.get("MARTLET_BIN", ROOT / ".build" / "debug" / "martlet"))
    assert path.exists(), f"{path} is not there: run `swift build`, or set MARTLET_BIN"
    return str(path)


@pytest.fixture
def start_daemon(martlet, tmp_path):
    """Starts daemons by their configuration's text; at the end each must still live and must end
    with status 0 when it is told to. REFERENCE_BROKER names a Mosquitto to start instead, to see
    whether a test of interoperability asks for the right thing."""
    daemons = []
    reference = reference_broker()

    def start(configuration=DEFAULT_CONFIGURATION, arguments=()):
        path = tmp_path / f"martlet-{len(daemons)}.conf"
        if reference:
            configuration = reference_configuration(configuration)
        else:
            configuration += OWN_ACCOUNT
        path.write_text(configuration, encoding="utf-8")
        program = [reference] if reference else [martlet, "run"]
        daemon = Daemon([*program, "-c", str(path), *arguments], path.with_suffix(".log"))
        daemon.configuration_path = path
        daemons.append(daemon)
        daemon.wait_until_running()
        return daemon

    yield start
    for daemon in daemons:
        daemon.finish()


@pytest.fixture
def broker(request, start_daemon):
    """A daemon with one MQTT and one MQTT-SN port, both chosen by the kernel. An indirect parameter
    is more of its configuration."""
    return start_daemon(DEFAULT_CONFIGURATION + getattr(request, "param", ""))


@pytest.fixture
def runner(martlet):
    """Runs `martlet …` and Mosquitto's clients to their end."""
    return Runner(martlet)


@pytest.fixture
def subscriber(runner, broker):
    """Starts `sub -v`; each is subscribed when its call returns."""
    started = []

    def start(tool, *arguments):
        marker = f"ready/{len(started)}"
        started.append(Subscriber(runner, tool, broker.mqtt_port, arguments, marker))
        return started[-1]

    yield start
    for process in started:
        process.stop()


@pytest.fixture(params=BROKERS_OF_VERSION_5)
def start_broker5(request, start_daemon, tmp_path):
    """Starts brokers that speak version 5.0, by options in mosquitto.conf's form; gives their
    port."""
    brokers = []

    def start(*options):
        if request.param == "martlet":
            return start_daemon(configuration(0, options)).mqtt_port
        brokers.append(MosquittoBroker(tmp_path / f"mosquitto-{len(brokers)}.conf", *options))
        return brokers[-1].port

    yield start
    for broker in brokers:
        broker.finish()


@pytest.fixture
def port5(start_broker5):
    """The port of a broker that speaks version 5.0."""
    return start_broker5()


@pytest.fixture
def reader5(runner, port5):
    """Starts `sub -v` of version 5.0; each is subscribed when its call returns."""
    started = []

    def start(tool, *arguments):
        marker = f"ready/{len(started)}"
        arguments = ["-V", 5, *arguments]
        started.append(Subscriber(runner, tool, port5, arguments, marker))
        return started[-1]

    yield start
    for process in started:
        process.stop()


@pytest.fixture
def python_client(broker):
    """Connects paho clients."""
    clients = []

    def connect(client_id="", **options):
        clients.append(PythonClient(client_id, broker.mqtt_port, **options))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


@pytest.fixture
def unharmed(broker):
    """Call it after an attack: others are served as before, and the daemon has not grown."""
    watch = Watch(broker)
    yield watch.check
    watch.close()


@pytest.fixture
def udp_node(broker):
    """Makes MQTT-SN nodes with sockets of their own."""
    nodes = []

    def make():
        nodes.append(UDPNode(broker.sn_port))
        return nodes[-1]

    yield make
    for node in nodes:
        node.close()


@pytest.fixture
def line(tmp_path):
    """A serial line: one end for a node, the other by a path for the daemon."""
    line = PseudoLine(tmp_path / "line")
    yield line
    line.close()


@pytest.fixture(scope="session", autouse=True)
def strange_home(tmp_path_factory):
    """Everything runs in an empty home: nothing depends on the option files of whoever tests."""
    kept = {name: os.environ.get(name) for name in ("HOME", "XDG_CONFIG_HOME")}
    os.environ["HOME"] = str(tmp_path_factory.mktemp("home"))
    os.environ.pop("XDG_CONFIG_HOME", None)
    yield
    for name, value in kept.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@pytest.fixture(scope="session", autouse=True)
def mosquitto_clients():
    """Debian's mosquitto-clients must be there: nothing is skipped."""
    for tool in ("mosquitto_pub", "mosquitto_sub", "mosquitto_rr"):
        assert shutil.which(tool), f"{tool} is missing: run scripts/bootstrap"

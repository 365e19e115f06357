"""`enable_control_api`: what the broker tells of itself at `$CONTROL/broker/v1`."""

import json

import pytest

from doors import Door

TOPIC = "$CONTROL/broker/v1"
COMMON = "log_type all\nallow_anonymous true\nenable_control_api true\n"


def door(daemon):
    return Door("tcp", "127.0.0.1", daemon.mqtt_port)


@pytest.fixture
def asker(start_daemon, tmp_path):
    """A daemon, and a client that asks it something and gives the answer."""
    clients = []

    def start(options=""):
        daemon = start_daemon(
            f"{COMMON}{options}listener 0 127.0.0.1\nlistener 0 {tmp_path}/s\n"
            "protocol websockets\nlistener 0\nsocket_domain ipv4\nprotocol mqttsn\n")
        client = door(daemon).enter("asker", user=("ann", None), subscribe=[(f"{TOPIC}/response", 1)])
        clients.append(client)

        def ask(*commands, text=None):
            client.publish(TOPIC, json.dumps({"commands": commands}) if text is None else text, 1)
            return json.loads(client.next_message().payload)["responses"]

        return daemon, client, ask

    yield start
    for client in clients:
        client.close()


def test_it_lists_its_listeners(asker, tmp_path):
    daemon, _, ask = asker()
    answer, = ask({"command": "listListeners", "correlationData": "7"})
    assert answer == {"command": "listListeners", "correlationData": "7", "data": {"listeners": [
        {"port": daemon.mqtt_port, "protocol": "mqtt", "bind-address": "127.0.0.1", "tls": False},
        {"port": 0, "protocol": "mqtt+websockets", "socket-path": f"{tmp_path}/s", "tls": False},
        {"port": 0, "protocol": "mqttsn", "tls": False}]}}
    daemon.wait_for_log(r"Broker: asker/ann \| listListeners")


def test_it_lists_its_plugins(asker, tmp_path):
    (tmp_path / "acl").write_text(f"user ann\ntopic {TOPIC}\ntopic {TOPIC}/response\n", encoding="utf-8")
    _, _, ask = asker(
        f"plugin /usr/lib/mosquitto_acl_file.so\nplugin_opt_acl_file {tmp_path}/acl\n")
    assert [answer.get("data") for answer in ask({"command": "listplugins"})] == [
        {"plugins": [{"name": "acl-file", "control-endpoints": []}]}]


@pytest.mark.parametrize("text, error", [
    ("{", "Payload not valid JSON"), ("{}", "Invalid/missing commands"),
    ('{"commands": [1]}', "Command not an object"), ('{"commands": [{}]}', "Missing command"),
    ('{"commands": [{"command": "stop"}]}', "Unknown command"),
    ('{"commands": [{"command": "listPlugins", "correlationData": 1}]}',
     "Invalid correlationData data type."),
    (json.dumps({"commands": [{"command": "x"}] * 101}), "Too many commands"),
    ("[" * 100_000, "Payload not valid JSON"), ("", "Payload not valid JSON"),
])
def test_a_request_that_is_none_gets_an_error(asker, text, error):
    _, _, ask = asker()
    assert [answer["error"] for answer in ask(text=text)] == [error]


# effect: enable_control_api
@pytest.mark.parametrize("is_set", [False, True])
def test_it_tells_nothing_unless_it_is_wanted(start_daemon, is_set):
    rows = COMMON if is_set else COMMON.replace("enable_control_api true\n", "")
    daemon = start_daemon(f"{rows}listener 0 127.0.0.1\n")
    client = door(daemon).enter(subscribe=[(f"{TOPIC}/response", 1), ("end", 1)])
    client.publish(TOPIC, '{"commands":[{"command":"listPlugins"}]}', 1)
    client.publish("end", "", 1)
    topics = [client.next_message().topic]
    if is_set:
        topics.append(client.next_message().topic)
    assert topics == ([f"{TOPIC}/response", "end"] if is_set else ["end"])
    client.close()


def test_rights_decide_who_may_ask(asker, tmp_path):
    (tmp_path / "acl").write_text(f"user ann\ntopic read {TOPIC}/response\ntopic end\n", encoding="utf-8")
    daemon, client, _ = asker(f"acl_file {tmp_path}/acl\n")
    client.publish(TOPIC, '{"commands":[{"command":"listPlugins"}]}', 1)
    daemon.wait_for_log(f"asker.* is not allowed to publish to {TOPIC.replace('$', '.')}")


def test_it_is_switched_on_and_off_by_a_reload(asker):
    daemon, client, ask = asker()
    text = daemon.configuration_path.read_text(encoding="utf-8")
    daemon.reconfigure(text.replace("enable_control_api true\n", ""))
    client.publish(TOPIC, '{"commands":[{"command":"listPlugins"}]}', 1)
    daemon.reconfigure(text)
    assert ask({"command": "listPlugins"})[0]["data"] == {"plugins": []}

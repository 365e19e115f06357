"""The plugins of Mosquitto that are built in, by their names: each does what its option does."""

import json
import subprocess

import paho.mqtt.client as paho
import pytest

from daemon import PATIENCE
from pythonclients import PythonClient

BASE = "listener 0 127.0.0.1\nallow_anonymous true\nlog_type all\n"
CERTIFICATES = "$sparkplug/certificates"


def test_the_plugin_for_acl_files_is_the_option(start_daemon, tmp_path):
    path = tmp_path / "acl"
    path.write_text("topic a\n")
    reasons = {}
    for name, more in [("with", f"plugin /x/mosquitto_acl_file.so\nplugin_opt_acl_file {path}\n"),
                       ("without", "")]:
        port = start_daemon(BASE + more).mqtt_port
        client = PythonClient("c", port, version=paho.MQTTv5)
        client.client.on_publish = lambda _c, _u, _id, reason, _p: client.messages.put(reason.value)
        client.publish("b", "x", 1)
        reasons[name] = client.next_message()
        client.close()
    assert reasons == {"with": 0x87, "without": 0x10}


@pytest.mark.parametrize("line", ["plugin", "global_plugin", "auth_plugin"])
def test_the_plugin_for_password_files_is_the_option(start_daemon, tmp_path, line):
    path = tmp_path / "users"
    subprocess.run(["mosquitto_passwd", "-c", "-b", str(path), "ann", "secret"], check=True,
                   capture_output=True, timeout=PATIENCE)
    daemon = start_daemon(BASE.replace("true", "false") + f"{line} mosquitto_password_file.so\n"
                          f"{'auth' if line == 'auth_plugin' else 'plugin'}_opt_password_file {path}\n")
    for password, status in [("secret", 0), ("other", 5)]:
        result = subprocess.run(
            ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(daemon.mqtt_port), "-u", "ann", "-P",
             password, "-t", "a", "-m", "x"], capture_output=True, timeout=PATIENCE, check=False)
        assert result.returncode == status


def test_a_plugin_that_is_loaded_by_name_holds_where_it_is_used(start_daemon, tmp_path):
    path = tmp_path / "security.json"
    load = f"plugin_load ds mosquitto_dynamic_security.so\nplugin_opt_config_file {path}\n"
    port = start_daemon(load + BASE + "plugin_use ds\n").mqtt_port
    client = PythonClient("c", port, version=paho.MQTTv5)
    assert client.subscribe("a") == [0x87]
    client.close()
    port = start_daemon(BASE).mqtt_port
    client = PythonClient("c", port, version=paho.MQTTv5)
    assert client.subscribe("a") == [0]
    client.close()


SECURED = """\
per_listener_settings true
listener 0 127.0.0.1
allow_anonymous true
plugin mosquitto_dynamic_security.so
plugin_opt_config_file {path}
listener 0 127.0.0.1
allow_anonymous true
"""
CONTROL = "$CONTROL/dynamic-security/v1"


def test_dynamic_security_of_one_listener_is_nothing_to_another(
        martlet, start_daemon, tmp_path, monkeypatch):
    monkeypatch.setenv("MOSQUITTO_DYNSEC_PASSWORD", "a long password")
    secured, open_to_all = start_daemon(SECURED.format(path=tmp_path / "security.json")).mqtt_ports
    stranger = PythonClient("s", secured, version=paho.MQTTv5)
    assert stranger.subscribe("a") == [0x87]
    guest = PythonClient("g", open_to_all, version=paho.MQTTv5)
    assert guest.subscribe("a") + guest.subscribe(f"{CONTROL}/response") == [0, 0]
    # Nobody has said who may change rights there: nobody may.
    guest.publish(CONTROL, json.dumps({"commands": [
        {"command": "setDefaultACLAccess", "acls": [{"acltype": "subscribe", "allow": True}]}]}))
    guest.publish("a", "after")
    guest.expect(("a", b"after"))
    assert stranger.subscribe("a") == [0x87]
    # What concerns everybody without a name concerns those of that listener.
    assert subprocess.run(
        [martlet, "ctrl", "-h", "127.0.0.1", "-p", str(secured), "-u", "admin",
         "-P", "a long password", "dynsec", "setAnonymousGroup", "unauthenticated"],
        timeout=PATIENCE, check=False).returncode == 0
    assert stranger.is_disconnected.wait(PATIENCE)
    guest.publish("a", "still there")
    guest.expect(("a", b"still there"))
    guest.close()


@pytest.mark.parametrize("lines, words", [
    ("plugin /usr/lib/mosquitto_go_auth.so", "is refused: only Mosquitto's own plugins"),
    ("plugin mosquitto_dynamic_security.so", "needs plugin_opt_config_file"),
    ("plugin mosquitto_acl_file.so\nplugin_opt_x y", "mosquitto_acl_file takes acl_file"),
    ("plugin_opt_config_file x", "must follow a plugin option"),
])
def test_plugins_that_cannot_be_are_configuration_errors(martlet, tmp_path, lines, words):
    path = tmp_path / "martlet.conf"
    path.write_text(BASE + lines + "\n")
    result = subprocess.run([martlet, "run", "-c", str(path)], capture_output=True, text=True,
                            timeout=60, check=False)
    assert result.returncode == 3 and words in result.stderr


def test_the_plugin_for_storage_warns_that_there_is_none(start_daemon):
    daemon = start_daemon(BASE + "plugin /usr/lib/mosquitto_persist_sqlite.so\n")
    daemon.wait_for_log("The plugin option has no effect")


def test_births_of_sparkplug_stay_as_certificates(start_daemon):
    found = {}
    for name, more in [("with", "plugin /x/mosquitto_sparkplug_aware.so\n"), ("without", "")]:
        port = start_daemon(BASE + more).mqtt_port
        node = PythonClient("node", port)
        for topic in ("spBv1.0/g/NBIRTH/n", "spBv1.0/g/DBIRTH/n/d", "spBv1.0/g/NDATA/n"):
            node.publish(topic, topic, 1)
        host = PythonClient("host", port, subscribe=[(f"{CERTIFICATES}/#", 1), ("end", 1)])
        node.publish("end", "x", 1)
        arrived = []
        while (message := host.next_message()).topic != "end":
            arrived.append((message.topic, message.payload.decode(), message.retain))
        found[name] = sorted(arrived)
        node.close()
        host.close()
    assert found == {"without": [], "with": [
        (f"{CERTIFICATES}/spBv1.0/g/DBIRTH/n/d", "spBv1.0/g/DBIRTH/n/d", True),
        (f"{CERTIFICATES}/spBv1.0/g/NBIRTH/n", "spBv1.0/g/NBIRTH/n", True)]}

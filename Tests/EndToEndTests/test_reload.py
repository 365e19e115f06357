"""SIGHUP: the configuration is read again, and counts whole or not at all."""

import re
import signal
import subprocess

import pytest

from certificates import Authority
from daemon import PATIENCE, eventually
from doors import Door
from pythonclients import PythonClient
from test_password_file import write_user

LISTENER = "listener 0 127.0.0.1\n"
OPEN = "allow_anonymous true\nlog_type all\n"


@pytest.fixture
def broker(start_daemon):
    return start_daemon(OPEN + LISTENER)


def door(daemon, index=0):
    return Door("tcp", "127.0.0.1", daemon.mqtt_ports[index])


def test_who_gets_in_changes(broker, tmp_path):
    write_user(tmp_path / "users", "ann", "secret", "-c")
    assert door(broker).refusal() == "Success"
    broker.reconfigure(f"log_type all\npassword_file {tmp_path}/users\n{LISTENER}")
    assert door(broker).refusal() == "Not authorized"
    assert door(broker).refusal(user=("ann", "secret")) == "Success"
    broker.reconfigure(OPEN + LISTENER)
    assert door(broker).refusal() == "Success"
    broker.reconfigure(f"log_type all\npassword_file {tmp_path}/users\n{LISTENER}")
    assert door(broker).refusal(user=("ann", "secret")) == "Success"
    assert door(broker).refusal(user=("ann", "guess")) == "Not authorized"


def test_rights_change_for_who_is_connected(broker, tmp_path):
    (tmp_path / "acl").write_text("topic end\n", encoding="utf-8")
    client = door(broker).enter(subscribe=[("t", 1), ("end", 1)])
    client.publish("t", "before", 1)
    broker.reconfigure(f"{OPEN}acl_file {tmp_path}/acl\n{LISTENER}")
    client.publish("t", "refused", 1)
    broker.reconfigure(OPEN + LISTENER)
    client.publish("t", "after", 1)
    client.expect(("t", b"before"), ("t", b"after"))
    client.close()


def test_each_listener_keeps_what_is_its_own(start_daemon):
    """CVE-2018-20145, CVE-2017-7652: nobody gets the settings of another."""
    def text(first, second):
        return ("log_type all\nper_listener_settings true\n"
                f"{LISTENER}allow_anonymous {first}\n{LISTENER}allow_anonymous {second}\n")

    daemon = start_daemon(text("true", "false"))
    words = {"true": "Success", "false": "Not authorized"}
    for first, second in (("true", "false"), ("false", "true"), ("true", "true")):
        daemon.reconfigure(text(first, second))
        assert [door(daemon, k).refusal() for k in (0, 1)] == [words[first], words[second]]


def test_per_listener_settings_come_and_go(broker):
    broker.reconfigure(f"log_type all\nper_listener_settings true\n{LISTENER}")
    assert door(broker).refusal() == "Not authorized"
    broker.reconfigure(OPEN + LISTENER)
    assert door(broker).refusal() == "Success"


@pytest.mark.parametrize("text, words", [
    ("foo 1\n", ['Unknown configuration variable "foo"', r"Error found at .*:4\."]),
    ("max_keepalive x\n", ["Invalid max_keepalive value"]),
    ("include_dir /nowhere\n", ["Unable to open include_dir"]),
    ("acl_file /nowhere\n", ["Unable to read acl_file /nowhere"]),
    ("password_file /nowhere\n", ["Unable to read password_file /nowhere"]),
    ("log_dest file /nowhere/log\n", ["open log file /nowhere/log"]),
    ("certfile /nowhere\n", ["needs both certfile and keyfile"]),
    ("certfile /nowhere\nkeyfile /nowhere\n", ["load certificate"]),
])
def test_a_wrong_file_changes_nothing(broker, text, words):
    client = door(broker).enter(subscribe=[("t", 1)])
    broker.reconfigure(f"log_type all\nmax_packet_size 20\n{LISTENER}{text}")
    for word in [*words, "What was in force stays"]:
        broker.wait_for_log(word)
    assert door(broker).refusal("another") == "Success"
    client.publish("t", "x" * 100, 1)
    client.expect(("t", b"x" * 100))
    client.close()


def test_a_file_that_is_gone_changes_nothing(broker):
    broker.configuration_path.rename(broker.configuration_path.with_suffix(".gone"))
    broker.reload()
    broker.wait_for_log("Unable to open config file")
    broker.wait_for_log("What was in force stays")
    assert door(broker).refusal() == "Success"


@pytest.mark.parametrize("text, names", [
    (LISTENER + "max_connections 1\n", ["max_connections"]),
    (LISTENER + "max_qos 0\n", ["max_qos"]),
    (LISTENER + "mount_point a/\n", ["mount_point"]),
    (LISTENER + "listener_allow_anonymous false\n", ["listener_allow_anonymous"]),
    (LISTENER + "use_username_as_clientid true\n", ["use_username_as_clientid"]),
    (LISTENER + LISTENER, ["listener"]),
    ("listener 1 127.0.0.1\n", ["listener"]),
    ("", ["listener"]),
    (LISTENER + "protocol websockets\n", ["protocol"]),
    (LISTENER + "pid_file /tmp/x\ngateway_id 7\n", ["pid_file", "gateway_id"]),
])
def test_what_needs_a_restart_is_told_of_and_not_in_force(broker, text, names):
    broker.reconfigure(OPEN + text)
    for name in names:
        broker.wait_for_log(f"What is said of {name} has changed: a restart is needed for it")
    first, second = door(broker).enter("one"), door(broker).enter("two", subscribe=[("a/t", 1)])
    first.publish("a/t", "x", 1)
    second.expect(("a/t", b"x"))
    first.close()
    second.close()
    assert len(broker.mqtt_ports) == 1
    count = broker.log.count("a restart is needed")
    broker.reconfigure(OPEN + LISTENER)
    assert door(broker).refusal() == "Success"
    assert broker.log.count("a restart is needed") == count


def test_a_reload_without_a_change_needs_no_restart(start_daemon):
    text = f"{OPEN}{LISTENER}max_qos 1\nmount_point a/\n{LISTENER}protocol mqttsn\n"
    daemon = start_daemon(text)
    daemon.reconfigure(text)
    daemon.reload()
    assert "a restart is needed" not in daemon.log


def test_included_files_are_read_again(start_daemon, tmp_path):
    folder = tmp_path / "conf.d"
    folder.mkdir()
    (folder / "a.conf").write_text("allow_anonymous true\n", encoding="utf-8")
    daemon = start_daemon(f"log_type all\n{LISTENER}include_dir {folder}\n")
    assert door(daemon).refusal() == "Success"
    (folder / "a.conf").write_text("allow_anonymous false\n", encoding="utf-8")
    daemon.reload()
    assert door(daemon).refusal() == "Not authorized"


def test_what_is_logged_and_where_changes(broker, tmp_path):
    log = tmp_path / "other.log"
    broker.reconfigure(f"{OPEN}log_dest stderr\nlog_dest file {log}\n"
                       f"log_timestamp_format stamp\n{LISTENER}")
    assert door(broker).refusal("ann") == "Success"
    assert eventually(lambda: "stamp: New client connected" in log.read_text(encoding="utf-8"))
    broker.reconfigure(f"allow_anonymous true\nlog_type all\nconnection_messages false\n{LISTENER}")
    assert door(broker).refusal("quiet") == "Success"
    assert "as quiet" not in broker.log
    size = log.stat().st_size
    broker.reconfigure(OPEN + LISTENER)
    assert log.stat().st_size == size


# effect: sys_interval
def test_status_comes_more_often(broker):
    broker.reconfigure(f"{OPEN}sys_interval 0\n{LISTENER}")
    client = door(broker).enter(subscribe=[("$SYS/broker/uptime", 0)])
    first = client.next_message().payload
    broker.reconfigure(f"{OPEN}sys_interval 1\n{LISTENER}")
    assert client.next_message().payload != first
    client.close()


def test_prefixes_of_names_change(broker):
    broker.reconfigure(f"{OPEN}clientid_prefixes home-\n{LISTENER}")
    assert door(broker).refusal("away") == "Not authorized"
    broker.reconfigure(f"{OPEN}auto_id_prefix mine-\n{LISTENER}")
    client = door(broker).enter("")
    assert client.connack.AssignedClientIdentifier.startswith("mine-")
    client.close()


def test_certificates_of_clients_are_asked_for_from_now_on(start_daemon, tmp_path):
    authority = Authority(tmp_path)
    certificate, key = authority.sign("server", "/CN=localhost")
    text = f"{OPEN}{LISTENER}certfile {certificate}\nkeyfile {key}\n"
    daemon = start_daemon(text)

    def publish(*arguments):
        return subprocess.run(
            ["mosquitto_pub", "-h", "localhost", "-p", str(daemon.mqtt_port), "--cafile",
             str(authority.path), "-t", "a", "-m", "x", "-q", "1", *arguments],
            capture_output=True, timeout=PATIENCE, check=False).returncode == 0

    assert publish()
    daemon.reconfigure(f"{text}cafile {authority.path}\nrequire_certificate true\n")
    assert not publish()
    pair = authority.sign("friend")
    assert publish("--cert", str(pair[0]), "--key", str(pair[1]))
    daemon.reconfigure(text)
    assert publish()


# effect: certfile keyfile
def test_tls_itself_can_be_switched_on(broker, tmp_path):
    authority = Authority(tmp_path)
    certificate, key = authority.sign("server", "/CN=localhost")
    broker.reconfigure(f"{OPEN}{LISTENER}certfile {certificate}\nkeyfile {key}\n")
    result = subprocess.run(
        ["mosquitto_pub", "-h", "localhost", "-p", str(broker.mqtt_port), "--cafile",
         str(authority.path), "-t", "a", "-m", "x", "-q", "1"],
        capture_output=True, timeout=PATIENCE, check=False)
    assert result.returncode == 0, result.stderr


def test_many_reloads_in_a_row_do_no_harm(broker):
    client = PythonClient("c", broker.mqtt_port, subscribe=[("t", 1)])
    for _ in range(50):
        broker.process.send_signal(signal.SIGHUP)
    client.publish("t", "x", 1)
    client.expect(("t", b"x"))
    client.close()
    assert len(re.findall(r"What was in force stays", broker.log)) == 0

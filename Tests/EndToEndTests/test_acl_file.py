"""`acl_file`: what clients may publish and get, as with Mosquitto."""

import signal
import subprocess

import pytest

from pythonclients import PythonClient

CONFIGURATION = """\
listener 0 127.0.0.1
listener 0 127.0.0.1
protocol mqttsn
allow_anonymous true
log_type all
acl_file {path}
node greenhouse user garden
"""
RULES = """\
topic read news/#
topic write inbox/+
pattern readwrite own/%c/#
user garden
topic sensors/garden
"""


@pytest.fixture
def acl(tmp_path):
    path = tmp_path / "acl"
    path.write_text(RULES, encoding="utf-8")
    return path


@pytest.fixture
def broker(start_daemon, acl):
    return start_daemon(CONFIGURATION.format(path=acl))


# effect: acl_file
def test_what_may_not_be_read_does_not_come_and_subscriptions_are_granted(python_client, broker):
    client = python_client("c1", subscribe=[("#", 1)])
    for topic in ("news/a", "inbox/a", "own/c2/x", "own/c1/x"):
        client.publish(topic, "x", 1)
    client.expect(("own/c1/x", b"x"))
    broker.wait_for_log("c1.*(news/a|inbox)")


# effect: node
def test_a_node_has_the_rights_of_its_user(udp_node, python_client, broker):
    node = udp_node()
    node.connect("greenhouse")
    node.publish(node.register("sensors/garden"), b"21.5")
    other = udp_node()
    other.connect("other")
    topic = other.register("sensors/garden")
    other.send(0x0C, b"\x20", topic, 2, b"x")
    other.expect(0x0D, topic, 2, b"\x03")


def test_the_file_is_read_again_and_a_wrong_one_changes_nothing(python_client, broker, acl):
    client = python_client("c1", subscribe=[("late", 1), ("own/c1/end", 1)])
    client.publish("late", "1", 1)
    acl.write_text(RULES + "user garden\ntopic reed late\nfalse late\n", encoding="utf-8")
    broker.process.send_signal(signal.SIGHUP)
    broker.wait_for_log("line 8: false is not user, topic or pattern")
    client.publish("late", "2", 1)
    acl.write_text("topic late\n" + RULES, encoding="utf-8")
    broker.process.send_signal(signal.SIGHUP)
    broker.wait_for_log("Reloading config", 2)
    client.publish("late", "3", 1)
    client.expect(("late", b"3"))


@pytest.mark.parametrize("text, words", [(None, b"Unable to read acl_file"), ("x y", b"line 1")])
def test_a_file_that_cannot_be_used_is_a_configuration_error(martlet, tmp_path, text, words):
    path = tmp_path / "acl"
    if text:
        path.write_text(text, encoding="utf-8")
    configuration = tmp_path / "martlet.conf"
    configuration.write_text(CONFIGURATION.format(path=path), encoding="utf-8")
    result = subprocess.run([martlet, "run", "-c", str(configuration)], capture_output=True,
                            timeout=60, check=False)
    assert result.returncode == 3 and words in result.stderr


# CVE-2018-12546
# effect: check_retain_source
@pytest.mark.parametrize("option, arrives", [
    ("", False), ("check_retain_source true\n", False), ("check_retain_source false\n", True)])
def test_what_a_publisher_may_not_publish_any_more_is_kept_back(
        start_daemon, acl, option, arrives):
    daemon = start_daemon(CONFIGURATION.format(path=acl) + option)
    acl.write_text("topic t\ntopic end\n", encoding="utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for_log("Reloading config")
    client = PythonClient("c1", daemon.mqtt_port)
    client.publish("t", "old", 1, retain=True)
    acl.write_text("topic read t\ntopic end\n", encoding="utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for_log("Reloading config", 2)
    client.subscribe("t", 1)
    client.subscribe("end", 1)
    client.publish("end", "", 1)
    client.expect(*([("t", b"old")] if arrives else []), ("end", b""))
    client.close()

"""Sessions, wills, take-over and keep alive, as a paho user sees them."""

import socket

import pytest

from daemon import PATIENCE
from pythonclients import PythonClient

WILL = {"topic": "will/a", "payload": "gone", "qos": 1}


def connect_packet(client_id, keepalive, will=None):
    """A CONNECT of MQTT 3.1.1 by hand."""
    def text(value):
        return len(value).to_bytes(2, "big") + value

    flags = 0x02 | (0x04 if will else 0)
    body = text(b"MQTT") + bytes([4, flags]) + keepalive.to_bytes(2, "big") + text(client_id)
    if will:
        body += text(will[0]) + text(will[1])
    return bytes([0x10, len(body)]) + body


def test_a_will_is_published_when_the_connection_breaks(python_client):
    reader = python_client(subscribe=[("will/#", 1)])
    python_client("dying", will=WILL).break_off()
    reader.expect(("will/a", b"gone"))


def test_a_client_that_says_goodbye_leaves_no_will(python_client):
    reader = python_client(subscribe=[("will/#", 1)])
    python_client("leaving", will=WILL).close()
    python_client().publish("will/end", "", 1)
    reader.expect(("will/end", b""))


def test_a_retained_will_stays(python_client):
    reader = python_client(subscribe=[("will/#", 1)])
    python_client("dying", will=WILL | {"retain": True}).break_off()
    reader.expect(("will/a", b"gone"))
    late = python_client(subscribe=[("will/#", 1)])
    assert late.next_message().retain


def test_a_silent_client_is_closed_after_its_keep_alive(broker, python_client):
    reader = python_client(subscribe=[("will/#", 1)])
    with socket.create_connection(("127.0.0.1", broker.mqtt_port), PATIENCE) as silent:
        silent.sendall(connect_packet(b"silent", 1, (b"will/a", b"silence")))
        assert silent.recv(4) == b"\x20\x02\x00\x00"
        assert silent.recv(1) == b""
    reader.expect(("will/a", b"silence"))


def test_a_second_client_with_the_same_id_takes_over(python_client):
    first = python_client("same", subscribe=[("a", 1)])
    second = python_client("same", subscribe=[("b", 1)])
    assert first.is_disconnected.wait(PATIENCE)
    writer = python_client()
    writer.publish("a", "", 1)
    writer.publish("b", "x", 1)
    second.expect(("b", b"x"))


def test_a_kept_session_keeps_subscriptions_and_messages(python_client):
    first = python_client("keeper", clean=False, subscribe=[("kept/#", 1)])
    assert first.session_present is False
    first.close()
    writer = python_client()
    for number in range(5):
        writer.publish(f"kept/{number}", str(number), 1)
    second = python_client("keeper", clean=False)
    assert second.session_present is True
    second.expect(*[(f"kept/{number}", str(number).encode()) for number in range(5)])


def test_a_clean_session_forgets(python_client):
    python_client("keeper", clean=False, subscribe=[("kept", 1)]).close()
    assert python_client("keeper", clean=True).session_present is False
    again = python_client("keeper", clean=False, subscribe=[("other", 1)])
    assert again.session_present is False
    writer = python_client()
    writer.publish("kept", "", 1)
    writer.publish("other", "x", 1)
    again.expect(("other", b"x"))


def test_clients_without_an_id_are_told_apart(python_client):
    readers = [python_client("", subscribe=[("a", 0)]) for _ in range(3)]
    python_client().publish("a", "x", 1)
    for reader in readers:
        reader.expect(("a", b"x"))


# effect: persistent_client_expiration
@pytest.mark.parametrize("option, count", [("", "0"), ("persistent_client_expiration 1s\n", "1")])
def test_a_session_that_nobody_takes_up_ends_in_its_time(start_daemon, option, count):
    daemon = start_daemon(
        f"listener 0 127.0.0.1\nallow_anonymous true\nsys_interval 1\n{option}")
    PythonClient("away", daemon.mqtt_port, clean=False, subscribe=[("t", 1)]).close()
    watcher = PythonClient("watcher", daemon.mqtt_port, keepalive=10, subscribe=[
        ("$SYS/broker/clients/expired", 0), ("$SYS/broker/uptime", 0)])
    seen = {}
    while int(seen.get("uptime", b"0").split()[0]) < 4 and seen.get("expired") != b"1":
        message = watcher.next_message()
        seen[message.topic.rsplit("/", maxsplit=1)[1]] = message.payload
    assert seen["expired"] == count.encode()
    back = PythonClient("away", daemon.mqtt_port, clean=False)
    assert back.session_present == (count == "0")
    back.close()
    watcher.close()

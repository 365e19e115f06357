"""`$SYS/broker`: Mosquitto's names, and values that follow what happens."""

import re

# What a running Mosquitto publishes and monitoring tools read.
NAMES = """
version uptime bytes/received bytes/sent clients/total clients/connected clients/active
clients/disconnected clients/inactive clients/maximum clients/expired connections/socket/count
messages/received messages/sent messages/stored publish/messages/received publish/messages/sent
publish/messages/dropped publish/bytes/received publish/bytes/sent store/messages/count
store/messages/bytes subscriptions/count shared_subscriptions/count heap/current heap/maximum
packet/out/bytes
""".split() + ["retained messages/count"] + [
    f"load/{name}/{minutes}min"
    for name in ("messages/received", "messages/sent", "publish/received", "publish/sent",
                 "publish/dropped", "bytes/received", "bytes/sent", "sockets", "connections")
    for minutes in (1, 5, 15)
]


# Martlet's own.
OWN_NAMES = """
publish/messages/expired publish/messages/oversized publish/messages/waiting refusals/count
limits/max_queued_messages/hits limits/max_packet_size/hits
""".split()


def collect(client, wanted):
    """Topics and values until every wanted name has come."""
    values = {}
    while not wanted <= values.keys():
        message = client.next_message()
        values[message.topic.removeprefix("$SYS/broker/")] = message.payload.decode()
    return values


def test_every_name_of_mosquitto_is_there(python_client):
    values = collect(python_client(subscribe=[("$SYS/broker/#", 0)]), set(NAMES + OWN_NAMES))
    assert re.fullmatch(r"\d+ seconds", values["uptime"])
    assert values["version"].startswith("martlet version ")
    assert re.fullmatch(r"\d+\.\d\d", values["load/bytes/received/15min"])
    assert int(values["heap/maximum"]) >= int(values["heap/current"]) > 0
    assert all(values[name] == "0" for name in OWN_NAMES)


def test_counters_follow_what_happens(python_client):
    writer = python_client("writer", subscribe=[("a", 1), ("$share/s/b", 1)])
    for _ in range(3):
        writer.publish("a", "12345", 1)
    reader = python_client(subscribe=[
        ("$SYS/broker/publish/messages/received", 0), ("$SYS/broker/publish/bytes/received", 0),
        ("$SYS/broker/clients/connected", 0), ("$SYS/broker/subscriptions/count", 0),
        ("$SYS/broker/shared_subscriptions/count", 0)])
    expected = {
        "publish/messages/received": "3", "publish/bytes/received": "15",
        "clients/connected": "2", "subscriptions/count": "7", "shared_subscriptions/count": "1"}
    values = {}
    while values != expected:
        message = reader.next_message()
        values[message.topic.removeprefix("$SYS/broker/")] = message.payload.decode()

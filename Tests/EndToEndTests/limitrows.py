"""What each limit and choice of the broker changes: rows for test_limits."""

from dataclasses import dataclass, field

from packets import packet, user_property
from peers import DISCONNECT, PING, PONG, Packets, disconnected, puback, pubrec, refused

OLD, NEW = Packets(4), Packets(5)
TEXT = b"\x01\x01"  # Payload Format Indicator
ACCEPTED = "a CONNACK that accepts"
CLOSED = "the end of the connection"
LONG = "x" * 100


@dataclass
class Row:
    """What a line of the file changes: `steps` are (client, what it sends, what comes back …), and
    `counter` below $SYS/broker has `value` in the end."""

    options: str
    steps: list
    counter: str = ""
    value: str = "1"
    name: str = field(default="", kw_only=True)

    def __str__(self):
        return self.name or self.options.replace("\n", ", ")


def limit(option):
    return f"limits/{option}/hits"


def quiet(client):
    """Nothing else has come."""
    return (client, PING, PONG)


def opened(client, packets=NEW, **options):
    return (client, packets.connect(client, **options), ACCEPTED)


# effect: max_packet_size max_request_size max_answer_size max_properties message_size_limit
# effect: max_topic_levels check_payload_format max_qos maximum_qos retain_available max_topic_alias
PACKETS = [
    Row("max_packet_size 100", [
        opened("a"), ("a", NEW.publish("t", b"x" * 94)), quiet("a"),
        ("a", NEW.publish("t", b"x" * 95), disconnected(0x95), CLOSED),
    ], limit("max_packet_size")),
    Row("max_request_size 100", [
        opened("a"), ("a", NEW.publish("t", b"x" * 200)),
        ("a", NEW.subscribe((LONG, 0)), disconnected(0x95), CLOSED),
    ], limit("max_packet_size")),
    Row("max_answer_size 20", [
        opened("a"), ("a", NEW.publish("t", b"x" * 200)),
        ("a", packet(0xE0, b"\x00", b"\x14", user_property("k", "x" * 14)),
         disconnected(0x95), CLOSED),
    ], limit("max_packet_size")),
    Row("max_properties 2", [
        opened("a"), ("a", NEW.publish("t", properties=2 * user_property())), quiet("a"),
        ("a", NEW.publish("t", properties=3 * user_property()), disconnected(0x97), CLOSED),
    ], limit("max_properties")),
    Row("message_size_limit 10", [
        opened("a"), ("a", NEW.publish("t", b"x" * 10, 1), puback(1, 0x10)),
        ("a", NEW.publish("t", b"x" * 11, 1), puback(1, 0x83)),
        opened("b", OLD), ("b", OLD.publish("t", b"x" * 11, 1), puback()),
    ], limit("message_size_limit"), "2"),
    Row("max_topic_levels 8", [
        opened("a"), ("a", NEW.publish("1/2/3/4/5/6/7/8", b"", 1), puback(1, 0x10)),
        ("a", NEW.subscribe(("1/2/3/4/5/6/7/8/9", 0)), NEW.suback(0x8F)),
        ("a", NEW.publish("1/2/3/4/5/6/7/8/9"), disconnected(0x90), CLOSED),
    ], limit("max_topic_levels")),
    Row("check_payload_format true", [
        opened("a"), ("a", NEW.publish("t", b"\xff", 1), puback(1, 0x10)),
        ("a", NEW.publish("t", b"\xff", 1, properties=TEXT), puback(1, 0x99)),
    ], "publish/messages/dropped"),
    Row("max_qos 0", [
        opened("a"), ("a", NEW.publish("t")), quiet("a"),
        ("a", NEW.publish("t", qos=1), disconnected(0x9B), CLOSED),
    ], limit("max_qos")),
    Row("maximum_qos 1", [
        opened("a"), ("a", NEW.publish("t", qos=1), puback(1, 0x10)),
        ("a", NEW.publish("t", qos=2), disconnected(0x9B), CLOSED),
    ], limit("max_qos")),
    Row("retain_available false", [
        opened("a"), ("a", NEW.publish("t", retain=True), disconnected(0x9A), CLOSED),
    ], limit("retain_available")),
    Row("max_topic_alias 2", [
        opened("a"), ("a", NEW.publish("t", properties=b"\x23\x00\x02")), quiet("a"),
        ("a", NEW.publish("t", properties=b"\x23\x00\x03"), disconnected(0x94), CLOSED),
    ], limit("max_topic_alias")),
]

# effect: accept_protocol_versions max_keepalive connect_timeout max_connections
# effect: global_max_connections global_max_clients max_clientid_length allow_zero_length_clientid
# effect: max_subscriptions
CONNECTIONS = [
    Row("accept_protocol_versions 4,5", [
        ("a", Packets(3).connect("a"), refused(1), CLOSED), opened("b", OLD), opened("c"),
    ], limit("accept_protocol_versions")),
    Row("max_keepalive 10", [
        ("a", OLD.connect("a", keepalive=11), refused(2), CLOSED),
        ("b", OLD.connect("b", keepalive=0), refused(2), CLOSED),
        opened("c", OLD, keepalive=10), opened("d", keepalive=11),
    ], limit("max_keepalive"), "2"),
    Row("connect_timeout 1", [("a", b"", CLOSED)], limit("connect_timeout")),
    Row("max_connections 1", [opened("a"), ("b", b"", CLOSED)], limit("max_connections")),
    Row("global_max_connections 2", [
        # The other one watches the counter.
        opened("a"), ("b", b"", CLOSED),
    ], limit("global_max_connections")),
    Row("global_max_clients 2", [
        opened("a"), ("b", OLD.connect("b"), refused(3), CLOSED),
        ("c", NEW.connect("a"), ACCEPTED), ("a", b"", disconnected(0x8E), CLOSED),
    ], limit("global_max_clients")),
    Row("global_max_clients -1", [opened(name) for name in "abcde"]),
    Row("max_clientid_length 23", [
        opened("a" * 23, OLD), ("b", OLD.connect("a" * 24), refused(2), CLOSED),
    ], limit("max_clientid_length")),
    Row("allow_zero_length_clientid false", [
        ("a", OLD.connect(""), refused(2), CLOSED),
    ], "refusals/count"),
    Row("max_subscriptions 2", [
        opened("a"), ("a", NEW.subscribe(("a", 0), ("b", 1), ("c", 0)), NEW.suback(0, 1, 0x97)),
        opened("b"), ("b", NEW.subscribe(("c", 0)), NEW.suback(0)),
    ], limit("max_subscriptions")),
]

# A session that is kept, with a subscription to "q" and nobody there.
AWAY = [
    opened("a", OLD, clean=False), ("a", OLD.subscribe(("q", 1)), OLD.suback(1)),
    ("a", DISCONNECT, CLOSED), opened("b", OLD),
]
# … and what it finds when it comes back.
BACK = ("back", OLD.connect("a", clean=False), b"\x20\x02\x01\x00")
READER = [opened("a", OLD), ("a", OLD.subscribe(("q", 1)), OLD.suback(1)), opened("b", OLD)]


def sent(payload, number=1, qos=1):
    """A message to "q" of the client b."""
    return ("b", OLD.publish("q", payload, qos, number), *[puback(number)] * (qos == 1))


def arrives(payload, number=1, client="a", qos=1):
    return (client, b"", OLD.publish("q", payload, qos, number))


# effect: max_queued_messages max_queued_bytes queue_qos0_messages max_inflight_messages
# effect: max_inflight_bytes enforce_receive_maximum max_incoming_qos2 memory_limit max_retained_messages
HOLDINGS = [
    Row("max_queued_messages 2", [
        *AWAY, sent(b"1"), sent(b"2"), sent(b"3"), BACK, arrives(b"1", 1, "back"),
        arrives(b"2", 2, "back"), quiet("back"),
    ], limit("max_queued_messages")),
    Row("max_queued_messages 0\nmax_inflight_messages 0", [
        *AWAY,
        ("b", b"".join(OLD.publish("q", b"x", 1, k + 1) for k in range(1500)),
         b"".join(puback(k + 1) for k in range(1500))),
        BACK, ("back", b"", b"".join(OLD.publish("q", b"x", 1, k + 1) for k in range(1500))),
        quiet("back"),
    ], limit("max_queued_messages"), "0"),
    Row("max_queued_bytes 10", [
        *AWAY, sent(b"12345"), sent(b"67890"), sent(b"x"), BACK, arrives(b"12345", 1, "back"),
        arrives(b"67890", 2, "back"), quiet("back"),
    ], limit("max_queued_bytes")),
    Row("queue_qos0_messages true", [
        *AWAY, sent(b"1", qos=0), ("b", PING, PONG), BACK, arrives(b"1", 0, "back", 0),
    ]),
    Row("queue_qos0_messages false", [
        *AWAY, sent(b"1", qos=0), ("b", PING, PONG), BACK, quiet("back"),
    ], "publish/messages/dropped"),
    Row("max_inflight_messages 1", [
        *READER, sent(b"1"), sent(b"2"), arrives(b"1"), quiet("a"), ("a", puback(1)),
        arrives(b"2", 2), ("b", OLD.publish("t", b"x", 2, 8), pubrec(8)),
        # One too many, and told of in the log only.
        ("b", OLD.publish("t", b"x", 2, 9), pubrec(9)),
    ], limit("max_inflight_messages")),
    Row("max_inflight_bytes 10", [
        *READER, sent(b"12345"), sent(b"67890"), sent(b"x"), arrives(b"12345"),
        arrives(b"67890", 2), quiet("a"), ("a", puback(1)), arrives(b"x", 3),
    ]),
    Row("enforce_receive_maximum true\nmax_inflight_messages 1", [
        opened("a"), ("a", NEW.publish("t", b"x", 2, 1), pubrec(1, 0x10)),
        ("a", NEW.publish("t", b"x", 2, 2), disconnected(0x93), CLOSED),
    ], limit("max_inflight_messages")),
    Row("max_incoming_qos2 2\nmax_inflight_messages 1", [
        opened("a"), *[("a", NEW.publish("t", b"x", 2, k), pubrec(k, 0x10)) for k in (1, 2)],
        ("a", NEW.publish("t", b"x", 2, 3), disconnected(0x93), CLOSED),
    ], limit("max_inflight_messages"), "2"),
    Row("max_incoming_qos2 1\nmax_inflight_messages 3", [
        # Nobody is closed for what the Receive Maximum allows.
        opened("a"), *[("a", NEW.publish("t", b"x", 2, k), pubrec(k, 0x10)) for k in (1, 2, 3)],
        ("a", NEW.publish("t", b"x", 2, 4), disconnected(0x93), CLOSED),
    ], limit("max_inflight_messages")),
    Row("memory_limit 100000", [
        opened("a"), ("a", NEW.publish("t", b"x" * 50_000, 1, retain=True), puback(1, 0x10)),
        ("a", NEW.publish("u", b"x" * 50_000, 1, retain=True), puback(1, 0x97)),
        ("a", NEW.publish("t", b"", 1, retain=True), puback(1, 0x10)),
        ("a", NEW.publish("u", b"x" * 50_000, 1, retain=True), puback(1, 0x10)),
    ], limit("memory_limit")),
    Row("max_retained_messages 1", [
        # $SYS has taken the place.
        opened("a"), ("a", NEW.publish("t", b"x", 1, retain=True), puback(1, 0x10)),
        ("a", NEW.subscribe(("t", 0)), NEW.suback(0)), quiet("a"),
    ], limit("max_retained_messages"), ""),
]

# effect: upgrade_outgoing_qos allow_duplicate_messages max_topic_alias_broker
CHOICES = [
    Row("upgrade_outgoing_qos true", [*READER, sent(b"x", qos=0), arrives(b"x", 1)]),
    Row("upgrade_outgoing_qos false", [*READER, sent(b"x", qos=0), arrives(b"x", 0, qos=0)]),
    Row("allow_duplicate_messages true", [
        *READER, ("a", OLD.subscribe(("#", 0)), OLD.suback(0)), sent(b"x", qos=0),
        arrives(b"x", qos=0), arrives(b"x", qos=0), quiet("a"),
    ]),
    Row("allow_duplicate_messages false", [
        *READER, ("a", OLD.subscribe(("#", 0)), OLD.suback(0)), sent(b"x", qos=0),
        arrives(b"x", qos=0), quiet("a"),
    ]),
    Row("max_topic_alias_broker 1", [
        opened("a", properties=b"\x22\x00\x05"),
        ("a", NEW.subscribe(("#", 0)), NEW.suback(0)),
        ("a", NEW.publish("t"), NEW.publish("t", properties=b"\x23\x00\x01")),
        ("a", NEW.publish("t"), NEW.publish("", properties=b"\x23\x00\x01")),
        ("a", NEW.publish("u"), NEW.publish("u")),
    ]),
    Row("max_topic_alias_broker 0", [
        opened("a", properties=b"\x22\x00\x05"),
        ("a", NEW.subscribe(("#", 0)), NEW.suback(0)), ("a", NEW.publish("t"), NEW.publish("t")),
    ]),
    Row("set_tcp_nodelay true", [
        # Maximum Packet Size of the client: larger messages are not for it.
        opened("a", properties=b"\x27\x00\x00\x00\x14"),
        ("a", NEW.subscribe(("#", 0)), NEW.suback(0)), ("a", NEW.publish("t", b"x" * 100)),
        quiet("a"),
    ], "publish/messages/oversized", name="Maximum Packet Size of a client"),
]

ROWS = PACKETS + CONNECTIONS + HOLDINGS + CHOICES

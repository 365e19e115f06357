"""Mosquitto's own clients in every protocol version, as their users call them."""

import queue

import pytest

from programs import LineProcess
from pythonclients import paho

VERSIONS = ["31", "311", "5"]
every_version = pytest.mark.parametrize("version", VERSIONS)


@pytest.fixture
def mosquitto(runner, broker):
    """Runs a client of Mosquitto's against the broker; what it printed, and its status."""

    def run(verb, version, *arguments, **options):
        return runner.run(
            "mosquitto", verb, "-h", "127.0.0.1", "-p", broker.mqtt_port, "-V", version,
            *arguments, **options)

    return run


@pytest.fixture
def pub(mosquitto):
    """Publishes, and insists that it went well."""

    def publish(version, *arguments, **options):
        result = mosquitto("pub", version, *arguments, **options)
        assert (result.returncode, result.stderr) == (0, b"")

    return publish


@pytest.fixture
def sub(mosquitto):
    """Subscribes until `-C` or the like is met; the lines that it printed."""

    def subscribe(version, *arguments):
        result = mosquitto("sub", version, "-W", 20, *arguments)
        assert (result.returncode, result.stderr) == (0, b"")
        return result.stdout.decode().splitlines()

    return subscribe


@pytest.mark.parametrize("qos", [0, 1, 2])
@every_version
def test_a_message_reaches_subscribers_of_every_version(subscriber, pub, version, qos):
    readers = [subscriber("mosquitto", "-V", other, "-q", qos, "-t", "a/#") for other in VERSIONS]
    pub(version, "-t", "a/b", "-m", "23.5", "-q", qos)
    for reader in readers:
        assert reader.next_line() == "a/b 23.5"


@pytest.mark.parametrize("qos", [0, 1, 2])
@every_version
def test_lines_keep_their_order(subscriber, pub, version, qos):
    reader = subscriber("mosquitto", "-V", version, "-q", qos, "-t", "a/#")
    lines = [f"line {number}" for number in range(100)]
    pub(version, "-t", "a/b", "-l", "-q", qos, input="\n".join(lines).encode())
    assert [reader.next_line() for _ in lines] == [f"a/b {line}" for line in lines]


@every_version
def test_a_large_file_arrives_whole(tmp_path, sub, pub, version):
    path = tmp_path / "file"
    path.write_text("0123456789abcdef" * 40_000, encoding="ascii")
    pub(version, "-t", "a/b", "-f", path, "-q", 1, "-r")
    assert sub(version, "-t", "a/b", "-q", 1, "-C", 1) == [path.read_text(encoding="ascii")]


@every_version
def test_a_retained_message_stays_until_it_is_cleared(pub, sub, version):
    pub(version, "-t", "a/b", "-m", "old", "-r", "-q", 1)
    pub(version, "-t", "a/b", "-m", "new", "-r", "-q", 1)
    pub(version, "-t", "a/c", "-m", "other", "-r", "-q", 1)
    assert sub(version, "-t", "a/b", "-C", 1, "-F", "%r %p") == ["1 new"]
    pub(version, "-t", "a/b", "-n", "-r", "-q", 1)
    assert sub(version, "-t", "a/+", "-C", 1, "-F", "%t %p") == ["a/c other"]


@every_version
def test_retained_messages_can_be_removed_by_a_subscriber(
        broker, runner, subscriber, pub, sub, version):
    watcher = subscriber("mosquitto", "-t", "r/+", "-F", "%t %p|%l")
    for name in "abc":
        pub(version, "-t", f"r/{name}", "-m", "x", "-r", "-q", 1)
        assert watcher.next_line() == f"r/{name} x|1"
    remover = LineProcess(runner.command(
        "mosquitto", "sub", "-p", broker.mqtt_port, "-V", version, "-t", "r/+",
        "--remove-retained"))
    removed = [watcher.next_line() for _ in range(3)]
    remover.stop()
    assert sorted(removed) == ["r/a |0", "r/b |0", "r/c |0"]
    pub(version, "-t", "last", "-m", "x", "-r", "-q", 1)
    assert sub(version, "-t", "r/+", "-t", "last", "-C", 1, "-F", "%t") == ["last"]


@pytest.mark.parametrize("retained", [[], ["--will-retain"]], ids=["plain", "retained"])
@every_version
def test_a_will_tells_of_a_killed_client(subscriber, sub, version, retained):
    reader = subscriber("mosquitto", "-V", version, "-q", 1, "-t", "will/#")
    dying = subscriber(
        "mosquitto", "-V", version, "-t", "a", "--will-topic", "will/a", "--will-payload", "gone",
        "--will-qos", 1, *retained)
    dying.stop()
    assert reader.next_line() == "will/a gone"
    if retained:
        assert sub(version, "-t", "will/a", "-C", 1) == ["gone"]


@pytest.mark.parametrize("qos", [1, 2])
@every_version
def test_a_kept_session_waits_for_its_client(pub, sub, version, qos):
    keep = ["-i", "keeper", "-c", "-q", qos, "-t", "a/#"]
    if version == "5":
        keep += ["-x", 60]
    assert sub(version, *keep, "-E") == []
    for number in range(3):
        pub(version, "-t", f"a/{number}", "-m", number, "-q", qos)
    assert sub(version, *keep, "-C", 3, "-F", "%t %p %q") == [
        f"a/{number} {number} {qos}" for number in range(3)]


@every_version
def test_a_session_that_is_not_kept_is_gone(pub, sub, version):
    sub(version, "-i", "guest", "-q", 1, "-t", "a/#", "-E")
    pub(version, "-t", "a/b", "-m", "lost", "-q", 1)
    pub(version, "-t", "last", "-m", "x", "-q", 1, "-r")
    assert sub(version, "-i", "guest", "-c", "-q", 1, "-t", "last", "-C", 1) == ["x"]


@every_version
def test_unsubscribing_from_a_kept_session(pub, sub, version):
    keep = ["-i", "keeper", "-c", "-q", 1, *(["-x", 60] if version == "5" else [])]
    sub(version, *keep, "-t", "one", "-t", "two", "-E")
    sub(version, *keep, "-t", "three", "-U", "one", "-E")
    pub(version, "-t", "one", "-m", "1", "-q", 1)
    pub(version, "-t", "two", "-m", "2", "-q", 1)
    assert sub(version, *keep, "-t", "three", "-C", 1, "-F", "%t") == ["two"]


@every_version
def test_a_shared_subscription_shares(subscriber, pub, version):
    readers = [subscriber("mosquitto", "-V", version, "-q", 1, "-t", "$share/g/jobs/+")
               for _ in range(2)]
    everything = subscriber("mosquitto", "-V", version, "-q", 1, "-t", "jobs/+")
    lines = [f"{number}" for number in range(20)]
    pub(version, "-t", "jobs/a", "-l", "-q", 1, input="\n".join(lines).encode())
    pub(version, "-t", "jobs/a", "-l", "-q", 1, input=b"end\nend")
    assert [everything.next_line() for _ in range(22)][-1] == "jobs/a end"
    shares = [list(iter(reader.next_line, "jobs/a end")) for reader in readers]
    assert all(shares)
    assert sorted(shares[0] + shares[1]) == sorted(f"jobs/a {line}" for line in lines)


@every_version
def test_request_and_response(python_client, mosquitto, version):
    responder = python_client(version=paho.MQTTv5)
    responder.client.on_message = lambda client, _data, request: client.publish(
        getattr(request.properties, "ResponseTopic", "answers/fixed"), request.payload[::-1], 1)
    responder.subscribe("questions", 1)
    result = mosquitto(
        "rr", version, "-t", "questions", "-e", "answers/fixed", "-m", "stressed", "-q", 1, "-W", 20)
    assert (result.returncode, result.stdout) == (0, b"desserts\n")


def test_a_request_carries_its_response_topic_and_correlation_data(python_client, mosquitto):
    requests = queue.Queue()
    responder = python_client(version=paho.MQTTv5)

    def respond(client, _data, request):
        requests.put(request.properties)
        client.publish(request.properties.ResponseTopic, "fine", 1)

    responder.client.on_message = respond
    responder.subscribe("questions", 1)
    result = mosquitto(
        "rr", "5", "-t", "questions", "-e", "answers/mine", "-m", "how", "-q", 1, "-W", 20,
        "-D", "publish", "correlation-data", "42")
    assert result.stdout == b"fine\n"
    request = requests.get(timeout=1)
    assert (request.ResponseTopic, request.CorrelationData) == ("answers/mine", b"42")


PROPERTIES = [
    "-D", "publish", "content-type", "text/plain", "-D", "publish", "response-topic", "b/c",
    "-D", "publish", "correlation-data", "42", "-D", "publish", "payload-format-indicator", "1",
    "-D", "publish", "user-property", "one", "1", "-D", "publish", "user-property", "one", "2"]
PROPERTIES_FORMAT = "%p|%C|%R|%D|%F|%P"
PROPERTIES_LINE = "x|text/plain|b/c|42|1|one:1 one:2"


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_properties_arrive(subscriber, pub, qos):
    reader = subscriber("mosquitto", "-V", "5", "-q", qos, "-t", "a", "-F", "%t " + PROPERTIES_FORMAT)
    plain = subscriber("mosquitto", "-V", "311", "-q", qos, "-t", "a")
    pub("5", "-t", "a", "-m", "x", "-q", qos, *PROPERTIES)
    assert reader.next_line() == f"a {PROPERTIES_LINE}"
    assert plain.next_line() == "a x"


def test_properties_of_a_retained_message_arrive(pub, sub):
    pub("5", "-t", "a", "-m", "x", "-q", 1, "-r", *PROPERTIES)
    assert sub("5", "-t", "a", "-C", 1, "-F", PROPERTIES_FORMAT) == [PROPERTIES_LINE]
    assert sub("311", "-t", "a", "-C", 1) == ["x"]


def test_properties_wait_with_their_message(pub, sub):
    keep = ["-i", "keeper", "-c", "-q", 1, "-x", 60, "-t", "a"]
    sub("5", *keep, "-E")
    pub("5", "-t", "a", "-m", "x", "-q", 1, *PROPERTIES)
    assert sub("5", *keep, "-C", 1, "-F", PROPERTIES_FORMAT) == [PROPERTIES_LINE]


def test_the_rest_of_an_expiry_arrives(pub, sub):
    pub("5", "-t", "a", "-m", "x", "-q", 1, "-r", "-D", "publish", "message-expiry-interval", 1000)
    [line] = sub("5", "-t", "a", "-C", 1, "-F", "%E")
    assert 900 < int(line) <= 1000


def test_a_will_has_properties(subscriber, runner, broker):
    reader = subscriber("mosquitto", "-V", "5", "-q", 1, "-t", "will/#", "-F", "%t %p %C %P")
    dying = subscriber(
        "mosquitto", "-V", "5", "-t", "a", "--will-topic", "will/a", "--will-payload", "gone",
        "-D", "will", "content-type", "text/plain", "-D", "will", "user-property", "k", "v")
    dying.stop()
    assert reader.next_line() == "will/a gone text/plain k:v"


def test_a_subscription_identifier_and_retain_as_published(pub, sub):
    pub("5", "-t", "a", "-m", "x", "-q", 1, "-r")
    assert sub("5", "-t", "a", "-C", 1, "--retain-as-published", "-F", "%r %S") == ["1 "]


def test_a_repeated_message_by_its_topic_alias(subscriber, pub):
    reader = subscriber("mosquitto", "-V", "5", "-q", 1, "-t", "a/#")
    pub("5", "-t", "a/long/topic", "-m", "x", "-q", 1, "--repeat", 3,
        "-D", "publish", "topic-alias", 3)
    assert [reader.next_line() for _ in range(3)] == ["a/long/topic x"] * 3


def test_properties_of_every_packet_are_accepted(pub, sub):
    mine = [part for packet in ("connect", "disconnect")
            for part in ("-D", packet, "user-property", "k", "v")]
    pub("5", "-t", "a", "-m", "x", "-q", 1, "-r", *mine,
        "-D", "connect", "receive-maximum", 3, "-D", "connect", "maximum-packet-size", 1000,
        "-D", "connect", "request-problem-information", 0,
        "-D", "connect", "request-response-information", 1)
    assert sub("5", "-t", "a", "-C", 1, *mine, "-D", "subscribe", "user-property", "k", "v",
               "-x", 60, "-c", "-i", "me") == ["x"]


def test_a_receive_maximum_of_one_gets_all(pub, sub):
    for number in range(10):
        pub("5", "-t", f"a/{number}", "-m", number, "-q", 1, "-r")
    lines = sub("5", "-t", "a/+", "-q", 2, "-C", 10, "-D", "connect", "receive-maximum", 1)
    assert sorted(lines, key=int) == [str(number) for number in range(10)]


@pytest.mark.parametrize("verb, rest", [
    ("pub", ["-m", "x"]), ("sub", ["-W", 20]), ("rr", ["-e", "b", "-m", "x", "-W", 20])])
@pytest.mark.parametrize("version, status", [("31", 5), ("311", 5), ("5", 135)])
def test_a_refusal_is_the_clients_status(start_daemon, runner, verb, rest, version, status):
    broker = start_daemon("listener 0 127.0.0.1\nallow_anonymous false\n")
    result = runner.run(
        "mosquitto", verb, "-p", broker.mqtt_port, "-V", version, "-t", "a", *rest)
    assert result.returncode == status


def test_waiting_in_vain_is_status_27(mosquitto):
    assert mosquitto("sub", "5", "-t", "a", "-W", 1).returncode == 27


def test_debug_shows_the_reason_codes(mosquitto):
    result = mosquitto("pub", "5", "-t", "nobody", "-m", "x", "-q", 1, "-d")
    assert b"received PUBACK (Mid: 1, RC:16)" in result.stdout
    result = mosquitto("sub", "5", "-t", "a", "-E", "-d")
    assert b"Subscribed (mid: 1): 0" in result.stdout

"""`martlet pub` and `martlet sub`: sources of messages, forms of output, sessions, signals."""

import signal
import subprocess

import pytest

from programs import LineProcess


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_each_line_of_input_is_a_message(broker, runner, subscriber, qos):
    reader = subscriber("mosquitto", "-t", "lines", "-q", qos)
    lines = "".join(f"line {number}\n" for number in range(300)) + "\nlast without end"
    runner.publish(
        "martlet", broker.mqtt_port, "-t", "lines", "-l", "-q", qos, input=lines.encode())
    for number in range(300):
        assert reader.next_line() == f"lines line {number}"
    assert reader.next_line() in ("lines (null)", "lines ")
    assert reader.next_line() == "lines last without end"


def test_lines_may_come_from_a_plain_file(broker, runner, subscriber, tmp_path):
    reader = subscriber("mosquitto", "-t", "lines")
    path = tmp_path / "lines"
    path.write_bytes(b"one\ntwo\n")
    with path.open("rb") as lines:
        runner.publish("martlet", broker.mqtt_port, "-t", "lines", "-l", stdin=lines)
    assert [reader.next_line(), reader.next_line()] == ["lines one", "lines two"]


def test_a_message_may_be_a_file_or_all_of_standard_input(broker, runner, tmp_path):
    payload = bytes(range(256)) * 2000
    path = tmp_path / "payload"
    path.write_bytes(payload)
    common = ["-t", "whole", "-r", "-q", 1]
    show = ["-p", broker.mqtt_port, "-t", "whole", "-C", 1, "-N", "-W", 20]
    runner.publish("martlet", broker.mqtt_port, *common, "-f", path)
    assert runner.run("martlet", "sub", *show).stdout == payload
    runner.publish("martlet", broker.mqtt_port, *common, "-s", input=payload[::-1])
    assert runner.run("martlet", "sub", *show).stdout == payload[::-1]


def test_a_null_message_removes_what_was_retained(broker, runner):
    runner.publish("martlet", broker.mqtt_port, "-t", "kept", "-m", "x", "-r", "-q", 1)
    runner.publish("martlet", broker.mqtt_port, "-t", "kept", "-n", "-r", "-q", 1)
    result = runner.run("martlet", "sub", "-p", broker.mqtt_port, "-t", "kept", "-W", 1)
    assert (result.returncode, result.stdout) == (27, b"")


@pytest.mark.parametrize(
    "arguments",
    [
        ["-t", "a", "-m", "x", "-n"], ["-t", "a"], ["-t", "a", "-m", "x", "-P", "word"],
        ["-t", "a", "-m", "x", "-c"], ["-t", "a", "-m", "x", "-i", "a", "-I", "b"],
        ["-t", "a", "-m", "x", "--will-qos", "1"], ["-t", "", "-m", "x"],
    ],
)
def test_options_that_contradict_each_other_are_status_1(runner, arguments):
    result = runner.run("martlet", "pub", *arguments)
    assert result.returncode == 1 and result.stderr.startswith(b"Error: ")


def test_retained_messages_can_be_left_out(broker, runner):
    runner.publish("martlet", broker.mqtt_port, "-t", "kept", "-m", "x", "-r", "-q", 1)
    result = runner.run("martlet", "sub", "-p", broker.mqtt_port, "-t", "kept", "-R", "-W", 1)
    assert (result.returncode, result.stdout) == (27, b"")


def test_a_kept_session_collects_messages(broker, runner):
    session = ["-p", broker.mqtt_port, "-i", "collector", "-c", "-q", 1, "-t", "mail"]
    assert runner.run("martlet", "sub", *session, "-E", "-W", 20).returncode == 0
    runner.publish("martlet", broker.mqtt_port, "-t", "mail", "-m", "one", "-q", 1)
    result = runner.run("martlet", "sub", *session, "-C", 1, "-W", 20)
    assert (result.returncode, result.stdout) == (0, b"one\n")


def test_the_will_of_a_killed_client_arrives(broker, runner, subscriber):
    reader = subscriber("mosquitto", "-t", "wills")
    victim = LineProcess(runner.command(
        "martlet", "sub", "-p", broker.mqtt_port, "-t", "a", "-d", "--will-topic", "wills",
        "--will-payload", "gone"))
    while "SUBACK" not in victim.next_line():
        pass
    victim.stop()
    assert reader.next_line() == "wills gone"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_sub_with_its_farewell(broker, runner, subscriber, number):
    reader = subscriber("mosquitto", "-t", "wills")
    process = LineProcess(runner.command(
        "martlet", "sub", "-p", broker.mqtt_port, "-t", "a", "-d", "--will-topic", "wills"))
    while "SUBACK" not in process.next_line():
        pass
    process.process.send_signal(number)
    assert process.process.wait(20) == 0
    runner.publish("mosquitto", broker.mqtt_port, "-t", "wills", "-m", "end of test")
    assert reader.next_line() == "wills end of test"


def test_sub_connects_again_to_a_broker_that_was_away(start_daemon, runner):
    first = start_daemon("listener 0 127.0.0.1\nallow_anonymous true\n")
    port = first.mqtt_port
    reader = LineProcess(runner.command("martlet", "sub", "-p", port, "-t", "a", "-d"))
    try:
        while "SUBACK" not in reader.next_line():
            pass
        first.end()
        start_daemon(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
        while "SUBACK" not in reader.next_line():
            pass
        runner.publish("martlet", port, "-t", "a", "-m", "back")
        while reader.next_line() != "back":
            pass
    finally:
        reader.stop()


@pytest.mark.parametrize("qos", [0, 1, 2])
@pytest.mark.parametrize("pub, sub", [
    ("martlet", "martlet"), ("martlet", "mosquitto"), ("mosquitto", "martlet"),
])
def test_version_3_1_is_spoken(broker, runner, subscriber, pub, sub, qos):
    reader = subscriber(sub, "-V", "mqttv31", "-i", "reader", "-t", "old", "-q", qos)
    writer = ["-V", "mqttv31", "-i", "writer"]
    runner.publish(pub, broker.mqtt_port, *writer, "-t", "old", "-m", "x", "-q", qos)
    assert reader.next_line() == "old x"


def test_a_kept_session_of_3_1_collects_messages_at_qos_2(broker, runner):
    session = ["-p", broker.mqtt_port, "-V", "31", "-i", "old", "-c", "-q", 2, "-t", "mail"]
    assert runner.run("martlet", "sub", *session, "-E", "-W", 20).returncode == 0
    for text in ("one", "two"):
        runner.publish("martlet", broker.mqtt_port, "-t", "mail", "-m", text, "-q", 2)
    result = runner.run("martlet", "sub", *session, "-C", 2, "-W", 20)
    assert (result.returncode, result.stdout) == (0, b"one\ntwo\n")


def test_a_reader_that_goes_away_ends_sub(broker, runner, python_client):
    writer = python_client()
    for number in range(10):
        writer.publish(f"many/{number}", "x" * 100_000, 1, retain=True)
    command = runner.command("martlet", "sub", "-p", broker.mqtt_port, "-t", "many/#")
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    process.stdout.read(10)
    process.stdout.close()
    assert process.wait(20) == 0

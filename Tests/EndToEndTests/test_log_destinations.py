"""Where log lines go: the system's log, the journal, topics, several at once, nowhere."""

import re
import signal
import subprocess

import pytest

from daemon import Daemon, eventually
from namespaces import namespace  # noqa: F401
from nodes import UDPNode
from packets import V311, connect
from peers import Peer
from programs import Subscriber

PLAIN = "listener 0 127.0.0.1\nallow_anonymous true\nsys_interval 0\n"


@pytest.fixture
def confined(martlet, namespace, tmp_path):  # noqa: F811
    """Starts a daemon in the namespace; it writes a log file as well."""
    daemons = []

    def start(configuration):
        output, log, path = (tmp_path / name for name in ("output", "log", "martlet.conf"))
        path.write_text(f"{PLAIN}{configuration}log_dest file {log}\n", encoding="utf-8")
        command = namespace.command([martlet, "run", "-c", str(path)])
        daemons.append(Daemon(command, output, log))
        daemons[-1].wait_until_running()
        return daemons[-1]

    yield start
    for daemon in daemons:
        daemon.finish()


def entries(socket, wanted):
    """The datagrams that come, up to the first that contains `wanted`."""
    found = []
    while not found or wanted not in found[-1]:
        found.append(socket.recv(1 << 17))
    return found


# effect: log_facility
@pytest.mark.parametrize("option, facility", [
    ("", 3), ("log_facility 0\n", 16), ("log_facility 7\n", 23)])
def test_the_system_log_gets_each_line_with_facility_and_severity(
        confined, namespace, option, facility):  # noqa: F811
    socket = namespace.listen("/dev/log")
    daemon = confined(f"log_dest syslog\n{option}persistence true\n")
    lines = entries(socket, b" running")
    form = rf"<(\d+)>\w+ +\d+ [\d:]+ martlet\[{daemon.process.pid}\]: (.*)".encode()
    told = dict(reversed(re.fullmatch(form, line.rstrip(b"\0")).groups()) for line in lines)
    assert any(text.startswith(b"martlet version") for text in told)
    for text, number in told.items():
        assert int(number) == facility * 8 + (4 if b"has no effect" in text else 6)


def test_without_syslog_the_system_log_gets_nothing(confined, namespace):  # noqa: F811
    socket = namespace.listen("/dev/log")
    confined("log_dest stderr\n")
    socket.setblocking(False)
    with pytest.raises(BlockingIOError):
        socket.recv(1)


class TestJournal:
    """Standard error leads to the journal, as the variable JOURNAL_STREAM says."""

    @pytest.fixture
    def journal(self, namespace, tmp_path, monkeypatch):  # noqa: F811
        output = tmp_path / "output"
        output.touch()
        status = output.stat()
        monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino}")
        return namespace.listen("/run/systemd/journal/socket")

    @staticmethod
    def fields(entry):
        return dict(line.split("=", 1) for line in entry.decode().splitlines())

    def test_a_refusal_has_the_client_the_user_and_the_peer_as_fields(
            self, journal, confined, runner, tmp_path):
        access = tmp_path / "acl"
        access.write_text("topic read #\n")
        daemon = confined(f"log_dest stderr\nacl_file {access}\n")
        runner.publish(
            "mosquitto", daemon.mqtt_port, "-i", "c1", "-u", "ann", "-t", "secret", "-m", "x",
            "-q", 1)
        told = self.fields(entries(journal, b"not allowed")[-1])
        assert "secret" in told["MESSAGE"]
        assert (told["CLIENT_ID"], told["USER"], told["PRIORITY"]) == ("c1", "ann", "5")
        assert told["PEER"].startswith("127.0.0.1:") and told["SYSLOG_IDENTIFIER"] == "martlet"
        assert "NODE" not in told
        assert (tmp_path / "output").read_text() == ""

    def test_a_node_is_a_field_too(self, journal, confined):
        daemon = confined("log_dest stderr\nlistener 0 127.0.0.1\nprotocol mqttsn\n")
        node = UDPNode(daemon.sn_port)
        node.connect("n1")
        told = self.fields(entries(journal, b"New node connected")[-1])
        assert (told["CLIENT_ID"], told["NODE"]) == ("n1", "n1")
        node.close()

    def test_a_line_feed_in_a_client_id_begins_no_field(self, journal, confined):
        daemon = confined("log_dest stderr\n")
        peer = Peer(daemon.mqtt_port)
        peer.send(connect(V311, "a\nPRIORITY=0\nMESSAGE=forged"))
        told = entries(journal, b"New client connected")[-1].decode().splitlines()
        peer.close()
        names = [line.split("=", 1)[0] for line in told]
        assert names == ["MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "CLIENT_ID", "PEER"]
        assert told[3] == "CLIENT_ID=a?PRIORITY=0?MESSAGE=forged"

    def test_a_long_client_id_is_cut_off(self, journal, confined):
        daemon = confined("log_dest stderr\nmax_clientid_length 65535\n")
        peer = Peer(daemon.mqtt_port)
        peer.send(connect(V311, 60_000 * "x"))
        told = self.fields(entries(journal, b"New client connected")[-1])
        peer.close()
        assert len(told["CLIENT_ID"]) == 16384

    def test_a_journal_that_is_gone_leaves_the_lines_to_standard_error(
            self, journal, confined, tmp_path):
        daemon = confined("log_dest stderr\n")
        journal.close()
        daemon.process.send_signal(signal.SIGUSR1)
        assert eventually(lambda: "Nothing to save" in (tmp_path / "output").read_text())

    def test_another_stream_than_the_journals_gets_plain_lines(
            self, journal, confined, tmp_path, monkeypatch):
        monkeypatch.setenv("JOURNAL_STREAM", "1:1")
        confined("log_dest stderr\n")
        assert " running" in (tmp_path / "output").read_text()
        journal.setblocking(False)
        with pytest.raises(BlockingIOError):
            journal.recv(1)


class TestTopics:
    """`log_dest topic`."""

    OPTIONS = PLAIN + "log_type all\nlog_dest stderr\n"

    @pytest.fixture
    def listen(self, start_daemon, runner):
        """Starts a daemon and subscribes to its log; gives both."""
        started = []

        def start(options, *arguments):
            daemon = start_daemon(self.OPTIONS + options)
            started.append(Subscriber(
                runner, "mosquitto", daemon.mqtt_port,
                ["-t", "$SYS/broker/log/#", "-t", "end", *arguments], "ready"))
            return daemon, started[-1]

        yield start
        for subscriber in started:
            subscriber.stop()

    @staticmethod
    def lines(daemon, subscriber, runner):
        """All lines that are published now."""
        runner.publish("mosquitto", daemon.mqtt_port, "-i", "e", "-t", "end", "-m", "x")
        return list(iter(subscriber.next_line, "end x"))

    def test_lines_are_published_by_their_type(self, listen, runner):
        daemon, subscriber = listen("log_dest topic\n")
        runner.run("mosquitto", "sub", "-p", daemon.mqtt_port, "-i", "s", "-t", "a", "-q", 1,
                   "-U", "b", "-E")
        daemon.process.send_signal(signal.SIGUSR1)
        daemon.wait_for_log("Nothing to save")
        lines = [re.sub(r" \d+: ", " ", line)
                 for line in self.lines(daemon, subscriber, runner)]
        assert "$SYS/broker/log/M/subscribe s 1 a" in lines
        assert "$SYS/broker/log/M/unsubscribe s b" in lines
        assert "$SYS/broker/log/N Nothing to save: nothing is stored on disk yet." in lines
        assert any(re.match(r"\$SYS/broker/log/N New client connected from .* as s ", line)
                   for line in lines)
        # As the manual says: what is published would be debugged in turn.
        assert not any("/D " in line or "Sending" in line for line in lines)
        assert "Sending PUBLISH" in daemon.log

    def test_without_it_nothing_is_published(self, listen, runner):
        daemon, subscriber = listen("")
        assert self.lines(daemon, subscriber, runner) == []

    def test_errors_warnings_and_information_have_their_letters(self, listen, runner, tmp_path):
        users = tmp_path / "users"
        users.write_text("")
        daemon, subscriber = listen(f"log_dest topic\npassword_file {users}\n")
        users.write_text("no hash\n")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for_log("What was in force stays")
        lines = self.lines(daemon, subscriber, runner)
        assert any(line.startswith("$SYS/broker/log/I ") and "Reloading" in line for line in lines)
        assert any(line.startswith("$SYS/broker/log/E ") and "users" in line for line in lines)

    def test_a_line_about_a_lost_line_is_not_published(self, listen, runner):
        """A session that is away takes one line and loses the others."""
        daemon, subscriber = listen("log_dest topic\nmax_queued_messages 1\n")
        runner.run("mosquitto", "sub", "-p", daemon.mqtt_port, "-i", "away", "-c", "-q", 1,
                   "-t", "$SYS/broker/log/#", "-E")
        for _ in range(5):
            runner.publish("mosquitto", daemon.mqtt_port, "-t", "x", "-m", "x")
        daemon.wait_for_log("being dropped for client away")
        lines = self.lines(daemon, subscriber, runner)
        assert lines and not any("being dropped" in line for line in lines)

    def test_lines_are_not_retained(self, listen, runner):
        daemon, _ = listen("log_dest topic\n")
        result = runner.run(
            "mosquitto", "sub", "-p", daemon.mqtt_port, "-t", "$SYS/broker/log/N",
            "--retained-only", "-W", 1)
        assert b"" == result.stdout


def test_several_destinations_get_the_same_lines(martlet, tmp_path):
    files = {name: tmp_path / name for name in ("stdout", "stderr", "log", "martlet.conf")}
    files["martlet.conf"].write_text(
        f"{PLAIN}log_dest stdout\nlog_dest stderr\nlog_dest file {files['log']}\n")
    with files["stdout"].open("wb") as out, files["stderr"].open("wb") as err:
        process = subprocess.Popen(
            [martlet, "run", "-c", files["martlet.conf"]], stdout=out, stderr=err)
    assert eventually(lambda: files["log"].exists() and " running" in files["log"].read_text())
    process.terminate()
    assert process.wait(20) == 0
    text = files["log"].read_text()
    assert "terminating" in text
    assert files["stdout"].read_text() == text == files["stderr"].read_text()


# effect: log_dest
@pytest.mark.parametrize("order", ["log_dest stderr\nlog_dest none\n", "log_dest none\n"])
def test_none_is_none(martlet, runner, tmp_path, order):
    pid, path, output = (tmp_path / name for name in ("pid", "martlet.conf", "output"))
    path.write_text(f"{PLAIN}log_type all\n{order}pid_file {pid}\n")
    daemon = Daemon([martlet, "run", "-c", str(path)], output)
    assert eventually(lambda: pid.exists() and pid.read_text())
    assert daemon.end() == 0
    assert daemon.log == ""

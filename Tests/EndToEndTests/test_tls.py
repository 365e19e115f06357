"""TLS listeners, seen with Debian's clients and paho."""

import signal
import socket
import ssl
import subprocess

import paho.mqtt.client as paho
import pytest

from certificates import Authority
from daemon import PATIENCE
from pythonclients import PythonClient

SERVER = "listener 0 127.0.0.1\ncertfile {0}\nkeyfile {1}\n"
COMMON = "allow_anonymous true\nlog_type all\n"


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def server(authority):
    """A listener with a certificate, as a configuration says it."""
    return SERVER.format(*authority.sign("server", "/CN=localhost"))


def publish(daemon, *arguments, host="localhost", topic="a", text="x"):
    """What mosquitto_pub says to publishing at QoS 1."""
    return subprocess.run(
        ["mosquitto_pub", "-h", host, "-p", str(daemon.mqtt_port), "-q", "1", "-t", topic, "-m",
         text, *map(str, arguments)],
        capture_output=True, text=True, timeout=PATIENCE, check=False)


def shown(pair):
    return ["--cert", pair[0], "--key", pair[1]]


@pytest.mark.parametrize("version", ["tlsv1.2", "tlsv1.3"])
def test_messages_of_all_sizes_come_through(start_daemon, server, authority, version):
    daemon = start_daemon(COMMON + server)
    receiver = subprocess.Popen(
        ["mosquitto_sub", "-h", "localhost", "-p", str(daemon.mqtt_port), "--cafile",
         str(authority.path), "-t", "big/+", "-C", "4", "-F", "%l", "-i", "receiver",
         "--tls-version", version],
        stdout=subprocess.PIPE, text=True)
    daemon.wait_for_log("as receiver")
    context = ssl.create_default_context(cafile=str(authority.path))
    client = TLSClient(daemon, context)
    for size in (0, 1, 16_384, 1_000_000):
        client.publish(f"big/{size}", b"x" * size)
    assert receiver.communicate(timeout=PATIENCE)[0].split() == ["0", "1", "16384", "1000000"]
    client.close()


class TLSClient:
    """paho over TLS."""

    def __init__(self, daemon, context, transport="tcp"):
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, transport=transport)
        self.client.tls_set_context(context)
        self.client.connect("localhost", daemon.mqtt_port)
        self.client.loop_start()

    def publish(self, topic, payload):
        message = self.client.publish(topic, payload, 1)
        message.wait_for_publish(PATIENCE)
        assert message.is_published()

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


def test_websocket_over_tls(start_daemon, server, authority):
    daemon = start_daemon(COMMON + server + "protocol websockets\n")
    context = ssl.create_default_context(cafile=str(authority.path))
    client = TLSClient(daemon, context, transport="websockets")
    client.publish("a", b"x" * 100_000)
    client.close()


def test_plain_mqtt_does_not_get_in(start_daemon, server):
    daemon = start_daemon(COMMON + server)
    with socket.create_connection(("127.0.0.1", daemon.mqtt_port), PATIENCE) as plain:
        plain.sendall(bytes.fromhex("100d00044d5154540402003c000161"))
        while plain.recv(100):
            pass
    daemon.wait_for_log("speak TLS|Socket error")
    assert "New client connected" not in daemon.log


def test_half_a_record_holds_nobody_up(start_daemon, server, authority):
    daemon = start_daemon(COMMON + "connect_timeout 1\n" + server)
    with socket.create_connection(("127.0.0.1", daemon.mqtt_port), PATIENCE) as half:
        half.sendall(bytes.fromhex("1603010200010001fc0303"))
        assert publish(daemon, "--cafile", authority.path).returncode == 0
        assert half.recv(100) == b""


# effect: cafile require_certificate
@pytest.mark.parametrize("protocol", ["mqtt", "websockets"])
def test_without_a_good_certificate_nobody_gets_in(
        start_daemon, server, authority, tmp_path, protocol):
    other = Authority(tmp_path)
    daemon = start_daemon(
        COMMON + server + f"protocol {protocol}\ncafile {authority.path}\n"
        "require_certificate true\n")
    for pair in (None, other.sign("stranger")):
        context = ssl.create_default_context(cafile=str(authority.path))
        if pair:
            context.load_cert_chain(*pair)
        assert not is_answered(daemon, context)
    context.load_cert_chain(*authority.sign("friend"))
    assert is_answered(daemon, context)


def is_answered(daemon, context):
    """Whether anything at all is answered to what is sent inside TLS."""
    try:
        with socket.create_connection(("localhost", daemon.mqtt_port), PATIENCE) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as secured:
                secured.sendall(bytes.fromhex("100d00044d5154540402003c000161"))
                return bool(secured.recv(100))
    except OSError:
        return False


# effect: use_identity_as_username use_subject_as_username
@pytest.mark.parametrize("option, user", [
    ("use_identity_as_username", "garden"), ("use_subject_as_username", "CN=garden,O=Home")])
def test_the_certificate_says_which_user_it_is(
        start_daemon, server, authority, tmp_path, option, user):
    (tmp_path / "acl").write_text(f"user {user}\ntopic write a\n", encoding="utf-8")
    pair = authority.sign("garden", "/O=Home/CN=garden")
    options = f"cafile {authority.path}\nrequire_certificate true\n"
    with_option = start_daemon(
        f"{COMMON}acl_file {tmp_path}/acl\n{server}{options}{option} true\n")
    arguments = ["--cafile", authority.path, "-V", "5", *shown(pair)]
    assert "not authori" not in publish(with_option, *arguments).stderr.lower()
    without = start_daemon(f"{COMMON}acl_file {tmp_path}/acl\n{server}{options}")
    assert "not authori" in publish(without, *arguments).stderr.lower()


# effect: crlfile
def test_a_certificate_that_was_taken_back_is_refused_after_a_reload(
        start_daemon, server, authority, tmp_path):
    pair = authority.sign("lost")
    empty = authority.revoke(authority.sign("somebody")[0])
    crl = tmp_path / "crl.pem"
    crl.write_bytes(empty.read_bytes())
    daemon = start_daemon(
        f"{COMMON}{server}cafile {authority.path}\nrequire_certificate true\ncrlfile {crl}\n")
    arguments = ["--cafile", authority.path, *shown(pair)]
    assert publish(daemon, *arguments).returncode == 0
    crl.write_bytes(authority.revoke(pair[0]).read_bytes())
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for_log("Reloading config")
    daemon.process.send_signal(0)
    assert publish(daemon, *arguments).returncode != 0
    daemon.wait_for_log("revoked|certificate verify failed")


def test_a_wrong_pair_at_reload_keeps_the_old_one(start_daemon, authority, tmp_path):
    pair = authority.sign("server", "/CN=localhost")
    stranger = authority.sign("second")
    certificate = tmp_path / "live.pem"
    certificate.write_bytes(pair[0].read_bytes())
    daemon = start_daemon(COMMON + SERVER.format(certificate, pair[1]))
    certificate.write_bytes(stranger[0].read_bytes())
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for_log("What was in force stays")
    assert publish(daemon, "--cafile", authority.path).returncode == 0


# effect: psk_hint psk_file
def test_secrets_in_place_of_certificates(start_daemon, tmp_path):
    (tmp_path / "psk").write_text("shed:0123456789abcdef\n", encoding="utf-8")
    (tmp_path / "acl").write_text("user shed\ntopic write a\n", encoding="utf-8")
    daemon = start_daemon(
        f"{COMMON}psk_file {tmp_path}/psk\nacl_file {tmp_path}/acl\nlistener 0 127.0.0.1\n"
        "psk_hint any\nuse_identity_as_username true\n")
    good = publish(daemon, "--psk", "0123456789abcdef", "--psk-identity", "shed", "-V", "5")
    assert (good.returncode, good.stderr) == (0, "")
    for key, name in (("0123456789abcdee", "shed"), ("0123456789abcdef", "other")):
        assert publish(daemon, "--psk", key, "--psk-identity", name).returncode != 0


# effect: tls_version
@pytest.mark.parametrize("option, gets_in", [("", True), ("tls_version tlsv1.3\n", False)])
def test_the_lowest_version_counts(start_daemon, server, authority, option, gets_in):
    daemon = start_daemon(COMMON + server + option)
    context = ssl.create_default_context(cafile=str(authority.path))
    assert is_answered(daemon, context)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert is_answered(daemon, context) == gets_in


def test_cipher_lists_count(start_daemon, server, authority):
    daemon = start_daemon(
        COMMON + server
        + "ciphers ECDHE-ECDSA-AES256-GCM-SHA384\nciphers_tls1.3 TLS_CHACHA20_POLY1305_SHA256\n")
    for version, cipher in (
            (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES256-GCM-SHA384"),
            (ssl.TLSVersion.TLSv1_3, "TLS_CHACHA20_POLY1305_SHA256")):
        context = ssl.create_default_context(cafile=str(authority.path))
        context.maximum_version = version
        with socket.create_connection(("localhost", daemon.mqtt_port), PATIENCE) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as secured:
                assert secured.cipher()[0] == cipher


@pytest.mark.parametrize("options, reason", [
    ("certfile {0}\n", "needs both certfile and keyfile"),
    ("cafile {0}\n", "neither certfile nor psk_hint"),
    ("psk_hint x\n", "psk_hint needs psk_file"),
    ("certfile {0}\nkeyfile {0}\n", "load key file"),
    ("certfile /nowhere\nkeyfile {1}\n", "load certificate"),
    ("certfile {0}\nkeyfile {1}\nrequire_certificate true\n", "needs cafile or capath"),
    ("certfile {0}\nkeyfile {1}\nciphers nonsense\n", "use the ciphers nonsense"),
    ("certfile {0}\nkeyfile {1}\nenable_proxy_protocol 2\n", "the proxy speaks TLS"),
])
def test_what_cannot_be_spoken_does_not_start(martlet, authority, tmp_path, options, reason):
    path = tmp_path / "wrong.conf"
    path.write_text(
        "listener 0 127.0.0.1\n" + options.format(*authority.sign("server")), encoding="utf-8")
    result = subprocess.run(
        [martlet, "run", "-c", str(path), "--test-config"], capture_output=True, text=True,
        timeout=PATIENCE, check=False)
    assert (result.returncode, reason in result.stderr) == (3, True), result.stderr

"""`pub`, `sub` and `rr` over TLS, with Mosquitto's options."""

import getpass
import os
import socket
import ssl
import stat
import subprocess
import threading

import pytest

from brokers import MosquittoBroker, free_port
from certificates import Authority
from daemon import PATIENCE

SERVER = "listener 0 127.0.0.1\ncertfile {0}\nkeyfile {1}\n"
COMMON = "allow_anonymous true\nlog_type all\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("client-authority"))


@pytest.fixture
def daemon(start_daemon, authority):
    return start_daemon(COMMON + SERVER.format(*authority.sign("server", "/CN=localhost")))


def publish(runner, daemon, *arguments, host="localhost"):
    return runner.run(
        "martlet", "pub", "-h", host, "-p", daemon.mqtt_port, "-t", "a", "-m", "x" * 100_000,
        "-q", 1, *arguments)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_good_certificate_is_taken(runner, daemon, authority, host):
    result = publish(runner, daemon, "--cafile", authority.path, host=host)
    assert (result.returncode, result.stderr) == (0, b"")
    daemon.wait_for_log("disconnected")


@pytest.mark.parametrize("options, is_taken", [([], False), (["--insecure"], True)])
def test_a_stranger_s_certificate_is_not(runner, daemon, tmp_path, options, is_taken):
    other = Authority(tmp_path)
    result = publish(runner, daemon, "--cafile", other.path, *options)
    assert (result.returncode == 0) == is_taken
    assert is_taken or b"certificate verify failed" in result.stderr


def test_a_certificate_of_another_host_is_not_taken(runner, start_daemon, tmp_path):
    authority = Authority(tmp_path)
    pair = authority.sign("server", "/CN=elsewhere.example", names="DNS:elsewhere.example")
    daemon = start_daemon(COMMON + SERVER.format(*pair))
    result = publish(runner, daemon, "--cafile", authority.path)
    assert result.returncode != 0 and b"certificate verify failed" in result.stderr


def test_the_own_certificate_is_shown(runner, start_daemon, authority):
    daemon = start_daemon(
        COMMON + SERVER.format(*authority.sign("server", "/CN=localhost"))
        + f"cafile {authority.path}\nrequire_certificate true\n")
    certificate, key = authority.sign("garden")
    shown = ["--cert", certificate, "--key", key]
    assert publish(runner, daemon, "--cafile", authority.path).returncode != 0
    assert publish(runner, daemon, "--cafile", authority.path, *shown).returncode == 0


def test_a_secret_is_enough(runner, start_daemon, tmp_path):
    (tmp_path / "psk").write_text("shed:0123456789abcdef\n", encoding="utf-8")
    daemon = start_daemon(
        f"{COMMON}psk_file {tmp_path}/psk\nlistener 0 127.0.0.1\npsk_hint any\n")
    for key, status in (("0123456789abcdef", 0), ("0123456789abcdee", None)):
        result = publish(runner, daemon, "--psk", key, "--psk-identity", "shed")
        assert result.returncode == 0 if status == 0 else result.returncode != 0


def test_urls_of_tls(runner, daemon, authority):
    result = runner.run(
        "martlet", "pub", "-L", f"mqtts://localhost:{daemon.mqtt_port}/a", "-m", "x", "--cafile",
        authority.path)
    assert (result.returncode, result.stderr) == (0, b"")


def test_no_tls_takes_the_options_back(runner, start_daemon, authority):
    daemon = start_daemon(COMMON + "listener 0 127.0.0.1\n")
    assert publish(runner, daemon, "--cafile", authority.path).returncode != 0
    assert publish(runner, daemon, "--cafile", authority.path, "--no-tls").returncode == 0


def test_a_folder_of_authorities(runner, daemon, authority, tmp_path):
    folder = tmp_path / "authorities"
    folder.mkdir()
    refused = publish(runner, daemon, "--capath", folder)
    assert refused.returncode == 8 and b"certificate verify failed" in refused.stderr
    (folder / "ca.pem").write_bytes(authority.path.read_bytes())
    subprocess.run(["openssl", "rehash", str(folder)], check=True)
    assert publish(runner, daemon, "--capath", folder).returncode == 0


def test_the_authorities_of_the_system(runner, daemon, authority, monkeypatch):
    assert publish(runner, daemon, "--tls-use-os-certs").returncode == 8
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    assert publish(runner, daemon, "--tls-use-os-certs").returncode == 0
    assert publish(runner, daemon).returncode != 0


@pytest.mark.parametrize("verb, rest", [("pub", ["-m", "x"]), ("sub", []),
                                        ("rr", ["-m", "x", "-e", "b"])])
def test_a_certificate_that_is_not_taken_ends_every_client(runner, daemon, tmp_path, verb, rest):
    """sub tried again for ever."""
    other = Authority(tmp_path)
    result = runner.run("martlet", verb, "-h", "localhost", "-p", daemon.mqtt_port, "-t", "a",
                        *rest, "--cafile", other.path)
    assert result.returncode == 8
    assert result.stderr == b"Error: speak TLS: certificate verify failed.\n"
    # The broker gets to know why, too.
    daemon.wait_for_log("unknown ca")


class TLSListener:
    """What a client proposes: takes one connection, and tells what was agreed on."""

    def __init__(self, pair):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*pair)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(PATIENCE)
        self.mqtt_port = self._listener.getsockname()[1]
        self.agreed = None

    def serve(self):
        with self._listener.accept()[0] as peer:
            peer.settimeout(PATIENCE)
            with self.context.wrap_socket(peer, server_side=True) as secured:
                self.agreed = (
                    secured.version(), secured.cipher()[0], secured.selected_alpn_protocol())

    def agree(self, client):
        """Serves while the client runs."""
        thread = threading.Thread(target=self.serve)
        thread.start()
        client()
        thread.join(PATIENCE)
        return self.agreed


@pytest.fixture
def listener(authority):
    return TLSListener(authority.sign("server", "/CN=localhost"))


@pytest.mark.parametrize("option", [[], ["--insecure"]])
def test_the_host_is_named(runner, listener, authority, option):
    """With --insecure it was not, and brokers of several names could not tell whom it is for."""
    names = []
    listener.context.sni_callback = lambda _socket, name, _context: names.append(name)
    listener.agree(lambda: publish(runner, listener, "--cafile", authority.path, *option))
    assert names == ["localhost"]


@pytest.mark.parametrize("options, cipher", [
    ([], "ECDHE-ECDSA-AES256-GCM-SHA384"),
    (["--ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256"], "ECDHE-ECDSA-AES128-GCM-SHA256"),
])
def test_ciphers_are_proposed(runner, listener, authority, options, cipher):
    listener.context.maximum_version = ssl.TLSVersion.TLSv1_2
    agreed = listener.agree(
        lambda: publish(runner, listener, "--cafile", authority.path, *options))
    assert agreed == ("TLSv1.2", cipher, None)


@pytest.mark.parametrize("options, name", [([], None), (["--tls-alpn", "mqtt"], "mqtt")])
def test_a_protocol_is_proposed(runner, listener, authority, options, name):
    listener.context.set_alpn_protocols(["mqtt", "http/1.1"])
    agreed = listener.agree(
        lambda: publish(runner, listener, "--cafile", authority.path, *options))
    assert agreed[2] == name


@pytest.mark.parametrize("version, gets_in", [("tlsv1.2", True), ("tlsv1.3", False)])
def test_the_lowest_version_counts(runner, listener, authority, version, gets_in):
    listener.context.maximum_version = ssl.TLSVersion.TLSv1_2

    def client():
        result = publish(
            runner, listener, "--cafile", authority.path, "--tls-version", version)
        assert gets_in or result.returncode == 8

    if gets_in:
        assert listener.agree(client)[0] == "TLSv1.2"
    else:
        thread = threading.Thread(
            target=lambda: pytest.raises(ssl.SSLError, listener.serve))
        thread.start()
        client()
        thread.join(PATIENCE)
        assert listener.agreed is None


def test_a_key_in_pem_may_be_said_to_be_so(runner, start_daemon, authority):
    daemon = start_daemon(
        COMMON + SERVER.format(*authority.sign("server", "/CN=localhost"))
        + f"cafile {authority.path}\nrequire_certificate true\n")
    certificate, key = authority.sign("garden")
    for form, status in (("pem", 0), ("engine", 1)):
        result = publish(runner, daemon, "--cafile", authority.path, "--cert", certificate,
                         "--key", key, "--keyform", form)
        assert result.returncode == status


def test_secrets_are_logged_for_nobody_else(runner, daemon, authority, tmp_path):
    path = tmp_path / "keys"
    path.write_text("# before\n", encoding="utf-8")
    path.chmod(0o644)
    result = publish(runner, daemon, "--cafile", authority.path, "--tls-keylog", path)
    assert result.returncode == 0
    assert result.stderr.decode().startswith(f"Warning: The secrets of TLS go to {path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# before"
    assert {line.split()[0] for line in lines[1:]} >= {
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"}


def test_the_daemon_logs_the_same_secrets(runner, start_daemon, authority, tmp_path):
    paths = [tmp_path / "daemon", tmp_path / "client"]
    daemon = start_daemon(
        COMMON + SERVER.format(*authority.sign("server", "/CN=localhost")),
        ["--tls-keylog", str(paths[0])])
    daemon.wait_for_log(f"The secrets of TLS go to {paths[0]}")
    publish(runner, daemon, "--cafile", authority.path, "--tls-keylog", paths[1])
    ours, theirs = ({line for line in path.read_text(encoding="utf-8").splitlines()
                     if "TRAFFIC_SECRET" in line} for path in paths)
    assert ours == theirs and ours
    assert stat.S_IMODE(paths[0].stat().st_mode) == 0o600


def test_a_key_log_that_cannot_be_written_lets_nobody_connect(runner, daemon, authority, tmp_path):
    link = tmp_path / "link"
    os.symlink(tmp_path / "elsewhere", link)
    mode = os.stat("/dev/null").st_mode
    for path in (tmp_path / "none" / "keys", link, "/dev/null"):
        result = publish(runner, daemon, "--cafile", authority.path, "--tls-keylog", path)
        assert result.returncode == 1 and b"write the key log" in result.stderr
    assert os.stat("/dev/null").st_mode == mode


@pytest.mark.parametrize("option", [
    ["--insecure"], ["--ciphers", "x"], ["--cert", "x", "--key", "x"], ["--psk-identity", "x"]])
def test_options_that_nothing_needs_are_told_of(runner, broker, option):
    result = publish(runner, broker, *option)
    assert result.returncode == 0
    assert result.stderr.decode().startswith(f"Warning: {option[0]} has no effect")
    assert publish(runner, broker, *option, "--no-tls").stderr == b""
    assert publish(runner, broker, *option, "--quiet").stderr == b""


@pytest.fixture(params=["martlet", "mosquitto"])
def web_port(request, start_daemon, tmp_path, authority):
    """The port of a broker that speaks WebSocket over TLS."""
    certificate, key = authority.sign("server", "/CN=localhost")
    options = ["protocol websockets", f"certfile {certificate}", f"keyfile {key}"]
    if request.param == "martlet":
        yield start_daemon(COMMON + "\n".join(["listener 0 127.0.0.1", *options, ""])).mqtt_port
        return
    # It does not start with nothing but a WebSocket listener.
    plain = f"listener {free_port()} 127.0.0.1"
    user = f"user {getpass.getuser()}"
    broker = MosquittoBroker(tmp_path / "mosquitto.conf", *options, user, plain)
    yield broker.port
    broker.finish()


@pytest.mark.parametrize("version", [31, 311, 5])
def test_websocket_over_tls(request, runner, web_port, authority, version):
    # Mosquitto takes seconds for what does not fit one of its reads.
    large = b"x" * (300_000 if "[martlet" in request.node.name else 2_000)
    where = ["-h", "localhost", "-p", web_port, "--ws", "--cafile", authority.path, "-V", version]
    for qos in (0, 1, 2):
        topic = ["-t", f"a/{qos}", "-q", qos]
        result = runner.run("martlet", "pub", *where, *topic, "-r", "-s", input=large)
        assert (result.returncode, result.stderr) == (0, b"")
        result = runner.run("martlet", "sub", *where, *topic, "-C", 1, "-N", "-W", 20)
        assert (result.returncode, result.stdout == large) == (0, True)


def test_urls_of_websocket_over_tls(runner, web_port, authority):
    url = f"WSS://localhost:{web_port}/a/b"
    secure = ["-L", url, "--cafile", authority.path]
    assert runner.run("martlet", "pub", *secure, "-m", "x", "-r", "-q", 1).returncode == 0
    result = runner.run("martlet", "sub", *secure, "-v", "-C", 1, "-W", 20)
    assert result.stdout == b"a/b x\n"
    # Nobody has said whom to trust.
    assert runner.run("martlet", "pub", "-L", url, "-m", "x").returncode == 8


def test_a_websocket_whose_certificate_is_a_strangers(runner, web_port, tmp_path):
    other = Authority(tmp_path)
    result = runner.run("martlet", "sub", "-h", "localhost", "-p", web_port, "--ws", "-t", "a",
                        "--cafile", other.path)
    assert (result.returncode, result.stderr) == (
        8, b"Error: speak TLS: certificate verify failed.\n")


@pytest.mark.parametrize("arguments, words", [
    (["--cafile", "/nowhere"], b"load cafile"),
    (["--cafile", "{ca}", "--cert", "{ca}"], b"Both certfile and keyfile"),
    (["--psk", "00"], b"--psk-identity required"),
    (["--psk", "0g", "--psk-identity", "x"], b"hexadecimal"),
    (["--cafile", "{ca}", "--tls-version", "tlsv1.1"], b"neither tlsv1.2 nor tlsv1.3"),
    (["--tls-version", "tlsv1"], b"neither tlsv1.2 nor tlsv1.3"),
    (["--cafile", "{ca}", "--cert", "a", "--key", "b", "--keyform", "engine"], b"only pem"),
    (["--keyform", "pem"], b"keyfile must be also specified"),
    (["--cafile", "{ca}", "--psk", "00", "--psk-identity", "x"], b"Only one of --psk or --cafile"),
    (["--cafile", "{ca}", "--ciphers", "nonsense"], b"use the ciphers nonsense"),
    (["--cafile", "{ca}", "--capath", "/nowhere/at/all", "--tls-alpn", "x" * 256], b"propose"),
    (["--tls-engine", "x"], b"--tls-engine is not supported"),
    (["--tls-engine-kpass-sha1", "x"], b"--tls-engine-kpass-sha1 is not supported"),
])
def test_what_the_options_cannot_mean(runner, authority, arguments, words):
    arguments = [text.format(ca=authority.path) for text in arguments]
    result = runner.run("martlet", "pub", "-t", "a", "-m", "x", *arguments)
    assert result.returncode == 1 and words in result.stderr

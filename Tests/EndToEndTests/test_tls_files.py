"""Files of TLS that change, or are wrong: by themselves, at SIGHUP and at the start."""

import os
import signal
import socket
import ssl
import subprocess

import pytest

from certificates import Authority
from daemon import PATIENCE, eventually

CONFIGURATION = "listener 0 127.0.0.1\ncertfile {0}\nkeyfile {1}\nallow_anonymous true\nlog_type all\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


class Live:
    """Links to certificate and key that are replaced as certbot does it."""

    def __init__(self, folder, pair):
        self.folder = folder
        self.certificate, self.key = folder / "fullchain.pem", folder / "privkey.pem"
        self.show(pair)

    def show(self, pair):
        for link, target in zip((self.certificate, self.key), pair):
            self.link(link, target)

    def link(self, link, target):
        (self.folder / "new").symlink_to(target)
        os.replace(self.folder / "new", link)

    @property
    def configuration(self):
        return CONFIGURATION.format(self.certificate, self.key)


@pytest.fixture
def live(tmp_path, authority):
    folder = tmp_path / "live"
    folder.mkdir()
    return Live(folder, authority.sign("first", "/CN=first"))


def subject(daemon):
    """The common name of the certificate that a new connection is shown."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", daemon.mqtt_port), PATIENCE) as plain:
        with context.wrap_socket(plain) as secured:
            certificate = secured.getpeercert(binary_form=True)
    shown = subprocess.run(
        ["openssl", "x509", "-inform", "DER", "-noout", "-subject"], input=certificate,
        capture_output=True, check=True)
    return shown.stdout.decode().split("CN = ")[1].strip()


def gets_in(daemon, authority, certificate, key):
    """Whether a client with that certificate gets in; the broker's own is of `authority`."""
    return subprocess.run(
        ["mosquitto_pub", "-h", "localhost", "-p", str(daemon.mqtt_port), "--cafile",
         authority.path, "--insecure", "--cert", certificate, "--key", key, "-t", "a", "-m", "x"],
        capture_output=True, timeout=PATIENCE, check=False).returncode == 0


def test_a_certificate_that_certbot_has_renewed_is_shown_without_a_signal(
        start_daemon, live, authority):
    daemon = start_daemon(live.configuration)
    assert subject(daemon) == "first"
    live.show(authority.sign("second", "/CN=second"))
    assert eventually(lambda: subject(daemon) == "second"), daemon.log
    live.show(authority.sign("third", "/CN=third"))
    assert eventually(lambda: subject(daemon) == "third"), daemon.log


def test_a_certificate_that_is_written_over_is_shown_without_a_signal(
        start_daemon, tmp_path, authority):
    certificate, key = tmp_path / "server.pem", tmp_path / "server.key"

    def write(pair):
        certificate.write_bytes(pair[0].read_bytes())
        key.write_bytes(pair[1].read_bytes())

    write(authority.sign("first", "/CN=first"))
    daemon = start_daemon(CONFIGURATION.format(certificate, key))
    write(authority.sign("second", "/CN=second"))
    assert eventually(lambda: subject(daemon) == "second"), daemon.log


def test_a_certificate_without_its_key_waits_for_the_key(start_daemon, live, authority):
    daemon = start_daemon(live.configuration)
    certificate, key = authority.sign("second", "/CN=second")
    live.link(live.certificate, certificate)
    daemon.wait_for_log(r"Error: .*privkey.pem.*What was in force stays\.")
    assert subject(daemon) == "first"
    live.link(live.key, key)
    assert eventually(lambda: subject(daemon) == "second"), daemon.log


@pytest.mark.parametrize("wrong, reason", [
    ("gone", "load certificate"), ("rubbish", "load certificate"),
    ("expired", 'fullchain.pem" has expired'),
])
@pytest.mark.parametrize("way", ["by itself", "SIGHUP"])
def test_a_wrong_certificate_is_named_and_the_old_one_stays(
        start_daemon, live, authority, wrong, reason, way):
    daemon = start_daemon(live.configuration)
    if wrong == "expired":
        live.show(authority.sign("old", "/CN=old", days=-1))
    else:
        live.certificate.unlink()
        if wrong == "rubbish":
            live.certificate.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n", encoding="utf-8")
    if way == "SIGHUP":
        daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for_log(rf"Error: .*{reason}.*What was in force stays\.")
    assert subject(daemon) == "first"


# After it nothing that has changed before is still to be seen.
QUICK = "connect_timeout 1\n"


def outlast(daemon):
    """Goes on when a connection that has begun now is given up."""
    with socket.create_connection(("127.0.0.1", daemon.mqtt_port), PATIENCE) as silent:
        daemon.wait_for_log("New connection")
        assert silent.recv(1) == b""


def test_files_beside_those_of_TLS_change_nothing(start_daemon, live):
    daemon = start_daemon(live.configuration + QUICK)
    daemon.wait_for_log("running")
    (live.folder / "other").write_text("x", encoding="utf-8")
    outlast(daemon)
    assert subject(daemon) == "first"
    assert "Reading changed files" not in daemon.log


def test_a_certificate_out_of_its_time_is_shown_at_the_start_with_a_warning(
        start_daemon, tmp_path, authority):
    pair = authority.sign("old", "/CN=old", days=-1)
    daemon = start_daemon(CONFIGURATION.format(*pair))
    daemon.wait_for_log(r'Warning: The certificate ".*old.pem" has expired\.')
    assert subject(daemon) == "old"
    # A wrong clock must not keep other changes out.
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for_log("has expired", 2)
    assert "What was in force stays" not in daemon.log


def test_secrets_that_change_count_without_a_signal(start_daemon, tmp_path):
    path = tmp_path / "psk"
    path.write_text("shed:00ff\n", encoding="utf-8")
    daemon = start_daemon(
        f"listener 0 127.0.0.1\npsk_file {path}\npsk_hint x\nallow_anonymous true\nlog_type all\n")

    def knows(key):
        return subprocess.run(
            ["mosquitto_pub", "-h", "localhost", "-p", str(daemon.mqtt_port), "--psk", key,
             "--psk-identity", "shed", "-t", "a", "-m", "x"], capture_output=True,
            timeout=PATIENCE, check=False).returncode == 0

    assert knows("00ff") and not knows("ff00")
    path.write_text("shed:ff00\n", encoding="utf-8")
    assert eventually(lambda: knows("ff00")) and not knows("00ff")


def test_an_authority_in_a_folder_counts_without_a_signal(start_daemon, live, tmp_path, authority):
    folder = tmp_path / "authorities"
    folder.mkdir()
    other = Authority(tmp_path, "Other CA")
    daemon = start_daemon(live.configuration + f"capath {folder}\nrequire_certificate true\n")
    certificate, key = other.sign("friend")
    (folder / "other.pem").write_bytes(other.path.read_bytes())
    subprocess.run(["openssl", "rehash", folder], check=True, capture_output=True)
    daemon.wait_for_log("Reading changed files of TLS")
    assert eventually(lambda: gets_in(daemon, authority, certificate, key)), daemon.log


@pytest.mark.parametrize("is_link", [False, True])
def test_an_authority_in_a_folder_that_is_written_over_counts_without_a_signal(
        start_daemon, live, tmp_path, authority, is_link):
    folder, elsewhere = tmp_path / "authorities", tmp_path / "elsewhere"
    place = elsewhere if is_link else folder
    for each in (folder, elsewhere, tmp_path / "old", tmp_path / "new"):
        each.mkdir()
    old, new = Authority(tmp_path / "old", "CA"), Authority(tmp_path / "new", "CA")
    (place / "ca.pem").write_bytes(old.path.read_bytes())
    if is_link:
        (folder / "ca.pem").symlink_to(place / "ca.pem")
    subprocess.run(["openssl", "rehash", folder], check=True, capture_output=True)
    daemon = start_daemon(live.configuration + f"capath {folder}\nrequire_certificate true\n")
    before, after = old.sign("old"), new.sign("new")
    assert gets_in(daemon, authority, *before) and not gets_in(daemon, authority, *after)
    (place / "ca.pem").write_bytes(new.path.read_bytes())
    assert eventually(lambda: gets_in(daemon, authority, *after)), daemon.log
    assert not gets_in(daemon, authority, *before)


def test_a_log_in_a_folder_of_authorities_does_not_make_it_read(start_daemon, live, tmp_path):
    folder = tmp_path / "authorities"
    folder.mkdir()
    log = folder / "log"
    log.touch()
    daemon = start_daemon(
        live.configuration + QUICK
        + f"capath {folder}\nlog_dest stderr\nlog_dest file {log}\n")
    outlast(daemon)
    assert "New connection" in log.read_text(encoding="utf-8")
    assert "Reading changed files" not in daemon.log


def test_a_handshake_octet_by_octet_is_given_up_in_time(start_daemon, live):
    daemon = start_daemon(live.configuration + "connect_timeout 1\n")
    with socket.create_connection(("127.0.0.1", daemon.mqtt_port), PATIENCE) as slow:
        slow.settimeout(0.05)
        closed = False
        # Twenty times as long as the daemon is to wait.
        for octet in bytes.fromhex("16030102000100 01fc 0303") + bytes(390):
            try:
                slow.sendall(bytes([octet]))
                closed = slow.recv(1) == b""
            except TimeoutError:
                continue
            except ConnectionError:
                closed = True
            if closed:
                break
        assert closed
    assert subject(daemon) == "first"


def test_many_that_begin_a_handshake_and_say_no_more_keep_nobody_out(start_daemon, live):
    daemon = start_daemon(live.configuration + "connect_timeout 2\n")
    waiting = [socket.create_connection(("127.0.0.1", daemon.mqtt_port), PATIENCE)
               for _ in range(100)]
    for stream in waiting:
        stream.sendall(bytes.fromhex("1603010200010001fc0303"))
    assert subject(daemon) == "first"
    for stream in waiting:
        assert stream.recv(1) == b""
        stream.close()


def test_nobody_can_renegotiate(start_daemon, live):
    daemon = start_daemon(live.configuration)
    client = subprocess.Popen(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{daemon.mqtt_port}", "-tls1_2"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    while "Verify return code" not in (line := client.stdout.readline()):
        assert line, "openssl has ended"
    said, _ = client.communicate("R\n", PATIENCE)
    assert "RENEGOTIATING" in said and "no renegotiation" in said
    assert client.returncode != 0 and subject(daemon) == "first"

"""Bridges over TLS."""

import ssl
import subprocess

import pytest

from bridges import LOCAL, bridge, wait_until_carried
from brokers import free_port
from certificates import Authority

SECRET = "0123456789abcdef"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("bridge-authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("bridge-stranger"))


@pytest.fixture(scope="module")
def server(authority):
    """Certificate and key of the remote broker."""
    return authority.sign("server", "/CN=localhost")


@pytest.fixture
def secured(remotes, server):
    """A remote broker that is played by hand, over TLS."""
    def make(pair=server, client_authority=None, **changes):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
        if client_authority:
            context.load_verify_locations(client_authority.path)
            context.verify_mode = ssl.CERT_REQUIRED
        for name, value in changes.items():
            if callable(getattr(context, name)):
                getattr(context, name)(value)
            else:
                setattr(context, name, value)
        return remotes(context=context)
    return make


@pytest.fixture
def calls(start_daemon):
    """Whether a bridge with these options comes as far as its CONNECT; and the connection."""
    def call(remote, *rows, arguments=()):
        daemon = start_daemon(LOCAL + bridge(remote.port, *rows), arguments)
        try:
            side = remote.answer()
            side.take_call()
            return side
        except (ssl.SSLError, ConnectionError):
            daemon.wait_for_log(r"Bridge br \(.*\) disconnected: ")
            return None
    return call


def fingerprint_folder(authority, folder):
    """A folder with the names that openssl rehash gives."""
    folder.mkdir()
    (folder / "ca.pem").write_bytes(authority.path.read_bytes())
    subprocess.run(["openssl", "rehash", str(folder)], check=True, capture_output=True)
    return folder


# effect: bridge_cafile
def test_the_authority_must_be_a_good_one(calls, secured, authority, stranger):
    assert calls(secured(), f"bridge_cafile {authority.path}")
    assert not calls(secured(), f"bridge_cafile {stranger.path}")


def test_an_authority_that_changes_counts_without_a_signal(
        start_daemon, secured, authority, stranger, tmp_path):
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(stranger.path.read_bytes())
    remote = secured()
    daemon = start_daemon(LOCAL + bridge(remote.port, f"bridge_cafile {trusted}"))
    with pytest.raises((ssl.SSLError, ConnectionError)):
        remote.answer().take_call()
    trusted.write_bytes(authority.path.read_bytes())
    daemon.wait_for_log("Reading changed files of TLS")
    while True:
        try:
            assert remote.answer().take_call()
            return
        except (ssl.SSLError, ConnectionError):
            # A connection from before.
            pass


# effect: bridge_capath
def test_authorities_can_be_in_a_folder(calls, secured, authority, stranger, tmp_path):
    good = fingerprint_folder(authority, tmp_path / "good")
    assert calls(secured(), f"bridge_capath {good}")
    assert not calls(secured(), f"bridge_capath {fingerprint_folder(stranger, tmp_path / 'bad')}")


# effect: bridge_tls_use_os_certs
def test_authorities_can_be_the_system_s(calls, secured, authority, stranger, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    assert calls(secured(), "bridge_tls_use_os_certs true")
    monkeypatch.setenv("SSL_CERT_FILE", str(stranger.path))
    assert not calls(secured(), "bridge_tls_use_os_certs true")


# effect: bridge_insecure
def test_the_certificate_must_be_that_of_the_host(calls, secured, authority):
    other = authority.sign("other", names="DNS:elsewhere.example")
    assert not calls(secured(other), f"bridge_cafile {authority.path}")
    assert calls(secured(other), f"bridge_cafile {authority.path}", "bridge_insecure true")


def test_insecure_does_not_mean_any_authority(calls, secured, stranger):
    assert not calls(secured(), f"bridge_cafile {stranger.path}", "bridge_insecure true")


# effect: bridge_certfile
# effect: bridge_keyfile
def test_the_bridge_shows_a_certificate(calls, secured, authority, stranger):
    shown = "bridge_certfile {0}\nbridge_keyfile {1}"
    good, bad = authority.sign("bridge"), stranger.sign("bridge")
    options = {"client_authority": authority, "maximum_version": ssl.TLSVersion.TLSv1_2}
    trust = f"bridge_cafile {authority.path}"
    side = calls(secured(**options), trust, shown.format(*good))
    assert side.socket.getpeercert()["subject"] == ((("commonName", "bridge"),),)
    assert not calls(secured(**options), trust)
    assert not calls(secured(**options), trust, shown.format(*bad))


# effect: bridge_alpn
@pytest.mark.parametrize("rows, chosen", [([], None), (["bridge_alpn mqtt"], "mqtt")])
def test_the_protocol_is_proposed(calls, secured, authority, rows, chosen):
    remote = secured(set_alpn_protocols=["x-other", "mqtt"])
    side = calls(remote, f"bridge_cafile {authority.path}", *rows)
    assert side.socket.selected_alpn_protocol() == chosen


# effect: bridge_tls_version
@pytest.mark.parametrize("rows, is_taken", [
    ([], True), (["bridge_tls_version tlsv1.2"], True), (["bridge_tls_version tlsv1.3"], False)])
def test_the_lowest_version_is_that_of_the_option(calls, secured, authority, rows, is_taken):
    remote = secured(maximum_version=ssl.TLSVersion.TLSv1_2)
    assert (calls(remote, f"bridge_cafile {authority.path}", *rows) is not None) == is_taken


# effect: bridge_ciphers
# effect: bridge_ciphers_tls1.3
@pytest.mark.parametrize("version, option, suite", [
    (ssl.TLSVersion.TLSv1_2, "bridge_ciphers", "ECDHE-ECDSA-CHACHA20-POLY1305"),
    (ssl.TLSVersion.TLSv1_2, "bridge_ciphers", "ECDHE-ECDSA-AES128-GCM-SHA256"),
    (ssl.TLSVersion.TLSv1_3, "bridge_ciphers_tls1.3", "TLS_CHACHA20_POLY1305_SHA256"),
    (ssl.TLSVersion.TLSv1_3, "bridge_ciphers_tls1.3", "TLS_AES_128_GCM_SHA256"),
])
def test_the_cipher_suites_are_those_of_the_option(
        calls, secured, authority, version, option, suite):
    remote = secured(maximum_version=version)
    side = calls(remote, f"bridge_cafile {authority.path}", f"{option} {suite}")
    assert side.socket.cipher()[0] == suite


# effect: bridge_psk
# effect: bridge_identity
@pytest.mark.parametrize("far", ["martlet", "mosquitto"])
def test_a_secret_takes_the_place_of_certificates(brokers, tmp_path, far):
    secrets = tmp_path / "secrets"
    secrets.write_text(f"me:{SECRET}\n", encoding="utf-8")
    rows = ["psk_hint hint", f"psk_file {secrets}"]
    remote = brokers.start(far, *rows)
    good = brokers.start("martlet", *bridge(
        remote.mqtt_port, "bridge_identity me", f"bridge_psk {SECRET}").splitlines())
    good.wait_for_log(r"Bridge br \(.*\) connected")
    for identity, secret in (("me", "00" * 8), ("you", SECRET)):
        bad = brokers.start("martlet", *bridge(
            remote.mqtt_port, f"bridge_identity {identity}", f"bridge_psk {secret}").splitlines())
        bad.wait_for_log(r"Bridge br \(.*\) disconnected")
        assert "connected." not in bad.log


@pytest.mark.parametrize("near, far", [
    ("martlet", "mosquitto"), ("mosquitto", "martlet"), ("martlet", "martlet")])
def test_messages_go_both_ways_over_tls(brokers, authority, server, near, far):
    plain = free_port()
    remote = brokers.start(
        far, f"certfile {server[0]}", f"keyfile {server[1]}", f"listener {plain} 127.0.0.1")
    rows = bridge(remote.mqtt_port, "topic probe both 1", f"bridge_cafile {authority.path}")
    here = brokers.start(near, *rows.splitlines())
    wait_until_carried(here.mqtt_port, plain)
    wait_until_carried(plain, here.mqtt_port)


def test_nothing_is_sent_in_the_clear_instead(start_daemon, remote, authority):
    daemon = start_daemon(LOCAL + bridge(remote.port, f"bridge_cafile {authority.path}"))
    side = remote.answer()
    # A handshake record, not a CONNECT.
    assert side.socket.recv(1) == b"\x16"
    side.send(b"\x20\x02\x00\x00" * 10)
    daemon.wait_for_log(r"Bridge br \(.*\) disconnected: ")


def test_an_empty_file_of_authorities_is_told_before_the_start(runner, tmp_path):
    empty = tmp_path / "empty.pem"
    empty.touch()
    path = tmp_path / "bad.conf"
    path.write_text(LOCAL + bridge(1, f"bridge_cafile {empty}"), encoding="utf-8")
    result = runner.run("martlet", "run", "-c", path, "--test-config")
    assert result.returncode == 3 and str(empty).encode() in result.stderr, result.stderr


@pytest.mark.parametrize("row", [
    "bridge_cafile /no/such/file",
    "bridge_ciphers no-such-cipher\nbridge_tls_use_os_certs true"])
def test_a_file_that_cannot_be_read_is_told_before_the_start(runner, tmp_path, row):
    path = tmp_path / "bad.conf"
    path.write_text(LOCAL + bridge(1, row), encoding="utf-8")
    result = runner.run("martlet", "run", "-c", path, "--test-config")
    assert result.returncode == 3 and b"(connection br)" in result.stderr, result.stderr

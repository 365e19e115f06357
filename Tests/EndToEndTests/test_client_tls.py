"""`pub`, `sub` and `rr` over TLS, with Mosquitto's options."""

import pytest

from certificates import Authority

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


@pytest.mark.parametrize("arguments, words", [
    (["--cafile", "/nowhere"], b"load cafile"),
    (["--cafile", "{ca}", "--cert", "{ca}"], b"Both --cert and --key"),
    (["--psk", "00"], b"needs --psk-identity"),
    (["--psk", "0g", "--psk-identity", "x"], b"hexadecimal"),
    (["--cafile", "{ca}", "--tls-version", "tlsv1.1"], b"neither tlsv1.2 nor tlsv1.3"),
    (["--cafile", "{ca}", "--keyform", "engine"], b"only pem"),
])
def test_what_the_options_cannot_mean(runner, authority, arguments, words):
    arguments = [text.format(ca=authority.path) for text in arguments]
    result = runner.run("martlet", "pub", "-t", "a", "-m", "x", *arguments)
    assert result.returncode == 1 and words in result.stderr

"""Options of TLS of which one test each shows the effect."""

import socket
import ssl
import subprocess

import pytest

from daemon import PATIENCE
from test_tls import COMMON, SERVER, authority, publish, server, shown  # noqa: F401

BOTH = pytest.mark.parametrize("is_set", [False, True], ids=["without", "with"])


def cipher_of(daemon, ciphers=None, version=ssl.TLSVersion.TLSv1_2):
    """The cipher that a client speaks which trusts everybody; None where it does not get in."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = version
    if ciphers:
        context.set_ciphers(ciphers)
    try:
        with socket.create_connection(("127.0.0.1", daemon.mqtt_port), PATIENCE) as plain:
            with context.wrap_socket(plain) as secured:
                return secured.cipher()[0]
    except ssl.SSLError:
        return None


# effect: ciphers
@BOTH
def test_a_suite_that_is_not_in_the_list_is_not_spoken(start_daemon, server, is_set):  # noqa: F811
    option = "ciphers ECDHE-ECDSA-AES256-GCM-SHA384\n"
    daemon = start_daemon(COMMON + server + (option if is_set else ""))
    assert cipher_of(daemon, "ECDHE-ECDSA-AES256-GCM-SHA384")
    assert bool(cipher_of(daemon, "ECDHE-ECDSA-AES128-GCM-SHA256")) != is_set


# effect: ciphers_tls1.3
@BOTH
def test_a_suite_of_1_3_that_is_not_in_the_list_is_not_spoken(
        start_daemon, server, is_set):  # noqa: F811
    option = "ciphers_tls1.3 TLS_AES_128_GCM_SHA256\n"
    daemon = start_daemon(COMMON + server + (option if is_set else ""))
    found = cipher_of(daemon, version=ssl.TLSVersion.TLSv1_3)
    assert found == ("TLS_AES_128_GCM_SHA256" if is_set else "TLS_AES_256_GCM_SHA384")


def openssl(*arguments, **options):
    return subprocess.run(
        ["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=PATIENCE,
        text=True, **options).stdout


# effect: dhparamfile
@BOTH
def test_parameters_of_diffie_hellman_are_those_of_the_file(start_daemon, tmp_path, is_set):
    certificate, key, file = (tmp_path / name for name in ("rsa.pem", "rsa.key", "dh.pem"))
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
            "-subj", "/CN=localhost", "-days", 2)
    openssl("genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe3072", "-out", file)
    daemon = start_daemon(
        COMMON + SERVER.format(certificate, key) + (f"dhparamfile {file}\n" if is_set else ""))
    told = openssl("s_client", "-connect", f"127.0.0.1:{daemon.mqtt_port}", "-tls1_2", "-cipher",
                   "DHE-RSA-AES256-GCM-SHA384", input="Q\n")
    assert f"DH, {3072 if is_set else 2048} bits" in told


# effect: capath
def test_authorities_in_a_folder_are_known(start_daemon, server, authority, tmp_path):  # noqa: F811
    pair = authority.sign("friend")
    for is_there in (False, True):
        folder = tmp_path / str(is_there)
        folder.mkdir()
        if is_there:
            (folder / "ca.pem").write_bytes(authority.path.read_bytes())
        openssl("rehash", folder)
        daemon = start_daemon(f"{COMMON}{server}require_certificate true\ncapath {folder}\n")
        result = publish(daemon, "--cafile", authority.path, *shown(pair))
        assert (result.returncode == 0) == is_there, result.stderr


# effect: disable_client_cert_date_checks
@BOTH
def test_a_certificate_out_of_its_time_gets_in_where_that_does_not_matter(
        start_daemon, server, authority, is_set):  # noqa: F811
    expired = authority.sign("expired", days=-1)
    option = "disable_client_cert_date_checks true\n" if is_set else ""
    daemon = start_daemon(
        f"{COMMON}{server}cafile {authority.path}\nrequire_certificate true\n{option}")
    result = publish(daemon, "--cafile", authority.path, *shown(expired))
    assert (result.returncode == 0) == is_set, result.stderr


# effect: tls_keyform
@pytest.mark.parametrize("form, is_taken", [("pem", True), ("engine", False), ("der", False)])
def test_a_key_is_in_pem(martlet, server, tmp_path, form, is_taken):  # noqa: F811
    path = tmp_path / "a.conf"
    path.write_text(f"{server}tls_keyform {form}\n", encoding="utf-8")
    result = subprocess.run(
        [martlet, "run", "-c", str(path), "--test-config"], capture_output=True, text=True,
        timeout=PATIENCE, check=False)
    assert (result.returncode == 0) == is_taken and (is_taken or "tls_keyform" in result.stderr)

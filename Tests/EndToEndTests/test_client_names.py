"""Under which identifiers clients have their sessions: `use_username_as_clientid`,
`clientid_prefixes`."""

import subprocess

import pytest

from daemon import PATIENCE
from doors import KINDS, open_doors
from packets import V311, connect, text
from attackers import Attacker
from scram import Exchange, ScramClient
from test_password_file import write_user

every_kind = pytest.mark.parametrize("kind", KINDS)
OPEN = "log_type all\nallow_anonymous true\n"


# effect: use_username_as_clientid
@every_kind
def test_the_user_name_is_the_identifier(start_daemon, tmp_path, kind):
    daemon, own, other = open_doors(
        start_daemon, tmp_path, kind, "use_username_as_clientid true\n", before=OPEN)
    first = own.enter("one", user=("ann", None))
    second = own.enter("two", user=("ann", None))
    assert first.is_disconnected.wait(20)
    third = other.enter("two", user=("ann", None))
    second.publish("t", "still here", 1)
    second.close()
    third.close()
    daemon.wait_for_log("as ann ")
    daemon.wait_for_log("as two ")


@every_kind
def test_who_has_no_user_name_has_no_identifier(start_daemon, tmp_path, kind):
    _, own, other = open_doors(
        start_daemon, tmp_path, kind, "use_username_as_clientid true\n", before=OPEN)
    assert (own.refusal("one"), other.refusal("one")) == ("Not authorized", "Success")
    assert own.refusal("", user=("ann", None)) == "Success"


def test_a_stranger_does_not_take_the_session_of_a_user_over(start_daemon, tmp_path):
    write_user(tmp_path / "users", "ann", "secret", "-c")
    _, own, _ = open_doors(
        start_daemon, tmp_path, "port", "use_username_as_clientid true\n",
        before=f"log_type all\npassword_file {tmp_path}/users\n")
    client = own.enter("one", user=("ann", "secret"), subscribe=[("t", 1)])
    assert own.refusal("two", user=("ann", "guess")) == "Not authorized"
    client.publish("t", "still here", 1)
    client.expect(("t", b"still here"))
    client.close()


def test_an_identifier_that_was_empty_is_told(start_daemon, tmp_path):
    _, own, _ = open_doors(
        start_daemon, tmp_path, "port", "use_username_as_clientid true\n", before=OPEN)
    client = own.enter("", user=("ann", None))
    assert client.connack.AssignedClientIdentifier == "ann"
    client.close()


# effect: clientid_prefixes
@pytest.mark.parametrize("option, told", [
    ("", ("Success", "Success", "Success")),
    ("clientid_prefixes home-\n", ("Success", "Not authorized", "Not authorized")),
    ("clientid_prefixes home-\nauto_id_prefix home-auto-\n",
     ("Success", "Not authorized", "Success")),
])
def test_identifiers_have_the_prefix_or_do_not_get_in(start_daemon, tmp_path, option, told):
    _, own, _ = open_doors(start_daemon, tmp_path, "port", "", before=OPEN + option)
    assert tuple(own.refusal(name) for name in ("home-a", "hom", "")) == told


def test_a_prefix_is_asked_of_user_names_that_are_identifiers(start_daemon, tmp_path):
    _, own, other = open_doors(
        start_daemon, tmp_path, "port", "use_username_as_clientid true\n",
        before=OPEN + "clientid_prefixes home-\n")
    assert own.refusal("home-a", user=("ann", None)) == "Not authorized"
    assert other.refusal("home-a", user=("ann", None)) == "Success"


def test_old_clients_hear_that_they_are_not_authorised(start_daemon):
    daemon = start_daemon(f"listener 0 127.0.0.1\n{OPEN}use_username_as_clientid true\n")
    with Attacker(daemon.mqtt_port) as nobody:
        nobody.send(connect(V311, "c"))
        assert nobody.next_packet() == (0x20, b"\x00\x05")
    with Attacker(daemon.mqtt_port) as empty:
        empty.send(connect(V311, "c", flags=0x82, rest=text("")))
        assert empty.next_packet() == (0x20, b"\x00\x05")


def test_the_user_of_an_exchange_is_the_identifier(start_daemon, martlet, tmp_path):
    subprocess.run(
        [martlet, "passwd", "-c", "-H", "scram-sha-256", "-b", tmp_path / "users", "ann", "word"],
        check=True, timeout=PATIENCE)
    daemon = start_daemon(
        "listener 0 127.0.0.1\nuse_username_as_clientid true\nlog_type all\n"
        f"password_file {tmp_path}/users\n")
    with ScramClient(daemon.mqtt_port, Exchange("ann", "word")) as client:
        assert client.finish() == 0
    daemon.wait_for_log("New client connected from .* as ann ")
    with ScramClient(daemon.mqtt_port, Exchange("ann", "guess")) as client:
        assert client.finish() == 0x87

"""SCRAM-SHA-256 as a method of MQTT 5.0's AUTH."""

import subprocess

import pytest

from packets import AUTH, DISCONNECT, PUBACK, V5, connect, publish
from scram import (
    CONTINUE, REAUTHENTICATE, Exchange, ScramClient, auth, data_of, properties)
from attackers import Attacker

NOT_AUTHORIZED, BUSY, BAD_METHOD = 0x87, 0x89, 0x8C


@pytest.fixture(scope="module")
def users(martlet, tmp_path_factory):
    path = tmp_path_factory.mktemp("users") / "users"
    for number, (name, *options) in enumerate([
            ("ann", "-H", "scram-sha-256", "-I", "4096"), ("bob", "-H", "sha512")]):
        subprocess.run(
            [martlet, "passwd", *(["-c"] if number == 0 else []), *options, "-b", path, name,
             f"{name}'s word"], check=True, timeout=60)
    return path


@pytest.fixture
def daemon(start_daemon, users, tmp_path):
    (tmp_path / "acl").write_text("user ann\ntopic write open\n", encoding="utf-8")
    return start_daemon(
        f"listener 0 127.0.0.1\npassword_file {users}\nacl_file {tmp_path}/acl\nlog_type all\n")


def test_the_password_is_shown_without_being_sent(daemon):
    with ScramClient(daemon.mqtt_port, Exchange("ann", "ann's word")) as client:
        assert client.finish() == 0
        # The name in the exchange is the user's name for all that follows.
        client.send(publish(V5, "open", qos=1, packet_id=1))
        assert client.expect(PUBACK)[:3] != bytes([0, 1, NOT_AUTHORIZED])
        client.send(publish(V5, "closed", qos=1, packet_id=2))
        assert client.expect(PUBACK)[:3] == bytes([0, 2, NOT_AUTHORIZED])
    daemon.wait_for_log(r"Client scram \(user ann\) \[\S+\] is not allowed to publish to closed")


@pytest.mark.parametrize("user, password, reason", [
    ("ann", "wrong", "bad password"), ("eve", "x", "no such user"),
    ("bob", "bob's word", "no keys for SCRAM are kept of the user"),
])
def test_who_cannot_show_it_does_not_get_in_and_the_log_says_why(daemon, user, password, reason):
    with ScramClient(daemon.mqtt_port, Exchange(user, password)) as client:
        assert client.finish() == NOT_AUTHORIZED
        assert client.wait_until_closed() == []
    daemon.wait_for_log(rf"Client scram \(user {user}\) \[\S+\] refused: {reason}\.")


def test_a_user_of_an_exchange_logs_in_with_the_plain_password_too(daemon, runner):
    def status(password):
        return runner.run("martlet", "pub", "-h", "127.0.0.1", "-p", daemon.mqtt_port, "-u", "ann",
                          "-P", password, "-t", "open", "-m", "x").returncode

    assert status("ann's word") == 0
    assert status("another word") != 0


def test_salt_and_rounds_tell_nobody_who_is_a_user(daemon):
    def seen(user):
        with ScramClient(daemon.mqtt_port, Exchange(user, "x")) as client:
            client.finish()
            return client.exchange.salt, client.exchange.rounds

    assert seen("eve") == seen("eve") != seen("mallory")
    assert [len(seen(user)[0]) for user in ("ann", "bob", "eve")] == [16, 16, 16]
    assert {seen(user)[1] for user in ("ann", "bob", "eve")} == {4096}


@pytest.mark.parametrize("changes", [
    {"nonce": "clientnonce"}, {"nonce": "clientnonceAAAAAAAAAAAAAAAAAAAAAAAA"}, {"extra": ",m=x"},
    {"extra": ",r=again"},
])
def test_a_last_message_that_is_not_right_shows_nothing(daemon, changes):
    with ScramClient(daemon.mqtt_port, Exchange("ann", "ann's word")) as client:
        assert client.finish(**changes) == NOT_AUTHORIZED


@pytest.mark.parametrize("data", [
    b"", b"n,,", b"n,,n=ann", b"p=tls-exporter,,n=ann,r=x", b"n,,m=x,n=ann,r=x",
    b"n,,n=ann,r=x,r=y", b"n,,n=ann,n=bob,r=x", b"n,,n=" + b"a" * 60_000 + b",r=x",
    b"n,a=bob,n=ann,r=x", b"\xff" * 100, b"c=biws,r=x,p=AAAA",
])
def test_a_first_message_of_another_form_is_refused(daemon, data):
    with Attacker(daemon.mqtt_port) as client:
        client.send(connect(V5, "c", properties=properties(data)))
        assert client.next_packet()[1][1] == NOT_AUTHORIZED


def test_another_method_is_refused_with_its_own_code(daemon):
    with Attacker(daemon.mqtt_port) as client:
        client.send(connect(V5, "c", properties=properties(b"n,,n=ann,r=x", "SCRAM-SHA-1")))
        assert client.next_packet()[1][1] == BAD_METHOD


def test_steps_out_of_order_end_the_connection(daemon):
    exchange = Exchange("ann", "ann's word")
    with ScramClient(daemon.mqtt_port, exchange) as client:
        last = exchange.last(client.challenge())
        client.send(auth(REAUTHENTICATE, exchange.first))
        client.send(auth(CONTINUE, last))
        assert all(first != AUTH for first, _ in client.wait_until_closed())
    with ScramClient(daemon.mqtt_port, exchange) as client:
        client.challenge()
        client.send(auth(CONTINUE, exchange.first))
        assert client.connack() == NOT_AUTHORIZED


def test_a_proof_counts_once(daemon):
    exchange = Exchange("ann", "ann's word")
    with ScramClient(daemon.mqtt_port, exchange) as client:
        last = exchange.last(client.challenge())
        client.send(auth(CONTINUE, last))
        assert client.connack() == 0
    with ScramClient(daemon.mqtt_port, Exchange("ann", "ann's word")) as client:
        client.challenge()
        client.send(auth(CONTINUE, last))
        assert client.connack() == NOT_AUTHORIZED


@pytest.mark.parametrize("user_name, gets_in", [("ann", True), ("bob", False)])
def test_a_client_is_one_user_however_often_it_says_so(daemon, user_name, gets_in):
    exchange = Exchange("ann", "ann's word")
    with ScramClient(daemon.mqtt_port, exchange, user_name=user_name) as client:
        assert (client.finish() if gets_in else client.connack()) == (
            0 if gets_in else NOT_AUTHORIZED)


@pytest.mark.parametrize("user, password, stays", [
    ("ann", "ann's word", True), ("ann", "wrong", False), ("bob", "bob's word", False)])
def test_a_client_shows_it_anew(daemon, user, password, stays):
    with ScramClient(daemon.mqtt_port, Exchange("ann", "ann's word")) as client:
        assert client.finish() == 0
        again = Exchange(user, password, nonce="another", header="y,,")
        client.send(auth(REAUTHENTICATE, again.first))
        if user == "ann":
            client.send(auth(CONTINUE, again.last(client.challenge())))
        if stays:
            body = client.expect(AUTH)
            assert body[0] == 0 and data_of(body) == again.signature
            client.send(publish(V5, "open", qos=1))
            client.expect(PUBACK)
        else:
            assert client.expect(DISCONNECT)[0] == NOT_AUTHORIZED
            daemon.wait_for_log(r"Client scram \(user ann\) \[\S+\] refused: (bad|no) password")


def test_nobody_guesses_faster_by_exchanges_than_by_passwords(daemon):
    clients = [ScramClient(daemon.mqtt_port, Exchange("ann", "wrong"), f"c{number}")
               for number in range(30)]
    proofs = [client.exchange.last(client.challenge()) for client in clients]
    for client, proof in zip(clients, proofs):
        client.send(auth(CONTINUE, proof))
    codes = [client.connack() for client in clients]
    assert codes[:8] == [NOT_AUTHORIZED] * 8 and set(codes) == {NOT_AUTHORIZED, BUSY}, codes
    for client in clients:
        client.close()


def test_without_users_there_is_no_method(start_daemon):
    daemon = start_daemon("listener 0 127.0.0.1\nallow_anonymous true\n")
    with Attacker(daemon.mqtt_port) as client:
        client.send(connect(V5, "c", properties=properties(b"n,,n=ann,r=x")))
        assert client.next_packet()[1][1] == BAD_METHOD

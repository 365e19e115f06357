"""`per_listener_settings` and what listeners say for themselves, on listeners of every kind."""

import subprocess

import pytest

from daemon import PATIENCE
from doors import KINDS, open_doors
from test_password_file import write_user

every_kind = pytest.mark.parametrize("kind", KINDS)
PER_LISTENER = "log_type all\nper_listener_settings true\n"
OPEN = "allow_anonymous true\n"


# CVE-2018-20145
# effect: per_listener_settings allow_anonymous
@every_kind
def test_who_may_be_anonymous_is_each_listeners_matter(start_daemon, tmp_path, kind):
    _, own, other = open_doors(start_daemon, tmp_path, kind, OPEN, before=PER_LISTENER)
    assert (own.refusal(), other.refusal()) == ("Success", "Not authorized")


@every_kind
def test_an_acl_file_is_its_listeners(start_daemon, tmp_path, kind):
    (tmp_path / "acl").write_text("topic read #\n", encoding="utf-8")
    daemon, own, other = open_doors(
        start_daemon, tmp_path, kind, f"{OPEN}acl_file {tmp_path}/acl\n", OPEN, PER_LISTENER)
    reader, writer = own.enter("reader", subscribe=[("t", 1)]), other.enter("writer")
    reader.publish("t", "kept from it", 1)
    daemon.wait_for_log("reader.* is not allowed to publish to t")
    writer.publish("t", "let through", 1)
    reader.expect(("t", b"let through"))
    reader.close()
    writer.close()


@every_kind
def test_a_password_file_is_its_listeners(start_daemon, tmp_path, kind):
    write_user(tmp_path / "ours", "ann", "secret", "-c")
    write_user(tmp_path / "theirs", "bob", "other", "-c")
    _, own, other = open_doors(
        start_daemon, tmp_path, kind, f"password_file {tmp_path}/ours\n",
        f"password_file {tmp_path}/theirs\n", PER_LISTENER)
    for user, told in ((("ann", "secret"), ("Success", "Not authorized")),
                       (("bob", "other"), ("Not authorized", "Success"))):
        assert (own.refusal(user=user), other.refusal(user=user)) == told


@every_kind
def test_clients_without_an_identifier_are_each_listeners_matter(start_daemon, tmp_path, kind):
    _, own, other = open_doors(
        start_daemon, tmp_path, kind, f"{OPEN}allow_zero_length_clientid false\n", OPEN,
        PER_LISTENER)
    assert (own.refusal(""), other.refusal("")) == ("Client identifier not valid", "Success")


def assigned(door):
    client = door.enter("")
    client.close()
    return client.connack.AssignedClientIdentifier[:4]


# effect: auto_id_prefix
@every_kind
def test_identifiers_begin_as_each_listener_says(start_daemon, tmp_path, kind):
    _, own, other = open_doors(
        start_daemon, tmp_path, kind, f"{OPEN}auto_id_prefix own-\n", OPEN, PER_LISTENER)
    assert (assigned(own), assigned(other)) == ("own-", "auto")


def login_by_secret(door, key):
    return subprocess.run(
        ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(door.port), "--psk", key,
         "--psk-identity", "shed", "-t", "a", "-m", "x"],
        capture_output=True, timeout=PATIENCE, check=False).returncode == 0


@pytest.mark.parametrize("kind", ["default", "port"])
def test_secrets_are_each_listeners(start_daemon, tmp_path, kind):
    for name, key in (("ours", "aa11"), ("theirs", "bb22")):
        (tmp_path / name).write_text(f"shed:{key}\n", encoding="utf-8")
    _, own, other = open_doors(
        start_daemon, tmp_path, kind, f"{OPEN}psk_hint x\npsk_file {tmp_path}/ours\n",
        f"{OPEN}psk_hint x\npsk_file {tmp_path}/theirs\n", PER_LISTENER)
    assert (login_by_secret(own, "aa11"), login_by_secret(other, "aa11")) == (True, False)
    assert (login_by_secret(own, "bb22"), login_by_secret(other, "bb22")) == (False, True)


@every_kind
def test_without_per_listener_settings_all_is_everybodys(start_daemon, tmp_path, kind):
    _, own, other = open_doors(
        start_daemon, tmp_path, kind, f"{OPEN}auto_id_prefix own-\n", before="log_type all\n")
    assert (assigned(own), assigned(other)) == ("own-", "own-")


listeners = pytest.mark.parametrize("kind", ["port", "websockets", "unix"])


# effect: listener_allow_anonymous
@listeners
@pytest.mark.parametrize("everybody", ["true", "false"])
def test_a_listeners_own_word_on_strangers_goes_before(start_daemon, tmp_path, kind, everybody):
    word = "false" if everybody == "true" else "true"
    _, own, other = open_doors(
        start_daemon, tmp_path, kind, f"listener_allow_anonymous {word}\n",
        before=f"log_type all\nallow_anonymous {everybody}\n")
    told = {"true": "Success", "false": "Not authorized"}
    assert (own.refusal(), other.refusal()) == (told[word], told[everybody])


# effect: listener_auto_id_prefix
@listeners
def test_a_listeners_own_prefix_goes_before(start_daemon, tmp_path, kind):
    _, own, other = open_doors(
        start_daemon, tmp_path, kind, "listener_auto_id_prefix own-\n",
        before=f"log_type all\n{OPEN}auto_id_prefix all-\n")
    assert (assigned(own), assigned(other)) == ("own-", "all-")

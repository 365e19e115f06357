"""What a bridge may do at its own broker."""

import pytest

from bridges import bridge, wait_until_carried
from pythonclients import PythonClient


@pytest.fixture
def passwords(tmp_path, runner):
    path = tmp_path / "passwords"
    path.touch()
    result = runner.run("martlet", "passwd", "-b", path, "carrier", "right")
    assert result.returncode == 0, result.stderr
    return path


# effect: local_username
@pytest.mark.parametrize("rows, is_carried", [
    ([], True), (["local_username carrier", "local_password right"], False)])
def test_a_bridge_has_the_rights_of_its_user(brokers, tmp_path, passwords, rows, is_carried):
    rights = tmp_path / "rights"
    rights.write_text(
        "topic readwrite #\nuser carrier\ntopic readwrite free/#\n", encoding="utf-8")
    far = brokers.start("martlet")
    near = brokers.start(
        "martlet", f"acl_file {rights}", f"password_file {passwords}",
        *bridge(far.mqtt_port, "topic # both 1", *rows).splitlines())
    wait_until_carried(near.mqtt_port, far.mqtt_port, "free/a")
    wait_until_carried(far.mqtt_port, near.mqtt_port, "free/a")
    here = PythonClient("", near.mqtt_port, subscribe=[("t/#", 1)])
    there = PythonClient("", far.mqtt_port, subscribe=[("t/#", 1)])
    here.publish("t/out", "x", 1)
    there.publish("t/in", "y", 1)
    if is_carried:
        assert {here.next_message().topic, here.next_message().topic} == {"t/out", "t/in"}
        assert {there.next_message().topic, there.next_message().topic} == {"t/out", "t/in"}
    else:
        near.wait_for_log("t/in")
        here.expect(("t/out", b"x"))
        there.expect(("t/in", b"y"))
        wait_until_carried(near.mqtt_port, far.mqtt_port, "free/b")
        assert here.messages.empty() and there.messages.empty()
    here.close()
    there.close()


# effect: local_password
@pytest.mark.parametrize("password, is_let_in", [("right", True), ("wrong", False)])
def test_a_bridge_shows_its_password_here(brokers, remote, passwords, password, is_let_in):
    near = brokers.start(
        "martlet", f"password_file {passwords}",
        *bridge(remote.port, "local_username carrier", f"local_password {password}").splitlines())
    if is_let_in:
        assert remote.take_call().level == 0x84
    else:
        near.wait_for_log(r"Bridge br \(.*\) is not let in here: \S+", 2)
        assert "Connecting bridge" not in near.log


def test_a_bridge_of_others_says_where_it_stands(brokers):
    far = brokers.start("martlet")
    client = PythonClient("", far.mqtt_port, subscribe=[("$SYS/broker/connection/#", 1)])
    client.publish("$SYS/broker/connection/x/state", "1", 1, retain=True)
    client.expect(("$SYS/broker/connection/x/state", b"1"))
    # Nothing else below $SYS is anybody's but the broker's.
    client.publish("$SYS/broker/connection/x/other", "1", 1)
    client.publish("$SYS/broker/connection/y/state", "0", 1)
    client.expect(("$SYS/broker/connection/y/state", b"0"))
    client.close()

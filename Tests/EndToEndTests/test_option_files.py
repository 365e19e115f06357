"""Files of options for the clients: the user's own, and those of -o."""

import os

import pytest

from programs import TOOLS


@pytest.fixture
def home(tmp_path, broker):
    """A home with option files for all clients, which say where the broker is."""
    folder = tmp_path / ".config"
    folder.mkdir()
    for verb in ("pub", "sub", "rr"):
        (folder / f"mosquitto_{verb}").write_text(
            f"# where\n-h 127.0.0.1\n-p {broker.mqtt_port}\n\n-W 20\n" if verb != "pub"
            else f"# where\n-h 127.0.0.1\n-p {broker.mqtt_port}\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def run_at_home(runner, home):
    """Runs a client of somebody who has that home."""
    def run(tool, verb, *arguments, folder=None):
        environment = {key: value for key, value in os.environ.items() if key != "XDG_CONFIG_HOME"}
        if folder:
            environment["XDG_CONFIG_HOME"] = str(folder)
        return runner.run(tool, verb, *arguments, env=environment | {"HOME": str(home)})

    return run


@pytest.mark.parametrize("tool", TOOLS)
def test_options_come_from_the_users_own_file(run_at_home, tool):
    assert run_at_home(tool, "pub", "-t", "a", "-m", "x", "-r", "-q", 1).returncode == 0
    assert run_at_home(tool, "sub", "-t", "a", "-C", 1).stdout == b"x\n"
    assert run_at_home(tool, "rr", "-t", "b", "-e", "a", "-m", "x").stdout == b"x\n"


@pytest.mark.parametrize("tool", TOOLS)
def test_the_folder_may_be_another(run_at_home, broker, tmp_path, tool):
    (tmp_path / "mosquitto_pub").write_text(
        f"-p {broker.mqtt_port}\n-t a\n-m x\n-q 1\n", encoding="utf-8")
    assert run_at_home(tool, "pub", folder=tmp_path).returncode == 0


@pytest.mark.parametrize("tool", TOOLS)
def test_the_command_line_counts_more(run_at_home, tool):
    """Nobody listens at port 1."""
    assert run_at_home(tool, "pub", "-t", "a", "-m", "x", "-p", 1).returncode == 1


def test_a_file_may_be_named(run_at_home, broker, tmp_path):
    path = tmp_path / "options"
    path.write_text(
        f"  -p {broker.mqtt_port}\r\n-t a b\n-m  two words \n--retain\n-V 5\n"
        "-D publish user-property key value\n", encoding="utf-8")
    assert run_at_home("martlet", "pub", "-o", path, "-q", 1).returncode == 0
    shown = run_at_home("martlet", "sub", "-V", 5, "-t", "a b", "-C", 1, "-F", "%p|%P")
    assert shown.stdout == b"two words|key:value\n"


def test_a_node_does_not_care_where_the_broker_is(run_at_home, broker):
    gateway = f"udp://127.0.0.1:{broker.sn_port}"
    result = run_at_home("martlet", "pub", "--sn", gateway, "-t", "a", "-m", "x", "-q", 1)
    assert (result.returncode, result.stderr) == (0, b"")
    result = run_at_home("martlet", "pub", "--sn", gateway, "-t", "a", "-m", "x", "--repeat", 2)
    assert result.returncode == 1 and b"--repeat means nothing over MQTT-SN" in result.stderr


def test_a_wrong_line_is_named(run_at_home, tmp_path):
    path = tmp_path / "options"
    path.write_text("# first\n-q 7\n", encoding="utf-8")
    result = run_at_home("martlet", "pub", "-o", path, "-t", "a", "-m", "x")
    assert result.returncode == 1
    assert result.stderr.decode().startswith(f"Error: {path}:2: Invalid QoS given: 7.")


def test_a_named_file_must_be_there(run_at_home, tmp_path):
    result = run_at_home("martlet", "pub", "-o", tmp_path / "none", "-t", "a", "-m", "x")
    assert result.returncode == 1 and b"none: No such file" in result.stderr

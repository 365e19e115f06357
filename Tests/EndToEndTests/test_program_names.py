"""The executable by the names of Mosquitto's programs, as links that are installed when asked for."""

import os
import subprocess
from pathlib import Path

import pytest

from brokers import configuration
from conftest import ROOT
from daemon import Daemon

NAMES = {"run": "mosquitto", "pub": "mosquitto_pub", "sub": "mosquitto_sub", "rr": "mosquitto_rr",
         "passwd": "mosquitto_passwd", "ctrl": "mosquitto_ctrl", "signal": "mosquitto_signal"}


def install(martlet, prefix, *arguments):
    return subprocess.run(
        [str(ROOT / "scripts" / "install"), str(prefix), *arguments], capture_output=True,
        text=True, timeout=60, check=False, env=os.environ | {"MARTLET_BIN": martlet})


@pytest.fixture(scope="module")
def names(martlet, tmp_path_factory):
    """The folder of an installed program with all its names."""
    prefix = tmp_path_factory.mktemp("installed")
    assert install(martlet, prefix, "names").returncode == 0
    return prefix / "bin"


def run(*command, **options):
    words = [str(word) for word in command]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, **options)


def test_the_names_are_installed_only_when_asked_for(martlet, tmp_path, names):
    assert install(martlet, tmp_path).returncode == 0
    assert {path.name for path in (tmp_path / "bin").iterdir()} == {"martlet"}
    assert {path.name for path in names.iterdir()} >= {"martlet", *NAMES.values()}
    manual = names.parent / "share" / "man" / "man1"
    assert (manual / "mosquitto_sub.1").read_text(encoding="utf-8") == (
        manual / "martlet-sub.1").read_text(encoding="utf-8")
    # Once more, over itself.
    assert install(martlet, names.parent, "names").returncode == 0


@pytest.mark.parametrize("is_link", [False, True])
def test_another_program_of_that_name_stays(martlet, tmp_path, is_link):
    other = tmp_path / "bin" / "mosquitto_pub"
    other.parent.mkdir()
    if is_link:
        (tmp_path / "elsewhere").write_text("somebody's", encoding="utf-8")
        other.symlink_to(tmp_path / "elsewhere")
    else:
        other.write_text("somebody's", encoding="utf-8")
    result = install(martlet, tmp_path, "names")
    assert result.returncode == 1 and "mosquitto_pub is there already" in result.stderr
    assert other.read_text(encoding="utf-8") == "somebody's" and other.is_symlink() == is_link


@pytest.mark.parametrize("command, name", NAMES.items())
def test_each_name_is_its_command(martlet, names, command, name):
    usage = run(names / name, "--help").stdout
    assert usage.startswith(f"{name}: ") and f"\nUsage: {name} [options]" in usage
    assert usage.replace(name, f"martlet {command}", 2) == run(martlet, command, "--help").stdout
    assert run(names / name, "--version").stdout.startswith(f"{name} version ")
    wrong = run(names / name, "--nonsense")
    assert wrong.returncode == (3 if command == "run" else 1)
    assert wrong.stderr == (
        f"Error: Unknown option '--nonsense'. Use '{name} --help' to see usage.\n")


def test_the_broker_tells_its_options_at_a_short_word(names):
    assert run(names / "mosquitto", "-h").stdout == run(names / "mosquitto", "--help").stdout


def test_everything_works_by_these_names(names, tmp_path):
    passwords = tmp_path / "passwords"
    written = run(names / "mosquitto_passwd", "-b", "-c", passwords, "ann", "word")
    assert written.returncode == 0, written.stderr
    path = tmp_path / "mosquitto.conf"
    path.write_text(
        configuration(0, ["allow_anonymous false", f"password_file {passwords}"]), encoding="utf-8")
    daemon = Daemon([str(names / "mosquitto"), "-c", str(path)], tmp_path / "log")
    daemon.wait_until_running()
    # The option file of the tool by its name.
    folder = tmp_path / ".config"
    folder.mkdir()
    where = f"-h 127.0.0.1\n-p {daemon.mqtt_port}\n-u ann\n-P word\n"
    for name in ("mosquitto_pub", "mosquitto_sub", "mosquitto_rr"):
        (folder / name).write_text(where, encoding="utf-8")
    home = {"env": os.environ | {"HOME": str(tmp_path)}}
    assert run(names / "mosquitto_pub", "-t", "a", "-m", "x", "-r", "-q", 1, **home).returncode == 0
    assert run(names / "mosquitto_sub", "-t", "a", "-C", 1, **home).stdout == "x\n"
    assert run(names / "mosquitto_rr", "-t", "b", "-e", "b", "-m", "y", **home).stdout == "y\n"
    assert run(names / "mosquitto_pub", "-t", "a", "-m", "x", "-P", "no", **home).returncode == 5
    daemon.finish()


@pytest.mark.parametrize("line, words", [
    ("mosquitto_sub --retain-", {"--retain-as-published", "--retain-handling"}),
    ("mosquitto_sub --retain-handling n", {"new", "never"}),
    ("mosquitto_rr --lat", {"--latency"}), ("martlet rr --lat", {"--latency"}),
    ("martlet pas", {"passwd"}),
])
def test_bash_completes_the_options_of_each_name(names, line, words):
    name = line.split()[0]
    script = names.parent / "share" / "bash-completion" / "completions" / name
    shell = (f'source "{script}"; COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); '
             '_martlet; echo "${COMPREPLY[@]}"; complete -p ' + name)
    result = run("bash", "-c", shell)
    assert set(result.stdout.splitlines()[0].split()) == words
    assert result.stdout.splitlines()[1] == f"complete -F _martlet {name}"


def test_a_link_of_any_place_will_do(martlet, tmp_path):
    link = tmp_path / "mosquitto_sub"
    link.symlink_to(Path(martlet).resolve())
    assert run(link, "--version").stdout.startswith("mosquitto_sub version ")

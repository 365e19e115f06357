"""Configuration from several files, tried without starting, and the file with the process's number."""

import subprocess

import pytest


def run(martlet, *arguments):
    return subprocess.run([martlet, "run", *map(str, arguments)], capture_output=True, timeout=60,
                          check=False)


@pytest.fixture
def folder(tmp_path):
    """A main file that includes the files of a folder."""
    (tmp_path / "conf.d").mkdir()
    main = tmp_path / "main.conf"
    main.write_text(f"include_dir {tmp_path}/conf.d\n", encoding="utf-8")
    return main


def test_a_good_configuration_is_good_and_starts_nothing(martlet, tmp_path):
    path = tmp_path / "good.conf"
    path.write_text("listener 0 127.0.0.1\n", encoding="utf-8")
    result = run(martlet, "-c", path, "--test-config")
    assert result.returncode == 0 and result.stderr == b"Configuration file is OK.\n"


def test_a_bad_configuration_is_told_by_line(martlet, tmp_path):
    path = tmp_path / "bad.conf"
    path.write_text("listener 0 127.0.0.1\nfalse true\n", encoding="utf-8")
    result = run(martlet, "-c", path, "--test-config")
    assert result.returncode == 3
    assert f"Error found at {path}:2." in result.stderr.decode()


# effect: include_dir
def test_files_of_a_folder_are_read_in_the_order_of_their_octets(martlet, folder):
    directory = folder.parent / "conf.d"
    (directory / "b.conf").write_text("max_qos 1\n", encoding="utf-8")
    (directory / "B.conf").write_text("listener 0 127.0.0.1\n", encoding="utf-8")
    (directory / "a.conf~").write_text("false\n", encoding="utf-8")
    assert run(martlet, "-c", folder, "--test-config").returncode == 0
    (directory / "c.conf").write_text("\nfalse true\n", encoding="utf-8")
    result = run(martlet, "-c", folder, "--test-config")
    assert result.returncode == 3
    assert f"Error found at {directory}/c.conf:2." in result.stderr.decode()


def test_a_file_of_a_folder_includes_no_other(martlet, folder):
    nested = folder.parent / "conf.d" / "a.conf"
    nested.write_text(f"include_dir {folder.parent}\n", encoding="utf-8")
    result = run(martlet, "-c", folder, "--test-config")
    assert result.returncode == 3 and b"must follow a main configuration" in result.stderr


def test_a_folder_that_is_not_there_is_an_error(martlet, tmp_path):
    path = tmp_path / "main.conf"
    path.write_text(f"include_dir {tmp_path}/nowhere\n", encoding="utf-8")
    result = run(martlet, "-c", path, "--test-config")
    assert result.returncode == 3 and b"No such file" in result.stderr


def test_the_process_number_is_not_written_through_a_link(martlet, tmp_path):
    (tmp_path / "else").write_text("mine", encoding="utf-8")
    (tmp_path / "pid").symlink_to(tmp_path / "else")
    configuration = tmp_path / "c.conf"
    configuration.write_text(f"listener 0 127.0.0.1\npid_file {tmp_path}/pid\n", encoding="utf-8")
    result = subprocess.run([martlet, "run", "-c", configuration], capture_output=True, text=True,
                            timeout=60, check=False)
    assert result.returncode == 1 and "pid" in result.stderr
    assert (tmp_path / "else").read_text(encoding="utf-8") == "mine"


# effect: pid_file
def test_the_number_of_the_process_stands_in_a_file_while_it_runs(start_daemon, tmp_path):
    path = tmp_path / "martlet.pid"
    daemon = start_daemon(f"listener 0 127.0.0.1\npid_file {path}\n")
    assert path.read_text(encoding="utf-8") == f"{daemon.process.pid}\n"
    assert daemon.end() == 0
    assert not path.exists()


# effect: retry_interval retain_expiry_interval persistence retained_persistence
# effect: auth_plugin_deny_special_chars
@pytest.mark.parametrize("line, words", [
    ("retry_interval 20", "retry_interval option is no longer available"),
    ("retain_expiry_interval 5", "retain_expiry_interval option has no effect"),
    ("persistence true", "persistence option has no effect"),
    ("retained_persistence true", "retained_persistence option has no effect"),
    ("auth_plugin_deny_special_chars false", "auth_plugin_deny_special_chars option has no effect"),
])
def test_an_option_without_effect_says_so(start_daemon, line, words):
    assert words not in start_daemon("listener 0 127.0.0.1\n").log
    assert words in start_daemon(f"listener 0 127.0.0.1\n{line}\n").log


# effect: persistence_file persistence_location autosave_interval autosave_on_changes
@pytest.mark.parametrize("line, fits", [
    ("persistence_file a.db", True), ("persistence_location /var/lib/x", True),
    ("autosave_interval 60", True), ("autosave_interval often", False),
    ("autosave_on_changes true", True), ("autosave_on_changes often", False),
    ("autosave_for_ever true", False),
])
def test_the_shape_of_storage_is_taken_and_checked(martlet, tmp_path, line, fits):
    path = tmp_path / "a.conf"
    path.write_text(f"{line}\n", encoding="utf-8")
    assert (run(martlet, "-c", path, "--test-config").returncode == 0) == fits

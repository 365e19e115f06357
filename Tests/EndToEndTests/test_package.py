"""The Debian packages, and what systemd is told in them."""

import gzip
import hashlib
import os
import re
import shutil
import stat
import subprocess
import tarfile
from pathlib import Path

import pytest

from conftest import ROOT

SCRIPTS = {"martlet": ["postinst", "postrm", "prerm"], "martlet-mosquitto": ["postinst", "postrm"]}


def build(martlet, folder):
    """Makes the packages; gives their paths by package name."""
    result = subprocess.run(
        [ROOT / "scripts/deb", folder], capture_output=True, check=False, text=True, timeout=300,
        env={**os.environ, "MARTLET_BIN": martlet, "SOURCE_DATE_EPOCH": "1700000000"})
    assert result.returncode == 0, result.stderr
    return {Path(path).name.split("_")[0]: Path(path) for path in result.stdout.split()}


@pytest.fixture(scope="module")
def packages(martlet, tmp_path_factory):
    assert shutil.which("dpkg-deb"), "dpkg-deb is missing"
    return build(martlet, tmp_path_factory.mktemp("deb"))


@pytest.fixture(scope="module")
def contents(packages, tmp_path_factory):
    """The unpacked packages, by name, and the rows of their tables of contents."""
    unpacked = {}
    for name, path in packages.items():
        folder = tmp_path_factory.mktemp(name)
        subprocess.run(["dpkg-deb", "-R", path, folder / "root"], check=True)
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", path],
                              stdout=subprocess.PIPE) as process:
            with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
                unpacked[name] = folder / "root", list(archive)
    return unpacked


def field(package, name):
    return subprocess.run(
        ["dpkg-deb", "-f", package, name], capture_output=True, check=True,
        text=True).stdout.strip()


def test_there_are_two_packages_with_what_they_need(packages):
    main, names = packages["martlet"], packages["martlet-mosquitto"]
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, check=True, text=True).stdout
    assert field(main, "Architecture") == architecture.strip()
    for library in ["libc6 (>=", "libssl3", "libserialport0", "libudev1"]:
        assert library in field(main, "Depends")
    assert int(field(main, "Installed-Size")) > 1000
    assert field(names, "Architecture") == "all"
    assert field(names, "Depends") == f"martlet (>= {field(main, 'Version')})"
    assert "mosquitto" in field(names, "Conflicts")


def test_all_that_belongs_to_it_is_there(contents):
    _, rows = contents["martlet"]
    found = {row.name for row in rows}
    for path in """\
./etc/martlet/martlet.conf
./etc/martlet/conf.d/README
./usr/bin/martlet
./usr/lib/systemd/system/martlet.service
./usr/lib/sysusers.d/martlet.conf
./usr/lib/tmpfiles.d/martlet.conf
./usr/lib/udev/rules.d/60-martlet.rules
./usr/share/bash-completion/completions/martlet
./usr/share/doc/martlet/changelog.gz
./usr/share/doc/martlet/copyright
./usr/share/doc/martlet/examples/martlet.socket
./usr/share/man/man1/martlet.1.gz
./usr/share/man/man1/martlet-run.1.gz
./usr/share/man/man1/martlet-signal.1.gz
./usr/share/man/man5/martlet.conf.5.gz""".splitlines():
        assert path in found, path


def test_owners_and_modes_are_as_policy_wants_them(contents):
    for _, rows in contents.values():
        for row in rows:
            assert (row.uname, row.gname, row.mtime) == ("root", "root", 1700000000), row.name
            if row.issym():
                continue
            wanted = 0o755 if row.isdir() or "/bin/" in row.name else 0o644
            assert stat.S_IMODE(row.mode) == wanted, f"{row.name} has {row.mode:o}"


def test_every_file_in_etc_is_a_conffile_and_every_sum_is_right(contents):
    for root, _ in contents.values():
        control = root / "DEBIAN"
        etc = sorted(f"/{path.relative_to(root)}" for path in root.glob("etc/**/*")
                     if path.is_file())
        if etc:
            assert (control / "conffiles").read_text().splitlines() == etc
        rows = [row.split("  ", 1) for row in (control / "md5sums").read_text().splitlines()]
        files = {str(path.relative_to(root)) for path in root.rglob("*")
                 if path.is_file() and not path.is_symlink() and "DEBIAN" not in path.parts}
        assert {name for _, name in rows} == files
        for digest, name in rows:
            assert hashlib.md5((root / name).read_bytes()).hexdigest() == digest


def test_the_scripts_are_shell_and_end_at_the_first_error(contents):
    for package, names in SCRIPTS.items():
        for name in names:
            script = contents[package][0] / "DEBIAN" / name
            text = script.read_text()
            assert text.startswith("#!/bin/sh\n") and "\nset -e\n" in text
            assert stat.S_IMODE(script.stat().st_mode) == 0o755
            subprocess.run(["sh", "-n", script], check=True)


def test_no_text_has_a_path_of_this_machine(contents):
    for root, _ in contents.values():
        for path in root.rglob("*"):
            if not path.is_file() or path.is_symlink() or path.name == "martlet":
                continue
            octets = path.read_bytes()
            text = gzip.decompress(octets) if path.suffix == ".gz" else octets
            for place in (str(ROOT), str(Path.home()) + "/", "/tmp/"):
                assert place.encode() not in text, f"{place} in {path}"


def test_manual_pages_are_troff_that_man_takes(contents):
    root, _ = contents["martlet"]
    pages = list(root.glob("usr/share/man/man*/*.gz"))
    assert len(pages) >= 10
    for page in pages:
        text = gzip.decompress(page.read_bytes()).decode()
        title = page.name.removesuffix(".gz").rsplit(".", 1)[0].upper().replace("-", r"\-")
        assert text.startswith(f".TH {title} "), page


def test_links_lead_to_what_is_there(contents):
    everything = {row.name for _, rows in contents.values() for row in rows}
    links = [row for row in contents["martlet-mosquitto"][1] if row.issym()]
    names = {Path(row.name).name for row in links}
    assert {"mosquitto", "mosquitto_pub", "mosquitto_sub", "mosquitto_rr", "mosquitto_passwd",
            "mosquitto_signal", "mosquitto.service"} <= names
    for row in links:
        target = os.path.normpath(os.path.join(os.path.dirname(row.name), row.linkname))
        assert f"./{target}" in everything, f"{row.name} -> {row.linkname}"


def test_the_same_binary_and_time_give_the_same_octets(martlet, packages, tmp_path):
    again = build(martlet, tmp_path / "again")
    for name, path in packages.items():
        assert again[name].read_bytes() == path.read_bytes(), name


def test_the_configuration_is_good_and_listens_on_this_machine_alone(martlet, contents, tmp_path):
    """With its paths moved, and then with what a tutorial puts beside it."""
    root, _ = contents["martlet"]
    text = (root / "etc/martlet/martlet.conf").read_text()
    assert not re.search(r"^listener", text, re.M)
    folder = tmp_path / "conf.d"
    folder.mkdir()
    path = tmp_path / "martlet.conf"
    path.write_text(text.replace("/etc/martlet/conf.d", str(folder)))
    command = [martlet, "run", "--test-config", "-c", path]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    (folder / "default.conf").write_text("listener 1883\nallow_anonymous true\n")
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    (folder / "other.conf").write_text("listener x\n")
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    assert result.returncode == 3 and "other.conf:1" in result.stderr


def test_the_unit_is_confined(capsys):
    """systemd's own judgement: 0 is no exposure, 10 all of it."""
    unit = ROOT / "packaging/martlet.service"
    result = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", unit],
        capture_output=True, check=False, text=True)
    found = re.search(r"Overall exposure level for martlet.service: ([\d.]+)", result.stdout)
    assert found, result.stderr
    with capsys.disabled():
        print(f"\n{found[0]}")
    assert float(found[1]) <= 2.0


def test_units_are_what_systemd_takes(contents, tmp_path):
    root, _ = contents["martlet"]
    for path in [root / "usr/lib/systemd/system/martlet.service",
                 root / "usr/share/doc/martlet/examples/martlet.socket"]:
        text = path.read_text().replace("/usr/bin/martlet", "/bin/true")
        (tmp_path / path.name).write_text(text)
    result = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *tmp_path.iterdir()], capture_output=True,
        check=False, text=True)
    complaints = [row for row in result.stderr.splitlines() if "martlet" in row]
    assert result.returncode == 0 and not complaints, result.stderr


def test_the_user_and_the_folders_are_what_systemd_takes(contents, tmp_path):
    root, _ = contents["martlet"]
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/group").write_text("dialout:x:20:\n")
    words = [f"--root={tmp_path}", root / "usr/lib/sysusers.d/martlet.conf"]
    result = subprocess.run(
        ["systemd-sysusers", *words], capture_output=True, check=False, text=True)
    assert result.returncode == 0, result.stderr
    assert re.search(r"^dialout:x:20:martlet$", (tmp_path / "etc/group").read_text(), re.M)
    assert re.search(r"^martlet:.*:/var/lib/martlet:.*nologin$",
                     (tmp_path / "etc/passwd").read_text(), re.M)
    rows = [row.split() for row in
            (root / "usr/lib/tmpfiles.d/martlet.conf").read_text().splitlines()
            if not row.startswith("#")]
    assert [row[:2] for row in rows] == [
        ["d", "/run/martlet"], ["d", "/var/lib/martlet"], ["d", "/var/log/martlet"]]

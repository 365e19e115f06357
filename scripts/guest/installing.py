"""The Debian packages under real apt and systemd, and a tutorial of Mosquitto's with martlet in its
place."""

import json
import os
import subprocess
import time
from pathlib import Path

from machine import Machine

ROOT = Path(__file__).parents[2]
# What docs and manual pages weigh is left out of the guest, but not for what is under test.
PREPARE = "rm -f /etc/dpkg/dpkg.cfg.d/*mmdebstrap*"
APT = "DEBIAN_FRONTEND=noninteractive apt-get -y -q"
# A table of the kernel's: local address, and state 0A for a socket that listens on 1883 (075B).
LISTENING = "awk '$4 == \"0A\" && $2 ~ /:075B$/ {print $2}' /proc/net/tcp"
READER = """\
import sys
import paho.mqtt.client as mqtt

client = mqtt.Client()
client.username_pw_set("alice", "secret")
client.tls_set("/etc/martlet/certs/ca.crt")
client.on_connect = lambda client, *_: client.subscribe("test/paho", 1)
client.on_subscribe = lambda client, *_: client.publish("test/paho", "from paho", 1)


def show(client, _, message):
    print(message.payload.decode())
    client.disconnect()


client.on_message = show
client.connect("localhost", 8883)
client.loop_forever()
"""
CERTIFICATES = """\
mkdir -p /etc/martlet/certs && cd /etc/martlet/certs
openssl req -new -x509 -days 30 -nodes -newkey rsa:2048 -subj /CN=Tutorial-CA \\
  -keyout ca.key -out ca.crt
openssl req -new -nodes -newkey rsa:2048 -subj /CN=localhost -keyout server.key -out server.csr
openssl x509 -req -days 30 -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out server.crt
chgrp martlet server.key && chmod 640 server.key
"""


def make_packages(folder, binary):
    """Packages of the binary, in the folder that the guest sees as /mnt."""
    folder.mkdir()
    subprocess.run(
        [ROOT / "scripts/deb", folder], check=True, stdout=subprocess.DEVNULL,
        env={**os.environ, "MARTLET_BIN": str(binary.resolve())})
    (folder / "reader.py").write_text(READER, encoding="ascii")


class Daemon:
    """What systemd says of the daemon, and what is in its journal."""

    def __init__(self, guest):
        self.guest = guest

    def show(self, name):
        return self.guest.run(f"systemctl show --value -p {name} martlet").strip()

    @property
    def process(self):
        return self.show("MainPID")

    def is_active(self):
        return self.guest.attempt("systemctl is-active -q martlet")[0] == 0

    def listening(self):
        """The addresses of IPv4 that port 1883 is open at, as the kernel writes them."""
        return self.guest.run(LISTENING).split()

    def entry(self, *fields):
        """The journal's last entry with these fields, as soon as there is one."""
        match = " ".join(f"'{field}'" for field in fields)
        text = self.guest.until(
            f"journalctl -q -u martlet -o json -n 1 {match} | grep -m 1 .", 30)
        return json.loads(text)

    def configure(self, *lines):
        """Writes conf.d/default.conf and restarts, as tutorials do."""
        text = "".join(f"{line}\\n" for line in lines)
        self.guest.run(f"printf '{text}' > /etc/martlet/conf.d/default.conf")
        self.guest.run("systemctl restart martlet")


def check_install(guest, daemon, report):
    with report.check("apt installs the package, and the daemon runs") as facts:
        guest.run(PREPARE)
        guest.run(f"{APT} install /mnt/martlet_*.deb", 300)
        assert daemon.is_active()
        guest.run("systemctl is-enabled -q martlet")
        assert "active (running)" in guest.run("systemctl status --no-pager martlet")
        facts.append(guest.run("martlet --version").strip())
    with report.check("it runs as its own user, in its own folders"):
        assert daemon.show("User") == "martlet"
        owners = guest.run(
            "stat -c '%U:%G %a %n' /run/martlet /var/lib/martlet /var/log/martlet /etc/martlet")
        assert owners.splitlines() == [
            "martlet:martlet 755 /run/martlet", "martlet:martlet 750 /var/lib/martlet",
            "martlet:martlet 750 /var/log/martlet", "root:martlet 2755 /etc/martlet"], owners
        assert guest.run("cat /run/martlet/martlet.pid").strip() == daemon.process
        assert "dialout" in guest.run("id -nG martlet").split()
    with report.check("without a listener it is for this machine alone") as facts:
        assert daemon.listening() == ["0100007F:075B"], daemon.listening()
        guest.run("martlet pub -t a -m x -q 1")
    with report.check("systemd judges its confinement") as facts:
        said = guest.run("systemd-analyze security --no-pager martlet | tail -n 1")
        score = float(said.split(":")[1].split()[0])
        facts.append(f"exposure {score}")
        assert score <= 2.0
    with report.check("manual pages and completion are there"):
        guest.run("test -s /usr/share/man/man1/martlet-run.1.gz -a "
                  "-s /usr/share/man/man5/martlet.conf.5.gz -a "
                  "-s /usr/share/bash-completion/completions/martlet")


def check_life(guest, daemon, report):
    with report.check("restart makes another process"):
        before = daemon.process
        guest.run("systemctl restart martlet")
        assert daemon.is_active() and daemon.process != before
    with report.check("reload reads the configuration in the same process"):
        before = daemon.process
        guest.run("systemctl reload martlet")
        daemon.entry("MESSAGE=Reloading config.", f"_PID={before}")
        assert daemon.is_active() and daemon.process == before
    with report.check("a daemon that was killed is started again"):
        before = daemon.process
        guest.run("systemctl kill -s KILL martlet")
        guest.until(f"test $(systemctl show --value -p MainPID martlet) -gt 0 -a "
                    f"$(systemctl show --value -p MainPID martlet) != {before}")
        assert daemon.show("NRestarts") == "1"
    with report.check("a daemon that hangs is started again by the watchdog") as facts:
        guest.run("mkdir -p /run/systemd/system/martlet.service.d && "
                  "printf '[Service]\\nWatchdogSec=4\\n' > "
                  "/run/systemd/system/martlet.service.d/watchdog.conf && "
                  "systemctl daemon-reload && systemctl restart martlet")
        time.sleep(6)
        assert daemon.show("NRestarts") == "0", "a daemon that is well was taken for hung"
        before = daemon.process
        began = time.monotonic()
        guest.run(f"kill -STOP {before}")
        guest.until("systemctl show -p NRestarts martlet | grep -q =1", 60)
        guest.until("systemctl is-active -q martlet", 30)
        assert daemon.process != before
        facts.append(f"{time.monotonic() - began:.0f} s")
        guest.run("rm -r /run/systemd/system/martlet.service.d && systemctl daemon-reload && "
                  "systemctl restart martlet")


def check_journal(guest, daemon, report):
    with report.check("the journal has client, user and peer as fields") as facts:
        guest.run("martlet pub -i c1 -u ann -P x -t a -m x -q 1")
        entry = daemon.entry("CLIENT_ID=c1", "USER=ann")
        assert entry["MESSAGE"].startswith("New client connected from "), entry
        assert entry["PEER"].startswith(("127.0.0.1:", "[::1]:")) and entry["PRIORITY"] == "5"
        assert entry["SYSLOG_IDENTIFIER"] == "martlet"
        facts.append(entry["PEER"])
    with report.check("a node is a field too"):
        guest.run("martlet pub --sn udp://localhost:1884 -i n1 -t a -m x -q 1")
        assert daemon.entry("NODE=n1")["CLIENT_ID"] == "n1"
    with report.check("a line feed in a client id begins no field"):
        guest.run("martlet pub -i \"$(printf 'c2\\nCODE_FILE=forged')\" -t a -m x -q 1")
        daemon.entry("CLIENT_ID=c2?CODE_FILE=forged")
        assert guest.run("journalctl -q CODE_FILE=forged | wc -l").strip() == "0"


def check_sockets(guest, daemon, report):
    with report.check("systemd opens the ports, and the first client starts the daemon") as facts:
        guest.run("systemctl stop martlet && "
                  "cp /usr/share/doc/martlet/examples/martlet.socket /etc/systemd/system/ && "
                  "systemctl daemon-reload")
        guest.run("printf 'listener 1883\\nlistener 1884\\nprotocol mqttsn\\n"
                  "allow_anonymous true\\n' > /etc/martlet/conf.d/default.conf")
        guest.run("systemctl start martlet.socket")
        assert not daemon.is_active()
        began = time.monotonic()
        guest.run("martlet pub -t a -m x -q 1")
        facts.append(f"{time.monotonic() - began:.1f} s")
        assert daemon.is_active()
        daemon.entry("MESSAGE=Taking over TCP [::]:1883 from the service manager.")
        daemon.entry("MESSAGE=Taking over UDP [::]:1884 from the service manager.")
        guest.run("martlet pub --sn udp://localhost:1884 -i n2 -t a -m x -q 1")
    with report.check("the ports stay open while the daemon restarts"):
        guest.run("systemctl restart --no-block martlet; martlet pub -t a -m x -q 1")
    guest.run("systemctl stop martlet.socket martlet; rm /etc/systemd/system/martlet.socket "
              "/etc/martlet/conf.d/default.conf; systemctl daemon-reload; systemctl start martlet")


def check_tutorial(guest, daemon, report):
    """What Mosquitto's tutorials say, word for word, but for the packages' names and /etc/martlet."""
    with report.check("apt install: the commands have Mosquitto's names") as facts:
        guest.run(f"{APT} install /mnt/martlet-mosquitto_*.deb", 300)
        facts.append(guest.run("ls /usr/bin | grep -c ^mosquitto_").strip() + " of them")
        guest.run("systemctl status --no-pager mosquitto | grep -q 'active (running)'")
    with report.check("listener 1883 and allow_anonymous true; mosquitto_sub hears mosquitto_pub"):
        daemon.configure("listener 1883", "allow_anonymous true")
        assert daemon.listening() == ["00000000:075B"], daemon.listening()
        guest.run("mosquitto_sub -h localhost -t test/topic -C 1 -W 30 > /run/heard & reader=$!; "
                  "until journalctl -q -u martlet | grep -q 'connected from'; do :; done; "
                  "until test -s /run/heard; do "
                  "mosquitto_pub -h localhost -t test/topic -m 'hello world'; done; wait $reader")
        assert guest.run("cat /run/heard") == "hello world"
    with report.check("mosquitto_passwd -c asks twice, and the daemon can read the file"):
        guest.run("printf 'secret\\nsecret\\n' | mosquitto_passwd -c /etc/martlet/passwd alice")
        assert guest.run("stat -c '%U:%G %a' /etc/martlet/passwd") == "root:martlet 640"
        # The cost of a hash is meant for a real processor: this one takes ten seconds for it.
        guest.run("mosquitto_passwd -b -I 1000 /etc/martlet/passwd alice secret")
        daemon.configure("listener 1883", "allow_anonymous false",
                         "password_file /etc/martlet/passwd")
        assert daemon.is_active()
    with report.check("who has no password, or a wrong one, stays out") as facts:
        status, said = guest.attempt("mosquitto_pub -h localhost -t test/topic -m x")
        assert status == 5, said
        facts.append(said.strip().splitlines()[-1])
        status, _ = guest.attempt("mosquitto_pub -h localhost -u alice -P wrong -t a -m x")
        assert status == 5
        assert daemon.entry("USER=alice")["MESSAGE"].endswith("bad password.")
    with report.check("who has one gets in"):
        guest.run("mosquitto_pub -h localhost -u alice -P secret -t test/topic -m x -r -q 1")
        assert guest.run("mosquitto_sub -h localhost -u alice -P secret -t test/topic -C 1 -W 30"
                         ) == "x"
    with report.check("TLS with certificates that openssl has made"):
        guest.run(CERTIFICATES, 300)
        daemon.configure(
            "listener 1883", "allow_anonymous false", "password_file /etc/martlet/passwd",
            "listener 8883", "cafile /etc/martlet/certs/ca.crt",
            "certfile /etc/martlet/certs/server.crt", "keyfile /etc/martlet/certs/server.key")
        common = "-h localhost -p 8883 --cafile /etc/martlet/certs/ca.crt -u alice -P secret"
        guest.run(f"mosquitto_pub {common} -t test/tls -m sealed -r -q 1")
        assert guest.run(f"mosquitto_sub {common} -t test/tls -C 1 -W 30") == "sealed"
        status, _ = guest.attempt(
            "mosquitto_pub -h localhost -p 8883 -u alice -P secret -t test/tls -m x")
        assert status != 0, "a certificate of an unknown authority was taken"
    with report.check("paho-mqtt from Python") as facts:
        facts.append(guest.run("timeout 60 python3 /mnt/reader.py", 90).strip())
        assert facts == ["from paho"]
    with report.check("a false option keeps the daemon down, and the journal says which line"):
        guest.run("echo 'listener x' > /etc/martlet/conf.d/wrong.conf")
        assert guest.attempt("systemctl restart martlet")[0] != 0
        assert daemon.show("ExecMainStatus") == "3"
        assert daemon.show("NRestarts") == "0"
        guest.run("journalctl -q -u martlet | grep -q 'conf.d/wrong.conf:1'")
        guest.run("rm /etc/martlet/conf.d/wrong.conf; systemctl reset-failed martlet; "
                  "systemctl restart martlet")


def check_purge(guest, daemon, report):
    with report.check("what is removed ends, and keeps its configuration"):
        guest.run(f"{APT} remove martlet martlet-mosquitto", 300)
        assert not daemon.is_active()
        guest.run("test -e /etc/martlet/conf.d/default.conf -a ! -e /usr/bin/martlet "
                  "-a ! -e /usr/bin/mosquitto_pub")
    with report.check("a purge leaves neither user nor files"):
        guest.run(f"{APT} purge martlet martlet-mosquitto", 300)
        left = guest.run(
            "getent passwd martlet; getent group martlet; "
            "ls -d /etc/martlet /var/lib/martlet /var/log/martlet /run/martlet "
            "/etc/systemd/system/*/martlet* /var/lib/systemd/deb-systemd-helper-enabled/martlet* "
            "/usr/lib/systemd/system/martlet* /usr/lib/udev/rules.d/*martlet* 2>/dev/null; "
            "dpkg -l 'martlet*' 2>/dev/null | grep ^[^un].*martlet; true")
        rows = [row for row in left.splitlines() if row and not row.startswith(("|", "+", "Des"))]
        assert not rows, rows


def run(report, guest_files, binary, room):
    """Makes all checks; `room` is a folder for sockets and logs."""
    share, guest = room / "share", None
    with report.check("packages are made of the binary"):
        make_packages(share, binary)
    try:
        with report.check("a Debian to install them in boots") as facts:
            guest = Machine(guest_files, share)
            facts.append(f"{guest.boot_seconds:.0f} s")
        if guest is None:
            return
        daemon = Daemon(guest)
        try:
            for check in (check_install, check_life, check_journal, check_sockets, check_tutorial,
                          check_purge):
                check(guest, daemon, report)
        finally:
            _, journal = guest.attempt("journalctl -q -b")
            (room / "journal.log").write_text(journal, encoding="utf-8")
        with report.check("it shuts down") as facts:
            facts.append(f"{guest.power_off():.0f} s")
    finally:
        if guest is not None:
            guest.close()

"""Serial lines with real udev, systemd and libserialport: adapters of QEMU, boards of firmware-sim."""

import re
import subprocess
import time
from pathlib import Path

from machine import GuestError, Machine

ROOT = Path(__file__).parents[2]
# Where QEMU's USB controller is, and so what the sockets of its adapters are called.
CONTROLLER = "08"
OPTIONS = ["-device", f"qemu-xhci,id=bus,addr={CONTROLLER},p2=8"]
LINK = "/dev/martlet/MT0001"
READING = {"microbit": "sensors/m0-1/temperature", "mps2-an386": "sensors/m4-1/temperature"}
CONFIGURATION = """\
listener 1883 127.0.0.1
allow_anonymous true
sys_interval 1
serial {link}
serial {place}
"""
INSTALL = """\
install -m 644 /mnt/udev/*.rules /etc/udev/rules.d/
install -m 644 /mnt/udev/*.target /mnt/martlet.service /etc/systemd/system/
mkdir -p /etc/martlet
cp /mnt/martlet.conf /etc/martlet/
udevadm control --reload
systemctl daemon-reload
"""
# How udev says that a line of ours is wrong.
COMPLAINT = r"/\d+-martlet[a-z-]*\.rules:\d+.*(nvalid|nknown|gnor|ailed)"
# Each message that reaches the subscriber, behind the time when it did.
SUBSCRIBER = """\
/mnt/martlet sub -t 'sensors/#' -v | while read -r line; do echo "$EPOCHREALTIME $line"; done
"""


def place(port):
    """The stable name of a USB socket."""
    return f"/dev/martlet/pci-0000_00_{CONTROLLER}_0-usb-0_{port}_1_0"


def fill_share(folder, binary):
    """What the guest sees as /mnt."""
    copies = [binary, ROOT / "scripts/guest/martlet.service", *(ROOT / "udev").iterdir()]
    (folder / "udev").mkdir(parents=True)
    for path in copies:
        target = folder / "udev" if path.parent.name == "udev" else folder
        (target / path.name).write_bytes(path.read_bytes())
    (folder / binary.name).rename(folder / "martlet")
    (folder / "martlet").chmod(0o755)
    text = CONFIGURATION.format(link=LINK, place=place(2))
    (folder / "martlet.conf").write_text(text, encoding="ascii")
    (folder / "readings").write_text(SUBSCRIBER, encoding="ascii")


class Board:
    """A board of firmware-sim whose UART is a Unix socket."""

    def __init__(self, name, room):
        self.path = room / name
        with open(room / f"{name}.log", "wb") as log:
            self.process = subprocess.Popen(
                [ROOT / "firmware-sim/run-qemu", name, f"unix:{self.path}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + 30
        while not self.path.exists():
            if time.monotonic() > end or self.process.poll() is not None:
                self.close()
                raise GuestError(f"the board {name} does not start")
            time.sleep(0.05)

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Adapter:
    """A USB serial adapter, FTDI 0403:6001, and what is behind it: a board or nothing."""

    def __init__(self, guest, port, serial, board=None):
        self.guest, self.port, self.serial = guest, port, serial
        self.name = f"adapter{port}"
        backend = {"type": "ringbuf", "data": {}}
        if board is not None:
            address = {"type": "unix", "data": {"path": str(board.path)}}
            backend = {"type": "socket", "data": {"addr": address, "server": False}}
        guest.monitor.do("chardev-add", id=self.name, backend=backend)

    def plug(self):
        self.guest.monitor.do(
            "device_add", driver="usb-serial", id=self.name, chardev=self.name,
            serial=self.serial, bus="bus.0", port=str(self.port))

    def unplug(self):
        """Returns when the guest has let it go."""
        self.guest.monitor.do("device_del", id=self.name)
        self.guest.monitor.wait("DEVICE_DELETED", self.name)


class Bench:
    """The guest, and questions that more than one check asks."""

    def __init__(self, guest):
        self.guest = guest

    def now(self):
        """The guest's time in seconds."""
        return float(self.guest.run("echo $EPOCHREALTIME"))

    def log(self, text, since=0.0, seconds=30):
        """Waits for a line of the daemon's log with `text`: when it was written."""
        lines = self.guest.until(
            f"journalctl -q -u martlet -o short-unix --since @{since:.6f} | grep -F -m 1 '{text}'",
            seconds)
        return float(lines.split()[0])

    def reading(self, board, since, seconds=60):
        """Waits for a reading of a board at the subscriber: when it arrived, and what it says."""
        found = self.guest.until(
            f"awk '$1 > {since:.6f} && $2 == \"{READING[board]}\"' /run/readings | grep -m 1 .",
            seconds).split()
        return float(found[0]), found[2]

    def await_link(self, path, seconds=30):
        """Waits until udev has made a link: when it did."""
        self.guest.run(f"udevadm wait -t {seconds} {path}", seconds + 10)
        return float(self.guest.run(f"stat -c %.6Z {path}"))

    def await_end(self, path, seconds=30):
        self.guest.run(f"udevadm wait -t {seconds} --removed {path}", seconds + 10)

    def property(self, unit, name):
        return self.guest.run(f"systemctl show --value -p {name} '{unit}'").strip()

    def processor_seconds(self):
        """What the daemon has used of the processor."""
        process = self.property("martlet", "MainPID")
        fields = self.guest.run(f"cat /proc/{process}/stat").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def load(self, seconds):
        """The part of a processor that the daemon uses, over some seconds of the guest's time."""
        before, began = self.processor_seconds(), self.now()
        self.guest.run(f"sleep {seconds}")
        return (self.processor_seconds() - before) / (self.now() - began)

    def status(self, link, field):
        """A value of `$SYS` about a line."""
        line = link.replace("/", "_")
        return self.guest.run(
            f"/mnt/martlet sub -C 1 -W 10 -t '$SYS/broker/gateway/lines/{line}/{field}'").strip()

    def targets(self):
        """The lines that systemd holds to be plugged in."""
        return self.guest.run(
            "systemctl list-units --plain --no-legend --state active 'martlet-line@*.target'"
        ).splitlines()


def check_rules(bench, report):
    guest = bench.guest
    with report.check("rules and units are accepted") as facts:
        guest.run(INSTALL)
        version = int(guest.run("udevadm --version"))
        facts.append(f"systemd {version}")
        if version >= 254:
            guest.run("udevadm verify --no-summary /etc/udev/rules.d/*-martlet*.rules")
        # Read when the next event comes, and complained about then.
        guest.run("udevadm trigger --settle --subsystem-match=tty")
        said = guest.run("journalctl -q -u systemd-udevd | grep martlet || true")
        assert not said, said
        guest.run("systemd-analyze verify --man=no /etc/systemd/system/martlet.service "
                  "/etc/systemd/system/martlet-line@.target")


def check_start(bench, report):
    with report.check("the daemon starts with no adapter plugged in"):
        bench.guest.run("systemctl start martlet")
        bench.log("Serial line not available")
        bench.guest.run("systemd-run -q --unit readings -p Restart=always -p RestartSec=1 "
                        "-p StandardOutput=append:/run/readings bash /mnt/readings")


def check_plug(bench, report, adapter):
    guest = bench.guest
    began = bench.now()
    with report.check(f"an adapter plugged in becomes {LINK}") as facts:
        adapter.plug()
        facts.append(f"{bench.await_link(LINK) - began:.1f} s")
        device = guest.run(f"stat -L -c '%G %a %n' {LINK}").split()
        assert device[:2] == ["dialout", "660"], device
    with report.check("its place and the system's by-id name are the same device") as facts:
        names = guest.run(f"realpath {LINK} {place(1)} /dev/serial/by-id/*MT0001*").split()
        assert len(set(names)) == 1, names
        facts.append(names[0])
    with report.check("udev's own trial of the device names the links, without a complaint"):
        said = guest.run(f"udevadm test $(udevadm info -q path {LINK}) 2>&1")
        assert "martlet/MT0001" in said, said
        complaints = [line for line in said.splitlines() if re.search(COMPLAINT, line)]
        assert not complaints, complaints
    with report.check("systemd has a device unit and an attached line"):
        guest.until("systemctl is-active -q dev-martlet-MT0001.device")
        guest.until("systemctl is-active -q 'martlet-line@*'")
        assert len(bench.targets()) == 1, bench.targets()
    return began


def check_readings(bench, report, began):
    guest = bench.guest
    with report.check("the daemon opens it through libserialport") as facts:
        bench.log(f"Opening serial line {LINK} at 115200 baud", began)
        process = bench.property("martlet", "MainPID")
        device = guest.run(f"realpath {LINK}").strip()
        guest.run(f"grep -q libserialport /proc/{process}/maps")
        guest.run(f"ls -l /proc/{process}/fd | grep -q -- '-> {device}$'")
        rate = guest.run(f"stty -F {device} speed").strip()
        assert rate == "115200", rate
        facts.append(f"{device} at {rate} baud")
    with report.check("readings of the firmware reach a subscriber") as facts:
        when, text = bench.reading("microbit", began)
        facts += [text, f"{when - began:.1f} s after the plug"]
    with report.check("$SYS tells of the line"):
        assert bench.status(LINK, "state") == "open"
        assert int(bench.status(LINK, "received")) > 0


def check_list(bench, report):
    with report.check("martlet serial list prints ids, serial number and by-id link") as facts:
        said = bench.guest.run("/mnt/martlet serial list")
        row = next((row for row in said.splitlines() if "MT0001" in row), said)
        for word in ["/dev/ttyUSB0", "0403:6001", " MT0001 ", "/dev/serial/by-id/", LINK]:
            assert word in row, f"{word} is not in: {row}"
        facts.append(" ".join(row.split()[:3]))


def check_unplug(bench, report, adapter):
    with report.check("an unplug is told") as facts:
        began = bench.now()
        adapter.unplug()
        bench.await_end(LINK)
        told = bench.log(f"{LINK} was unplugged", began)
        facts.append(f"{told - began:.1f} s")
        time.sleep(1)
        assert bench.status(LINK, "state") == "closed"
    with report.check("the attached line is gone for systemd"):
        bench.guest.until("! systemctl is-active -q 'martlet-line@*'")
    with report.check("the daemon idles meanwhile") as facts:
        load = bench.load(3)
        facts.append(f"{load * 100:.0f} % of a processor")
        assert load < 0.3, load


def check_replug(bench, report, adapter, what):
    with report.check(what) as facts:
        began = bench.now()
        adapter.plug()
        linked = bench.await_link(LINK)
        opened = bench.log(f"{LINK} is open again", began)
        heard, text = bench.reading("microbit", opened)
        facts += [f"{LINK} after {linked - began:.1f} s", f"open after {opened - began:.1f} s",
                  f"reading {text} after {heard - began:.1f} s",
                  bench.guest.run(f"realpath {LINK}").strip()]
        assert opened - linked < 1, f"opened {opened - linked:.1f} s after its link"


def check_hurried(bench, report, adapter):
    with report.check("five unplugs and replugs in a row are survived") as facts:
        for _ in range(5):
            adapter.unplug()
            adapter.plug()
        began = bench.now()
        heard, _ = bench.reading("microbit", began)
        facts.append(f"reading after {heard - began:.1f} s")


def check_held(bench, report, adapter):
    """Another process keeps the old device open, so that the kernel gives the new one another
    number."""
    guest = bench.guest
    old = guest.run(f"realpath {LINK}").strip()
    guest.run(f"systemd-run -q --unit holder bash -c 'trap \"\" HUP; exec 3<>{old}; sleep 600'")
    guest.until(f"ls -l /proc/$(systemctl show --value -p MainPID holder)/fd | grep -q {old}")
    adapter.unplug()
    bench.await_end(LINK)
    check_replug(bench, report, adapter, "an adapter that comes back as another ttyUSB is found")
    with report.check("its name has followed") as facts:
        new = guest.run(f"realpath {LINK}").strip()
        assert new != old, new
        facts.append(f"{old}, then {new}")
    guest.attempt("systemctl kill -s KILL holder")


def check_same_process(bench, report, process):
    with report.check("all that was one process, which did not spin") as facts:
        assert bench.property("martlet", "MainPID") == process
        assert bench.property("martlet", "NRestarts") == "0"
        load = bench.load(3)
        facts.append(f"{load * 100:.0f} % of a processor with two lines")
        assert load < 0.3, load


def check_clones(bench, report, adapter, twins, hostile):
    """An adapter without a serial number, two with the same one, one that means harm."""
    guest = bench.guest
    with report.check("an adapter without a serial number is named by its place") as facts:
        began = bench.now()
        adapter.plug()
        bench.await_link(place(2))
        links = guest.run(f"udevadm info -q symlink {place(2)}").split()
        assert [link for link in links if "martlet" in link] == [place(2)[5:]], links
        facts.append(place(2))
    with report.check("its readings reach the subscriber, and do after a replug") as facts:
        when, text = bench.reading("mps2-an386", began)
        facts.append(f"{text} after {when - began:.1f} s")
        adapter.unplug()
        bench.await_end(place(2))
        began = bench.now()
        adapter.plug()
        when, text = bench.reading("mps2-an386", began)
        facts.append(f"then {text} after {when - began:.1f} s")
    with report.check("two adapters with the same serial number have a place each") as facts:
        for twin in twins:
            twin.plug()
            bench.await_link(place(twin.port))
        devices = guest.run(f"realpath {' '.join(place(twin.port) for twin in twins)}").split()
        assert len(set(devices)) == 2, devices
        assert guest.run("realpath /dev/martlet/0001").strip() in devices
        facts += devices
        for twin in twins:
            twin.unplug()
    with report.check("a serial number that is a path makes no name") as facts:
        hostile.plug()
        bench.await_link(place(hostile.port))
        links = guest.run(f"udevadm info -q symlink {place(hostile.port)}").split()
        assert [link for link in links if "martlet" in link] == [place(hostile.port)[5:]], links
        facts.append(hostile.serial)
        hostile.unplug()


def check_hook(bench, report, adapter):
    with report.check("a plug starts a daemon that is not running") as facts:
        bench.guest.run("systemctl stop martlet")
        began = bench.now()
        adapter.plug()
        bench.guest.until("systemctl is-active -q martlet", 30)
        facts.append(f"{bench.now() - began:.1f} s")
        # A "-" in the serial number is escaped in the name of a unit.
        bench.guest.run(r"systemctl is-active -q 'dev-martlet-AB\x2d12.device'")
        adapter.unplug()


def check_stop(bench, report):
    with report.check("the daemon ends when told"):
        bench.guest.run("systemctl stop martlet")
        assert bench.property("martlet", "Result") == "success"
    with report.check("martlet serial probe tells what the board speaks") as facts:
        said = bench.guest.run(f"/mnt/martlet serial probe {LINK}", 120)
        assert "hdlc" in said and "115200" in said, said
        facts.append(said.strip().splitlines()[-1].strip())


def run(report, guest_files, binary, room):
    """Makes all checks; `room` is a folder for sockets and logs."""
    boards, guest = [], None
    share = room / "share"
    fill_share(share, binary)
    try:
        with report.check("a Debian with systemd and udev boots") as facts:
            guest = Machine(guest_files, share, OPTIONS)
            facts += [f"kernel {guest.kernel}", f"{guest.boot_seconds:.0f} s"]
        if guest is not None:
            boards += [Board("microbit", room), Board("mps2-an386", room)]
            try:
                check_all(Bench(guest), report, boards)
            finally:
                _, journal = guest.attempt("journalctl -q -b")
                (room / "journal.log").write_text(journal, encoding="utf-8")
            with report.check("the guest shuts down") as facts:
                facts.append(f"{guest.power_off():.0f} s")
    finally:
        for board in boards:
            board.close()
        if guest is not None:
            guest.close()


def check_all(bench, report, boards):
    adapter = Adapter(bench.guest, 1, "MT0001", boards[0])
    nameless = Adapter(bench.guest, 2, "", boards[1])
    twins = [Adapter(bench.guest, port, "0001") for port in (3, 4)]
    check_rules(bench, report)
    check_start(bench, report)
    process = bench.property("martlet", "MainPID")
    began = check_plug(bench, report, adapter)
    check_readings(bench, report, began)
    check_list(bench, report)
    check_unplug(bench, report, adapter)
    check_replug(bench, report, adapter, "a replugged adapter is served again")
    check_held(bench, report, adapter)
    check_hurried(bench, report, adapter)
    check_clones(bench, report, nameless, twins, Adapter(bench.guest, 6, "../../sda"))
    check_same_process(bench, report, process)
    check_hook(bench, report, Adapter(bench.guest, 5, "AB-12"))
    check_stop(bench, report)

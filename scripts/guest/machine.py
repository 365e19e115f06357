"""The guest while it runs: QEMU, its monitor, and a shell inside."""

import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

BOOT_SECONDS = 240  # an idle machine needs 15
MONITOR_SECONDS = 30


class GuestError(Exception):
    """The guest did not do what it was told, and why."""


class Lines:
    """A Unix socket that QEMU listens on, line by line."""

    def __init__(self, path, alive, seconds=MONITOR_SECONDS):
        self.socket = socket.socket(socket.AF_UNIX)
        self.buffer = b""
        self.alive = alive
        end = time.monotonic() + seconds
        while True:
            try:
                self.socket.connect(str(path))
                return
            except OSError as error:
                alive()
                if time.monotonic() > end:
                    raise GuestError(f"{path}: {error}") from error
                time.sleep(0.05)

    def send(self, line):
        self.socket.sendall(line.encode() + b"\n")

    def next(self, seconds):
        """The next line, without its end; raises GuestError when none comes in time."""
        end = time.monotonic() + seconds
        while b"\n" not in self.buffer:
            self.socket.settimeout(max(end - time.monotonic(), 0.001))
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                raise GuestError(f"no answer in {seconds} s") from None
            except ConnectionError:
                data = b""
            if not data:
                self.alive()
                raise GuestError("QEMU hung up")
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.decode(errors="replace")

    def close(self):
        self.socket.close()


class Monitor:
    """QEMU's monitor (QMP)."""

    def __init__(self, path, alive):
        self.lines = Lines(path, alive)
        self.events = []
        self.lines.next(MONITOR_SECONDS)
        self.do("qmp_capabilities")

    def do(self, command, **arguments):
        """Runs a command and returns its result. "_" in a name stands for "-"."""
        names = {name.replace("_", "-"): value for name, value in arguments.items()}
        self.lines.send(json.dumps({"execute": command, "arguments": names}))
        while True:
            answer = json.loads(self.lines.next(MONITOR_SECONDS))
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise GuestError(f"{command}: {answer['error']['desc']}")
            self.events.append(answer)

    def wait(self, event, device):
        """Waits until QEMU tells an event of a device."""
        end = time.monotonic() + MONITOR_SECONDS
        while True:
            for index, told in enumerate(self.events):
                if told.get("event") == event and told.get("data", {}).get("device") == device:
                    del self.events[index]
                    return
            self.events.append(json.loads(self.lines.next(max(end - time.monotonic(), 0.001))))


class Machine:
    """A guest that has booted. `share` is a folder that it sees, read-only, as /mnt.

    Use it in a `with` statement: leaving it kills QEMU. Nothing that the guest writes is kept."""

    def __init__(self, files, share, options=()):
        files = Path(files)
        self.room = Path(tempfile.mkdtemp(prefix="guest."))
        self.said = self.room / "qemu.log"
        self.console = self.room / "console.log"
        self.process = None
        command = [
            "qemu-system-x86_64", "-no-user-config", "-nodefaults", "-display", "none",
            # A nested machine may have a KVM that opens and then hangs.
            "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "512",
            "-kernel", files / "kernel", "-initrd", files / "initramfs",
            "-append", "root=/dev/vda rw console=ttyS0 quiet",
            "-drive", f"file={files}/root.ext4,if=virtio,format=raw,snapshot=on",
            "-serial", f"file:{self.console}",
            "-device", "virtio-serial",
            "-chardev", f"socket,id=shell,path={self.room}/shell,server=on,wait=off",
            "-device", "virtserialport,chardev=shell,name=guest.shell",
            "-virtfs", f"local,path={share},mount_tag=share,security_model=none,readonly=on",
            "-qmp", f"unix:{self.room}/monitor,server=on,wait=off",
            *options,
        ]
        began = time.monotonic()
        try:
            with open(self.said, "wb") as said:
                self.process = subprocess.Popen(
                    [str(word) for word in command],
                    stdin=subprocess.DEVNULL, stdout=said, stderr=said)
            self.monitor = Monitor(self.room / "monitor", self.alive)
            self.shell = Lines(self.room / "shell", self.alive)
            self.kernel = self._answer(BOOT_SECONDS)[1].strip()
            self.run("mount -t 9p -o trans=virtio,ro,msize=131072 share /mnt")
        except BaseException:
            self.close()
            raise
        self.boot_seconds = time.monotonic() - began

    def alive(self):
        """Raises GuestError when QEMU has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(0.1)
            raise GuestError(f"QEMU has ended: {self.said.read_text(errors='replace').strip()}")

    def _ask(self, command, seconds):
        self.shell.send(f"{seconds} {base64.b64encode(command.encode()).decode()}")

    def _answer(self, seconds):
        try:
            status, text = self.shell.next(seconds).split(" ")
        except GuestError as error:
            console = self.console.read_text(errors="replace")[-2000:]
            raise GuestError(f"{error}; the guest's console says:\n{console}") from error
        return int(status), base64.b64decode(text).decode(errors="replace")

    def attempt(self, command, seconds=60):
        """Runs a command of bash as root in the guest: its exit status (124 when it took longer
        than `seconds`), and what it wrote on both outputs."""
        self._ask(command, seconds)
        return self._answer(seconds + 60)

    def run(self, command, seconds=60):
        """The same for a command that has to succeed: what it wrote."""
        status, text = self.attempt(command, seconds)
        if status != 0:
            raise GuestError(f"{command}: status {status}: {text.strip()}")
        return text

    def until(self, command, seconds=60):
        """Runs a command again and again until it succeeds: what it wrote then."""
        end = time.monotonic() + seconds
        while True:
            status, text = self.attempt(command, seconds)
            if status == 0:
                return text
            if time.monotonic() > end:
                raise GuestError(f"not in {seconds} s: {command}: {text.strip()}")
            time.sleep(0.1)

    def power_off(self, seconds=60):
        """Shuts the guest down as its users would; returns how long that took."""
        began = time.monotonic()
        self._ask("systemctl --no-block poweroff", seconds)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise GuestError(f"still there {seconds} s after its shutdown") from None
        return time.monotonic() - began

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for channel in ("shell", "monitor"):
            lines = getattr(self, channel, None)
            if lines is not None:
                getattr(lines, "lines", lines).close()
        shutil.rmtree(self.room, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def files():
    """The folder with the guest's files, made when they are missing."""
    build = Path(__file__).parent / "build"
    made = subprocess.run([build], stdout=subprocess.PIPE, check=True, text=True)
    return made.stdout.strip()

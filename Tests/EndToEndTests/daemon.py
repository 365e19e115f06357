"""A `martlet run` process and its log."""

import atexit
import os
import pwd
import re
import signal
import subprocess
import time

PATIENCE = 20
# Root's folders are nobody else's: a daemon that root starts for a test stays root.
OWN_ACCOUNT = f"\nuser {pwd.getpwuid(os.getuid()).pw_name}\n"


def eventually(probe, patience=PATIENCE):
    """What `probe` gives as soon as that is true; what it gave last when patience ends."""
    deadline = time.monotonic() + patience
    while not (answer := probe()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return answer


class Daemon:
    """A daemon whose output goes to the file `output`; its log too, unless `log` names another."""

    def __init__(self, command, output, log=None):
        self.log_path = log or output
        self.configuration_path = None
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        # A test that fails may never end it.
        atexit.register(self.process.kill)

    @property
    def log(self):
        if not self.log_path.exists():
            return ""
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def wait_for_log(self, pattern, count=1):
        """The matches of `pattern`, once the log has `count` of them."""
        expression = re.compile(pattern)

        def probe():
            found = expression.findall(self.log)
            return found if len(found) >= count or self.process.poll() is not None else None

        found = eventually(probe) or []
        assert len(found) >= count, f"no {pattern!r} in the log:\n{self.log}"
        return found

    def reconfigure(self, text):
        """Lets the daemon read another configuration, with what it has started with added."""
        self.configuration_path.write_text(text + OWN_ACCOUNT, encoding="utf-8")
        self.reload()

    def reload(self):
        """Sends SIGHUP and waits until that has had its effect."""
        count = self.log.count("Reloading config.")
        self.process.send_signal(signal.SIGHUP)
        self.wait_for_log(r"Reloading config\.", count + 1)

    def wait_until_running(self):
        self.wait_for_log(r"(?:martlet|mosquitto) version \S+ running")

    @property
    def mqtt_ports(self):
        return [int(port) for port in
                re.findall(r"Opening ipv4 listen socket on port (\d+)", self.log)]

    @property
    def mqtt_port(self):
        return self.mqtt_ports[0]

    @property
    def sn_port(self):
        return int(re.search(r"Opening MQTT-SN socket on UDP port (\d+)", self.log)[1])

    @property
    def is_alive(self):
        return self.process.poll() is None

    def end(self, with_signal=signal.SIGTERM):
        """Asks the daemon to end; its exit status."""
        self.process.send_signal(with_signal)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def finish(self):
        """Ends a daemon that a test has not ended, and insists that it was well."""
        if self.process.returncode is None:
            assert self.is_alive, f"the daemon died:\n{self.log}"
            assert self.end() == 0, self.log

"""Command line clients: `martlet pub`, `martlet sub`, and Mosquitto's."""

import queue
import subprocess
import threading

from daemon import PATIENCE

TOOLS = ["martlet", "mosquitto"]


class Runner:
    """Knows how each tool is called."""

    def __init__(self, martlet):
        self.martlet = martlet

    def command(self, tool, verb, *arguments):
        start = [self.martlet, verb] if tool == "martlet" else [f"mosquitto_{verb}"]
        return start + [str(argument) for argument in arguments]

    def run(self, tool, verb, *arguments, **options):
        """Runs a client to its end; its status and output are in the result."""
        command = self.command(tool, verb, *arguments)
        return subprocess.run(command, capture_output=True, timeout=60, check=False, **options)

    def publish(self, tool, port, *arguments, **options):
        """Publishes, and insists that it went well."""
        result = self.run(tool, "pub", "-h", "127.0.0.1", "-p", port, *arguments, **options)
        assert result.returncode == 0, result.stderr


class LineProcess:
    """A running program whose lines of output are read as they come."""

    def __init__(self, command, stdin=subprocess.DEVNULL, env=None):
        self.process = subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env)
        self._lines = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line.decode("utf-8", "replace").rstrip("\n"))

    def next_line(self):
        """The next line, without its end."""
        try:
            return self._lines.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError("nothing arrived") from None

    def rest(self):
        """All lines that still come, once the program is ending by itself."""
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        while not self._lines.empty():
            yield self._lines.get()

    def stop(self):
        """Ends the program, whatever it does."""
        self.process.kill()
        self.process.wait()


class Subscriber(LineProcess):
    """A running `sub -v`. A retained message on a topic of its own, the last it asks for, tells
    when the broker has subscribed it."""

    def __init__(self, runner, tool, port, arguments, marker):
        runner.publish("mosquitto", port, "-t", marker, "-m", "x", "-r", "-q", 1)
        super().__init__(runner.command(
            tool, "sub", "-h", "127.0.0.1", "-p", port, "-v", *arguments, "-t", marker))
        assert self.next_line().startswith(f"{marker} x")

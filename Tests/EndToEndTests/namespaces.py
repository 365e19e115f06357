"""Programs that see sockets of a test in the place of the system's: a mount namespace of their own."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from daemon import PATIENCE

SCRIPT = """
set -e
mount --make-rprivate /
for name in null zero random urandom; do
  : >"$0/dev/$name"
  mount --bind "/dev/$name" "$0/dev/$name"
done
mount --rbind "$0/dev" /dev
mount --rbind "$0/run" /run
exec "$@"
"""


class Namespace:
    """A folder whose `dev` and `run` a program sees as /dev and /run."""

    def __init__(self):
        self._unshare = ["unshare", "-m"] if os.getuid() == 0 else ["unshare", "-rm"]
        self.folder = Path(tempfile.mkdtemp(prefix="ns"))
        self.sockets = []
        for name in ("dev", "run"):
            (self.folder / name).mkdir()

    def why_not(self):
        """What keeps a program from a namespace here; nothing where it may have one."""
        result = subprocess.run(
            self.command(["true"]), capture_output=True, check=False, text=True)
        return result.stderr if result.returncode else ""

    def command(self, words):
        return [*self._unshare, "sh", "-c", SCRIPT, str(self.folder), *words]

    def listen(self, path):
        """A socket for the datagrams that the program sends to a path below /dev or /run."""
        place = self.folder / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        self.sockets.append(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        self.sockets[-1].settimeout(PATIENCE)
        self.sockets[-1].bind(str(place))
        return self.sockets[-1]

    def close(self):
        for each in self.sockets:
            each.close()
        shutil.rmtree(self.folder)


@pytest.fixture
def namespace():
    """A namespace for programs of the test, where the machine allows it."""
    made = Namespace()
    reason = made.why_not()
    if reason:
        made.close()
        pytest.skip(f"no mount namespace on this machine: {reason}")
    yield made
    made.close()

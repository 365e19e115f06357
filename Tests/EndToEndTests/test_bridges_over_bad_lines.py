"""Bridges whose network connection breaks again and again, in the middle of packets."""

import random
import socket
import threading

import pytest

from bridges import bridge, wait_until_carried
from daemon import PATIENCE
from pythonclients import PythonClient

COUNT = 300


class BadLine:
    """A port that hands octets on to another one, and breaks each connection after some."""

    def __init__(self, target, seed):
        self._target = target
        self._random = random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.breaks = 0
        self.is_good = True
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target), PATIENCE)
            except OSError:
                near.close()
                continue
            limit = [self._random.randrange(1_000, 8_000)]
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(*ends, limit), daemon=True).start()

    def _carry(self, source, sink, limit):
        try:
            while octets := source.recv(700):
                if not self.is_good:
                    limit[0] -= len(octets)
                    if limit[0] < 0:
                        octets = octets[:limit[0]]
                sink.sendall(octets)
                if limit[0] < 0:
                    break
        except OSError:
            pass
        if limit[0] < 0:
            self.breaks += 1
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self._listener.close()


@pytest.mark.parametrize("near, far", [
    ("martlet", "mosquitto"), ("mosquitto", "martlet"), ("martlet", "martlet")])
@pytest.mark.parametrize("qos", [1, 2])
def test_nothing_is_lost_over_a_line_that_breaks(brokers, near, far, qos):
    # Mosquitto drops what does not fit in here, and Martlet too.
    rows = ["max_queued_messages 0", "max_inflight_messages 20"]
    remote = brokers.start(far, *rows)
    line = BadLine(remote.mqtt_port, seed=qos)
    here = brokers.start(near, *rows, *bridge(
        line.port, "topic probe both", f"topic out out {qos}", f"topic in in {qos}",
        wait="restart_timeout 1").splitlines())
    ports = here.mqtt_port, remote.mqtt_port
    wait_until_carried(*ports)
    wait_until_carried(*reversed(ports))
    readers = [
        PythonClient("", remote.mqtt_port, subscribe=[("out", 2)]),
        PythonClient("", here.mqtt_port, subscribe=[("in", 2)])]
    writers = [PythonClient("", here.mqtt_port), PythonClient("", remote.mqtt_port)]
    line.is_good = False
    for number in range(COUNT):
        for writer, topic in zip(writers, ("out", "in")):
            writer.publish(topic, f"{number} {'x' * 50}", qos)
        if number == COUNT - 50:
            line.is_good = True
    for reader in readers:
        seen = []
        while not seen or seen[-1] != COUNT - 1:
            seen.append(int(reader.next_message().payload.split()[0]))
        assert set(seen) == set(range(COUNT)), sorted(set(range(COUNT)) - set(seen))
        if qos == 2:
            assert seen == list(range(COUNT))
    assert line.breaks > 0
    for client in (*readers, *writers):
        client.close()
    line.close()

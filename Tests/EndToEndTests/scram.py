"""A client of SCRAM-SHA-256 [RFC 5802, RFC 7677] over raw packets of MQTT 5.0."""

import base64
import hashlib
import hmac

from attackers import Attacker
from packets import AUTH, CONNACK, V5, connect, length, packet, text

METHOD, DATA = b"\x15", b"\x16"
CONTINUE, REAUTHENTICATE = 0x18, 0x19


def digest(key, octets):
    return hmac.new(key, octets, hashlib.sha256).digest()


def properties(data, method="SCRAM-SHA-256"):
    return METHOD + text(method) + DATA + text(data)


def auth(code, data, method="SCRAM-SHA-256"):
    octets = properties(data, method)
    return packet(AUTH, bytes([code]), length(len(octets)), octets)


def data_of(octets):
    """The Authentication Data in the properties of a CONNACK or AUTH."""
    index = octets.index(b"SCRAM-SHA-256\x16") + 14
    return octets[index + 2:index + 2 + int.from_bytes(octets[index:index + 2], "big")]


class Exchange:
    """The arithmetic of one exchange, on the client's side."""

    def __init__(self, user, password, nonce="clientnonce", header="n,,"):
        self.password, self.header = password.encode(), header
        self.bare = f"n={user},r={nonce}"
        self.nonce = nonce
        self.salt = self.rounds = self.signature = None

    @property
    def first(self):
        return (self.header + self.bare).encode()

    def last(self, challenge, nonce=None, extra=""):
        """The last message in answer to the server's first."""
        words = challenge.decode()
        fields = dict(field.split("=", 1) for field in words.split(","))
        assert fields["r"].startswith(self.nonce) and len(fields["r"]) > len(self.nonce) + 16
        self.salt, self.rounds = base64.b64decode(fields["s"]), int(fields["i"])
        header = base64.b64encode(self.header.encode()).decode()
        without_proof = f"c={header},r={nonce or fields['r']}{extra}"
        message = f"{self.bare},{words},{without_proof}".encode()
        salted = hashlib.pbkdf2_hmac("sha256", self.password, self.salt, self.rounds)
        key = digest(salted, b"Client Key")
        mask = digest(hashlib.sha256(key).digest(), message)
        proof = bytes(a ^ b for a, b in zip(key, mask))
        self.signature = b"v=" + base64.b64encode(digest(digest(salted, b"Server Key"), message))
        return f"{without_proof},p={base64.b64encode(proof).decode()}".encode()


class ScramClient(Attacker):
    """A connection that has sent its first message."""

    def __init__(self, port, exchange, client_id="scram", user_name=None):
        super().__init__(port)
        self.exchange = exchange
        flags, rest = (0x82, text(user_name)) if user_name else (0x02, b"")
        self.send(connect(
            V5, client_id, flags, properties=properties(exchange.first), rest=rest))

    def challenge(self):
        """The server's first message."""
        body = self.expect(AUTH)
        assert body[0] == CONTINUE
        return data_of(body)

    def finish(self, **changes):
        """The reason code of the CONNACK after the last message; the signature is checked."""
        self.send(auth(CONTINUE, self.exchange.last(self.challenge(), **changes)))
        return self.connack()

    def connack(self):
        body = self.expect(CONNACK)
        if body[1] == 0:
            assert data_of(body) == self.exchange.signature
        return body[1]

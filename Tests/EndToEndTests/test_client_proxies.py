"""`pub`, `sub` and `rr` by way of a SOCKS 5 proxy (`--proxy`)."""

import pytest

from certificates import Authority
from programs import TOOLS
from proxies import ScriptedServer, SOCKSProxy

# The ports that the proxies of these tests lead somewhere else.
PLAIN, SECURE = ("broker.example", 1883), ("broker.example", 8883)


@pytest.fixture
def start():
    """Starts proxies."""
    started = []

    def start(kind, *arguments, **options):
        started.append(kind(*arguments, **options))
        return started[-1]

    yield start
    for proxy in started:
        proxy.close()


def url(proxy, login=""):
    return ["--proxy", f"socks5h://{login}127.0.0.1:{proxy.port}"]


@pytest.mark.parametrize("tool", TOOLS)
def test_the_proxy_looks_up_the_brokers_name(broker, runner, start, tool):
    proxy = start(SOCKSProxy, {PLAIN: ("127.0.0.1", broker.mqtt_port)})
    where = ["-h", PLAIN[0], *url(proxy)]
    large = b"x" * 200_000
    assert runner.run(
        tool, "pub", *where, "-t", "a", "-s", "-r", "-q", 1, input=large).returncode == 0
    assert runner.run(tool, "sub", *where, "-t", "a", "-C", 1, "-N").stdout == large
    assert runner.run(tool, "rr", *where, "-t", "b", "-e", "b", "-m", "y").stdout == b"y\n"
    assert proxy.asked == [PLAIN] * 3
    # Without it the name means nothing.
    assert runner.run(tool, "pub", "-h", PLAIN[0], "-t", "a", "-m", "x").returncode == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_address_is_told_as_one(broker, runner, start, host):
    proxy = start(SOCKSProxy, {(host, 1883): ("127.0.0.1", broker.mqtt_port)})
    result = runner.run("martlet", "pub", "-h", host, *url(proxy), "-t", "a", "-m", "x")
    assert (result.returncode, proxy.asked) == (0, [(host, 1883)])


@pytest.mark.parametrize("tool", TOOLS)
def test_a_proxy_may_ask_who_it_is(broker, runner, start, tool):
    proxy = start(SOCKSProxy, {PLAIN: ("127.0.0.1", broker.mqtt_port)}, login=("ann", "word"))
    message = ["-h", PLAIN[0], "-t", "a", "-m", "x"]
    assert runner.run(tool, "pub", *url(proxy, "ann:word@"), *message).returncode == 0
    for login in ("", "ann:other@", "bob:word@"):
        assert runner.run(tool, "pub", *url(proxy, login), *message).returncode != 0
    assert proxy.asked == [PLAIN]


def test_what_a_url_has_no_letters_for_is_written_in_hexadecimal(broker, runner, start):
    proxy = start(SOCKSProxy, {PLAIN: ("127.0.0.1", broker.mqtt_port)}, login=("a:n", "w@ rd"))
    result = runner.run("martlet", "pub", *url(proxy, "a%3an:w%40%20rd@"), "-h", PLAIN[0],
                        "-t", "a", "-m", "x")
    assert result.returncode == 0


def test_a_login_that_is_not_taken_is_told_of(runner, start):
    proxy = start(SOCKSProxy, login=("ann", "word"))
    for login, words in (("", "wants a user name and a password"),
                         ("ann:other@", "does not take the user name and password")):
        result = runner.run(
            "martlet", "pub", "-h", "x.example", *url(proxy, login), "-t", "a", "-m", "x")
        assert result.returncode == 1
        assert result.stderr.decode() == f"Error: pass the proxy 127.0.0.1:{proxy.port}: it {words}.\n"


def test_tls_and_websocket_go_through_it(runner, start_daemon, start, tmp_path):
    authority = Authority(tmp_path)
    pair = authority.sign("server", "/CN=broker.example", names="DNS:broker.example")
    for protocol in ("mqtt", "websockets"):
        daemon = start_daemon(
            f"listener 0 127.0.0.1\nprotocol {protocol}\nallow_anonymous true\n"
            f"certfile {pair[0]}\nkeyfile {pair[1]}\n")
        proxy = start(SOCKSProxy, {SECURE: ("127.0.0.1", daemon.mqtt_port)})
        options = ["-h", SECURE[0], "-p", 8883, *url(proxy), "--cafile", authority.path]
        if protocol == "websockets":
            options.append("--ws")
        result = runner.run("martlet", "pub", *options, "-t", "a", "-m", "x", "-q", 2)
        assert (result.returncode, result.stderr) == (0, b"")


def test_port_8883_asks_for_tls_by_the_systems_authorities(
        broker, runner, start_daemon, start, tmp_path, monkeypatch):
    authority = Authority(tmp_path)
    pair = authority.sign("server", "/CN=broker.example", names="DNS:broker.example")
    secure = start_daemon("listener 0 127.0.0.1\nallow_anonymous true\n"
                          f"certfile {pair[0]}\nkeyfile {pair[1]}\n")
    places = {SECURE: ("127.0.0.1", secure.mqtt_port)}
    message = ["-h", SECURE[0], "-p", 8883, "-t", "a", "-m", "x"]
    proxy = start(SOCKSProxy, places)
    assert runner.run("martlet", "pub", *message, *url(proxy)).returncode == 8
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    assert runner.run("martlet", "pub", *message, *url(proxy)).returncode == 0
    plain = start(SOCKSProxy, {SECURE: ("127.0.0.1", broker.mqtt_port)})
    assert runner.run("martlet", "pub", *message, *url(plain)).returncode != 0
    assert runner.run("martlet", "pub", *message, *url(plain), "--no-tls").returncode == 0


@pytest.mark.parametrize("answers, words", [
    ([b"HTTP/1.1 400 Bad Request\r\n\r\n"], "it does not speak SOCKS 5"),
    ([b"\x05\x00" + b"x" * 1000], "it does not speak SOCKS 5"),
    ([b"\x05\x00", b"\x05\x00\x00\x01" + b"x" * 100_000], "it does not speak SOCKS 5"),
    ([b"\x05\x00", b"\x05\x00\x00\x03\xff" + b"x" * 10], "it has hung up"),
    ([b"\x05\x00", b"\x05\x02"], "its rules do not allow the connection"),
    ([b"\x05\x02"], "it does not speak SOCKS 5"),
    ([b"\x05"], "it has hung up"), ([], "it has hung up"),
])
def test_a_proxy_that_says_anything_else_is_told_of(runner, start, answers, words):
    proxy = start(ScriptedServer, *answers)
    for verb, rest in (("pub", ["-m", "x"]), ("sub", [])):
        result = runner.run("martlet", verb, "-h", "x.example", *url(proxy), "-t", "a", *rest)
        assert result.returncode == 1
        assert result.stderr.decode() == f"Error: pass the proxy 127.0.0.1:{proxy.port}: {words}.\n"


@pytest.mark.parametrize("tool", TOOLS)
def test_a_broker_that_the_proxy_cannot_reach(runner, start, tool):
    proxy = start(SOCKSProxy, {PLAIN: ("127.0.0.1", 1)})
    result = runner.run(tool, "pub", "-h", PLAIN[0], *url(proxy), "-t", "a", "-m", "x")
    assert result.returncode != 0
    assert tool == "mosquitto" or b"the connection was refused" in result.stderr


@pytest.mark.parametrize("proxy, words", [
    ("http://x", "Unsupported proxy protocol"), ("socks5h://", "Invalid proxy"),
    ("socks5h://x:0", "Invalid proxy"), ("socks5h://%zz@x", "Invalid proxy"),
    ("socks5h://" + "u" * 256 + "@x", "Invalid proxy"),
])
def test_urls_that_are_no_proxys(runner, proxy, words):
    result = runner.run("martlet", "pub", "-t", "a", "-m", "x", "--proxy", proxy)
    assert result.returncode == 1 and result.stderr.decode().startswith(f"Error: {words}")

"""What `pub`, `sub` and `rr` say of a wrong command line: it begins with what Mosquitto's clients
say, on one line, with status 1."""

import pytest

from programs import TOOLS

# What a command needs to have nothing to complain of, but a broker.
WHOLE = {"pub": ["-t", "a", "-m", "x"], "sub": ["-t", "a"], "rr": ["-t", "a", "-e", "b", "-m", "x"]}

# Options with a value, which is missing here; -V and -D under the names that Mosquitto tells.
COMMON = [
    "-A", "--cafile", "--capath", "--cert", "--key", "--keyform", "--ciphers", "--tls-version",
    "--tls-alpn", "--psk", "--psk-identity", "-i", "-I", "-h", "-p", "-P", "-u", "-q", "-k", "-x",
    "-M", "--will-topic", "--will-payload", "--will-qos", "--proxy", "--unix", "-L",
    "--protocol-version", "--property", "--tls-engine", "--tls-engine-kpass-sha1",
]
OWN = {
    "pub": ["-t", "-m", "-f", "--repeat", "--repeat-delay"],
    "sub": ["-t", "-T", "-U", "-C", "-W", "-F", "--random-filter"],
    "rr": ["-t", "-e", "-m", "-f", "-W", "-F"],
}

WRONG = [
    ("pub", []), ("pub", ["-t", "a"]), ("pub", ["-m", "x"]), ("sub", []), ("rr", []),
    ("rr", ["-t", "a", "-m", "x"]), ("rr", ["-e", "a", "-m", "x"]), ("rr", ["-e", "a", "-t", "b"]),
    *[("pub", ["-t", "a", *kinds]) for kinds in (
        ["-m", "x", "-n"], ["-l", "-s"], ["-f", "x", "-s"], ["-n", "-l"], ["-m", "x", "-m", "y"])],
    *[("rr", ["-t", "a", "-e", "b", *kinds]) for kinds in (["-m", "x", "-n"], ["-s", "-f", "x"])],
    *[("pub", [*WHOLE["pub"], *rest]) for rest in (
        ["-p", "70000"], ["-q", "3"], ["-k", "4"], ["-k", "65536"], ["-k", "0"], ["-k", "x"],
        ["-M", "0"], ["-M", "-1"], ["-M", "x"], ["-i", "a", "-I", "b"], ["-c"], ["-c", "-V", "5"],
        ["-V", "6"], ["-x", "abc"], ["-x", "-2"], ["-x", "4294967296"], ["-V", "5", "-x", "-1"],
        ["-V", "5", "-x", "\u221e"], ["--will-payload", "x"], ["--will-retain"],
        ["--will-topic", "a/#"], ["--will-topic", "a", "--will-qos", "3"], ["--repeat", "0"],
        ["--repeat", "x"], ["--repeat-delay", "-1"], ["--foo"], ["foo"], ["-C", "1"], ["-W", "1"],
        ["--cert", "x"], ["--key", "x"], ["--cafile", "x", "--psk", "00", "--psk-identity", "x"],
        ["--psk", "00"], ["--keyform", "pem"], ["--proxy", "http://x"], ["--proxy", "socks5h://"])],
    ("pub", ["-m", "x", "-L", "http://a/b"]), ("pub", ["-m", "x", "-L", "mqtt://a"]),
    ("pub", ["-m", "x", "-t", "a/#"]), ("rr", ["-t", "a/+", "-e", "b", "-m", "x"]),
    ("rr", ["-t", "a", "-e", "b/#", "-m", "x"]), ("sub", ["-t", "a/#/b"]),
    ("sub", ["-t", "a", "-T", "#/b"]), ("sub", ["-t", "a", "-U", "a#"]),
    *[("sub", ["-t", "a", *rest]) for rest in (
        ["-C", "0"], ["-W", "0"], ["--random-filter", "0"], ["--random-filter", "x"], ["-l"],
        ["-m", "x"], ["-r"], ["--repeat", "2"])],
    ("rr", [*WHOLE["rr"], "-C", "1"]), ("rr", [*WHOLE["rr"], "-r"]), ("rr", ["-l"]),
    *[("pub", [*WHOLE["pub"], "-D", *rest]) for rest in (
        ["foo", "content-type", "x"], ["publish", "foo", "x"], ["publish", "receive-maximum", "1"],
        ["connect", "receive-maximum", "65536"], ["connect", "user-property", "k"], ["connect"])],
]


def complaints(runner, verb, arguments):
    """The first line of what each tool says."""
    ours, theirs = (runner.run(tool, verb, *arguments) for tool in TOOLS)
    assert (ours.returncode, theirs.returncode) == (1, 1), (ours.stderr, theirs.stderr)
    assert len(ours.stderr.splitlines()) == 1 and ours.stdout == b""
    return ours.stderr.decode(), theirs.stderr.decode().splitlines()[0]


@pytest.mark.parametrize("verb, option", [
    (verb, option) for verb, own in OWN.items() for option in [*own, *COMMON]])
def test_a_value_that_is_missing(runner, verb, option):
    ours, theirs = complaints(runner, verb, [option])
    assert ours.startswith(theirs) and "argument given but" in ours


@pytest.mark.parametrize("verb, arguments", WRONG, ids=lambda value: " ".join(
    [value] if isinstance(value, str) else value))
def test_what_mosquitto_does_not_take_either(runner, verb, arguments):
    ours, theirs = complaints(runner, verb, arguments)
    # The option -D is called by its other name there.
    ours = ours.replace("Error: -D argument", "Error: --property argument")
    assert ours.startswith(theirs.rstrip(". "))
    assert ours.endswith(f" Use 'martlet {verb} --help' to see usage.\n")


@pytest.mark.parametrize("arguments, words", [
    (["-S"], "-S (SRV records) is not supported"),
    (["--tls-engine", "x"], "--tls-engine is not supported"),
    (["--tls-engine-kpass-sha1", "x"], "--tls-engine-kpass-sha1 is not supported"),
    (["--will-qos", "1"], "Will QoS given, but no will topic given"),
    (["-D", "will", "content-type", "x"], "Will properties given, but no will topic given"),
    (["--unix", "x", "--proxy", "socks5h://x"], "--unix and --proxy exclude each other"),
    (["-V", "311", "-x", "5"], "-x needs version 5"),
    (["-V", "311", "-D", "publish", "content-type", "x"], "-D needs version 5"),
    (["-V", "311", "-P", "word"], "A password needs a user name"),
])
@pytest.mark.parametrize("verb", WHOLE)
def test_what_has_no_meaning_is_refused(runner, verb, arguments, words):
    result = runner.run("martlet", verb, *WHOLE[verb], *arguments)
    assert result.returncode == 1 and result.stderr.decode().startswith(f"Error: {words}")


def test_lines_are_not_repeated(runner):
    result = runner.run("martlet", "pub", "-t", "a", "-l", "--repeat", 2)
    assert result.returncode == 1 and b"-l and --repeat exclude each other" in result.stderr


@pytest.mark.parametrize("tool", TOOLS)
def test_a_file_that_is_not_there(runner, tool):
    result = runner.run(tool, "pub", "-t", "a", "-f", "/nowhere/at/all")
    assert result.returncode == 1
    assert result.stderr.startswith(b'Error: Unable to open file "/nowhere/at/all"')


def test_quiet_clients_say_nothing_of_what_went_wrong(runner, start_daemon):
    daemon = start_daemon("listener 0 127.0.0.1\nallow_anonymous false\n")
    for verb, rest in WHOLE.items():
        for port, status in ((daemon.mqtt_port, (5, 135)), (1, (1,))):
            loud = runner.run("martlet", verb, "-p", port, *rest)
            quiet = runner.run("martlet", verb, "-p", port, *rest, "--quiet")
            assert loud.returncode == quiet.returncode and loud.returncode in status
            assert loud.stderr.startswith(b"Error: ") and quiet.stderr == b""


@pytest.mark.parametrize("verb", WHOLE)
def test_clients_tell_their_version_and_their_options(runner, verb):
    version = runner.run("martlet", verb, "--version", "--nonsense")
    assert (version.returncode, version.stderr) == (0, b"")
    assert version.stdout.decode().startswith(f"martlet {verb} version ")
    usage = runner.run("martlet", verb, "--help")
    assert usage.returncode == 0
    for option in [*COMMON, *OWN[verb], "--ws", "--nodelay", "--quiet", "-d", "-c", "-o"]:
        assert f"{option}, " in usage.stdout.decode() or f", {option}" in usage.stdout.decode() or (
            f"  {option} " in usage.stdout.decode())

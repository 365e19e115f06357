"""Dynamic security: the built-in one, commanded by Mosquitto's own `mosquitto_ctrl`, and its file
under Mosquitto's plugin."""

import getpass
import json
import re
import shutil
import signal
import stat
import subprocess
from pathlib import Path

import paho.mqtt.client as paho
import pytest

from certificates import Authority
from brokers import MosquittoBroker
from daemon import PATIENCE, eventually

PLUGIN = next(Path("/usr/lib").glob("*-linux-gnu/mosquitto_dynamic_security.so"), None)
CONFIGURATION = """\
listener 0 127.0.0.1
listener 0 127.0.0.1
protocol mqttsn
allow_anonymous {anonymous}
log_type all
plugin /usr/lib/mosquitto_dynamic_security.so
plugin_opt_config_file {path}
{more}
"""
TOPIC = "$CONTROL/dynamic-security/v1"


def ctrl(port, *arguments, tool=("mosquitto_ctrl",), user="admin", password="adminpw"):
    """Runs mosquitto_ctrl, or ours; what it says on both outputs, without its warnings."""
    result = subprocess.run(
        [*tool, "-h", "127.0.0.1", "-p", str(port), "-u", user, "-P", password, "dynsec",
         *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=PATIENCE, check=False)
    lines = [line.rstrip() for line in result.stdout.splitlines()]
    return [line for line in lines if line and not line.startswith(("Warning:", "This means"))]


class Admin:
    """A client that sends commands as JSON and reads the answers."""

    def __init__(self, port, user="admin", password="adminpw", client_id="admin"):
        self.answers = []
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=client_id,
                                  protocol=paho.MQTTv5, reconnect_on_failure=False)
        self.client.username_pw_set(user, password)
        self.client.on_message = lambda _c, _u, message: self.answers.append(message)
        granted = []
        self.client.on_subscribe = lambda _c, _u, _id, reasons, _p: granted.extend(reasons)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        self.client.subscribe(f"{TOPIC}/response", 1)
        assert eventually(lambda: granted) and not granted[0].is_failure, granted

    def say(self, payload):
        """Publishes a payload; the responses of the answer."""
        count = len(self.answers)
        self.client.publish(TOPIC, payload, 1)
        assert eventually(lambda: len(self.answers) > count), "no answer"
        assert self.answers[-1].topic == f"{TOPIC}/response"
        return json.loads(self.answers[-1].payload)["responses"]

    def ask(self, command, **members):
        """Sends one command; its response."""
        return self.say(json.dumps({"commands": [{"command": command, **members}]}))[0]

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


def login(port, user, password, client_id="c", version=paho.MQTTv5):
    """Connects; the client, its CONNACK reason in `reason`, or after a while None."""
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=client_id, protocol=version,
                         reconnect_on_failure=False)
    client.reason = client.ended = None
    client.granted, client.published, client.received = [], {}, []
    if user:
        client.username_pw_set(user, password)
    client.on_connect = lambda c, _u, _f, reason, _p: setattr(c, "reason", reason)
    client.on_disconnect = lambda c, _u, _f, reason, _p: setattr(c, "ended", reason)
    client.on_subscribe = lambda c, _u, _id, reasons, _p: c.granted.extend(reasons)
    client.on_unsubscribe = lambda c, _u, _id, reasons, _p: c.granted.extend(reasons)
    client.on_publish = lambda c, _u, mid, reason, _p: c.published.update({mid: reason})
    client.on_message = lambda c, _u, message: c.received.append(message)
    client.connect("127.0.0.1", port)
    client.loop_start()
    assert eventually(lambda: client.reason is not None or client.ended is not None)
    return client


def gets_in(port, *who, **options):
    client = login(port, *who, **options)
    client.disconnect()
    client.loop_stop()
    return client.reason is not None and not client.reason.is_failure


def publish_reason(client, topic):
    mid = client.publish(topic, "x", 1).mid
    assert eventually(lambda: mid in client.published)
    return client.published[mid].value


def answer(client, act):
    client.granted.clear()
    act()
    assert eventually(lambda: client.granted)
    return client.granted[0].value


@pytest.fixture
def path(tmp_path):
    """A file that mosquitto_ctrl has made."""
    assert shutil.which("mosquitto_ctrl"), "mosquitto_ctrl is missing: run scripts/bootstrap"
    path = tmp_path / "security.json"
    subprocess.run(["mosquitto_ctrl", "dynsec", "init", str(path), "admin", "adminpw"], check=True,
                   capture_output=True, timeout=PATIENCE)
    return path


@pytest.fixture
def start(start_daemon, path):
    def start_secured(more="", anonymous="false"):
        return start_daemon(CONFIGURATION.format(path=path, more=more, anonymous=anonymous))

    return start_secured


@pytest.fixture
def start_peer(tmp_path):
    """Starts Mosquitto with its plugin and a file for that; gives the port."""
    brokers = []

    def start_mosquitto(path):
        # Mosquitto gives up root's rights only where it is told to whom.
        brokers.append(MosquittoBroker(
            tmp_path / "mosquitto.conf", f"user {getpass.getuser()}", f"plugin {PLUGIN}",
            f"plugin_opt_config_file {path}"))
        return brokers[-1].port

    yield start_mosquitto
    for broker in brokers:
        broker.finish()


@pytest.fixture
def admin(start):
    daemon = start()
    client = Admin(daemon.mqtt_port)
    client.port = daemon.mqtt_port
    client.daemon = daemon
    yield client
    client.close()


# What mosquitto_ctrl is told, and what it says then: the same with both brokers.
SCRIPT = [
    (("createRole", "r"), []),
    (("createRole", "r"), ["createRole: Error: Role already exists"]),
    (("addRoleACL", "r", "publishClientSend", "a/#", "allow", 5), []),
    (("addRoleACL", "r", "publishClientSend", "a/#", "deny"),
     ["addRoleACL: Error: ACL with this topic already exists"]),
    (("addRoleACL", "r", "subscribePattern", "a/#", "deny"), []),
    (("addRoleACL", "r", "publishClientSend", "a/#/b", "allow"),
     ["addRoleACL: Error: Invalid ACL topic"]),
    (("createClient", "ann", "-p", "secret"), []),
    (("createClient", "ann", "-p", "secret"), ["createClient: Error: Client already exists"]),
    (("createClient", "bob", "-c", "c1", "-p", "secret"), []),
    (("addClientRole", "ann", "r", 3), []),
    (("addClientRole", "ann", "r", 3), ["addClientRole: Error: Internal error"]),
    (("addClientRole", "ann", "no"), ["addClientRole: Error: Role not found"]),
    (("createGroup", "g"), []),
    (("addGroupRole", "g", "r", 7), []),
    (("addGroupClient", "g", "ann", 2), []),
    (("addGroupClient", "g", "ann"), ["addGroupClient: Error: Client is already in this group"]),
    (("setAnonymousGroup", "g"), []),
    (("getAnonymousGroup",), ["g"]),
    (("setDefaultACLAccess", "subscribe", "deny"), []),
    (("getDefaultACLAccess",),
     ["publishClientSend    : deny", "publishClientReceive : allow", "subscribe            : deny",
      "unsubscribe          : allow"]),
    (("getClient", "ann"),
     ["Username: ann", "Clientid:", "Roles:    r (priority: 3)", "Groups:   g (priority: 2)"]),
    (("getClient", "bob"), ["Username: bob", "Clientid: c1"]),
    (("getClient", "no"), ["getClient: Error: Client not found"]),
    (("getGroup", "g"), ["Groupname: g", "Roles:     r (priority: 7)", "Clients:   ann"]),
    (("getRole", "r"),
     ["Rolename: r", "ACLs:     publishClientSend    : allow : a/# (priority: 5)",
      "          subscribePattern     : deny  : a/# (priority: 0)"]),
    (("listClients",), ["admin", "ann", "bob"]),
    (("listClients", 1, 1), ["ann"]),
    (("listGroups",), ["g"]),
    (("listRoles",), ["admin", "r"]),
    (("disableClient", "ann"), []),
    (("getClient", "ann"),
     ["Username: ann", "Clientid:", "Disabled: true", "Roles:    r (priority: 3)",
      "Groups:   g (priority: 2)"]),
    (("enableClient", "ann"), []),
    (("setClientId", "ann", "c2"), []),
    (("setClientPassword", "ann", "new"), []),
    (("removeGroupClient", "g", "ann"), []),
    (("removeGroupRole", "g", "r"), []),
    (("removeClientRole", "ann", "r"), []),
    (("removeRoleACL", "r", "subscribePattern", "a/#"), []),
    (("removeRoleACL", "r", "subscribePattern", "a/#"), ["removeRoleACL: Error: ACL not found"]),
    (("getRole", "r"),
     ["Rolename: r", "ACLs:     publishClientSend    : allow : a/# (priority: 5)"]),
    (("deleteRole", "r"), []),
    (("deleteClient", "bob"), []),
    (("deleteClient", "bob"), ["deleteClient: Error: Client not found"]),
    (("getClient", "ann"), ["Username: ann", "Clientid: c2"]),
]


@pytest.mark.parametrize("tool", ["martlet", "mosquitto"])
@pytest.mark.parametrize("broker", ["martlet", "mosquitto"])
def test_both_tools_say_the_same_of_both_brokers(martlet, start, start_peer, path, tool, broker):
    tool = [martlet, "ctrl"] if tool == "martlet" else ["mosquitto_ctrl"]
    if broker == "martlet":
        port = start().mqtt_port
    else:
        port = start_peer(path)
    for arguments, said in SCRIPT:
        lines = ctrl(port, *arguments, tool=tool)
        if arguments[0] == "getClient":
            # Ours tells where the client is connected, and is shown in the form of Mosquitto 2.1 then.
            lines, said = ([re.sub(" +", " ", line) for line in some] for some in (lines, said))
        assert lines == said, arguments
    clients = {client["username"]: client for client in json.loads(path.read_text())["clients"]}
    assert set(clients) == {"admin", "ann"} and clients["ann"]["clientid"] == "c2"


def test_mosquitto_ctrl_changes_the_usual(start):
    """Mosquitto 2.0 does not understand what its own tool says there."""
    port = start().mqtt_port
    assert not ctrl(port, "setDefaultACLAccess", "subscribe", "allow")
    assert "subscribe            : allow" in ctrl(port, "getDefaultACLAccess")


def test_the_anonymous_group_cannot_be_deleted(start):
    port = start().mqtt_port
    ctrl(port, "createGroup", "g")
    ctrl(port, "setAnonymousGroup", "g")
    assert ctrl(port, "deleteGroup", "g") == [
        "deleteGroup: Error: Deleting the anonymous group is forbidden"]


@pytest.mark.parametrize("typed, more", [("", ["pw"]), ("pw\npw\n", [])])
def test_init_makes_a_file_that_mosquitto_reads(martlet, start_peer, tmp_path, typed, more):
    path = tmp_path / "made.json"
    command = [martlet, "ctrl", "dynsec", "init", str(path), "root", *more]
    result = subprocess.run(command, input=typed, capture_output=True, text=True, timeout=60,
                            check=False)
    assert result.returncode == 0 and "'root'" in result.stdout, result.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ctrl(start_peer(path), "listClients", user="root", password="pw") == ["root"]
    again = subprocess.run(command, input=typed, capture_output=True, text=True, timeout=60,
                           check=False)
    assert again.returncode == 3 and "already exists" in again.stderr


@pytest.mark.parametrize("words, status, said", [
    (("dynsec", "nothing"), 13, "not recognised"), (("nothing", "x"), 1, "not supported"),
    (("dynsec", "createGroup"), 3, "<groupname>"),
    (("dynsec", "createGroup", "a", "b"), 3, "<groupname>"),
    (("dynsec", "addRoleACL", "r", "x", "a", "allow"), 3, "acltype must be one of"),
    (("dynsec", "addRoleACL", "r", "publishClientSend", "a", "x"), 3, "allow"),
    (("dynsec", "listClients", "x"), 3, "count must be a number"),
    (("dynsec", "createClient", "a", "-x", "b"), 3, "[-p password]"),
    (("dynsec", "init", "x"), 3, "Not enough arguments"),
    (("dynsec",), 1, "COMMAND is missing"),
])
def test_words_that_make_no_command_are_said_so(martlet, words, status, said):
    result = subprocess.run([martlet, "ctrl", *words], capture_output=True, text=True, timeout=60,
                            check=False)
    assert result.returncode == status and said in result.stderr


def test_help_lists_the_commands(martlet):
    result = subprocess.run([martlet, "ctrl", "dynsec", "help"], capture_output=True, text=True,
                            timeout=60, check=True)
    for arguments, _ in SCRIPT:
        assert f"dynsec {arguments[0]}" in result.stdout


def test_commands_can_be_typed_one_after_the_other(martlet, admin):
    typed = f"""
        help
        listRoles
        connect mqtt://127.0.0.1:{admin.port}
        auth admin
        adminpw
        dynsec listRoles
        dynsec
        createRole "two words"
        listRoles
        createRole
        return
        broker
        nothing
        exit
        dynsec createRole late
    """
    result = subprocess.run([martlet, "ctrl"], input="\n".join(typed.split("\n        ")),
                            capture_output=True, text=True, timeout=60, check=False)
    lines = result.stdout.splitlines()
    assert result.returncode == 0, result.stderr
    assert "  connect [URL]" in result.stdout and lines[-3:] == ["admin", "admin", "two words"]
    for words in ("Module 'listRoles' not supported", "<rolename>", "'nothing' not recognised"):
        assert words in result.stderr
    assert admin.ask("listRoles")["data"]["roles"] == ["admin", "two words"]


def test_passwords_that_are_not_given_are_asked_for(martlet, admin):
    def run(typed, *words):
        return subprocess.run(
            [martlet, "ctrl", "-h", "127.0.0.1", "-p", str(admin.port), "-u", "admin", *words],
            input=typed, capture_output=True, text=True, timeout=60, check=False)

    assert run("p\np\n", "-P", "adminpw", "dynsec", "createClient", "ann").returncode == 0
    assert gets_in(admin.port, "ann", "p")
    assert run("adminpw\n", "dynsec", "setClientPassword", "ann", "q").returncode == 0
    assert gets_in(admin.port, "ann", "q")
    assert run("r\nr\n", "-P", "adminpw", "dynsec", "setClientPassword", "ann").returncode == 0
    assert gets_in(admin.port, "ann", "r")
    result = run("r\ns\n", "-P", "adminpw", "dynsec", "setClientPassword", "ann")
    assert result.returncode == 3 and "do not match" in result.stderr
    assert run("\n", "-P", "adminpw", "dynsec", "createClient", "bob").returncode == 0
    assert not gets_in(admin.port, "bob", "")


def test_ctrl_says_why_it_has_no_answer(martlet, admin):
    def run(*options):
        return subprocess.run(
            [martlet, "ctrl", "-h", "127.0.0.1", "-p", str(admin.port), *options, "dynsec",
             "listRoles"], capture_output=True, text=True, timeout=60, check=False)

    result = run("-u", "admin", "-P", "wrong")
    assert result.returncode == 135 and "Connection refused" in result.stderr
    admin.ask("createClient", username="ann", password="p")
    result = run("-u", "ann", "-P", "p")
    assert result.returncode == 1 and "denied" in result.stderr
    result = run("-u", "admin", "-P", "adminpw", "-V", "311")
    assert result.returncode == 0 and result.stdout == "admin\n"


def test_ctrl_speaks_tls_and_says_when_it_does_not(martlet, start, tmp_path):
    authority = Authority(tmp_path)
    certificate, key = authority.sign("server", "/CN=localhost")
    daemon = start(f"listener 0 127.0.0.1\ncertfile {certificate}\nkeyfile {key}")

    def run(port, *options):
        return subprocess.run(
            [martlet, "ctrl", "-p", str(port), "-u", "admin", "-P", "adminpw", *options, "dynsec",
             "listRoles"], capture_output=True, text=True, timeout=60, check=False)

    result = run(daemon.mqtt_ports[-1], "--cafile", authority.path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "admin\n", "")
    assert run(daemon.mqtt_ports[-1]).returncode != 0
    result = run(daemon.mqtt_ports[-1], "--tls-use-os-certs")
    assert (result.returncode, len(result.stderr.splitlines())) == (8, 1), result.stderr
    # 0.0.0.0 leads to this machine, but does not look like it.
    result = run(daemon.mqtt_ports[0], "-h", "0.0.0.0")
    assert result.returncode == 0 and "is not encrypted" in result.stderr
    assert not run(daemon.mqtt_ports[0]).stderr


def test_ctrl_reads_its_option_file(martlet, admin, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "mosquitto_ctrl").write_text(
        f"-h 127.0.0.1\n-p {admin.port}\n-u admin\n-P adminpw\n")
    result = subprocess.run([martlet, "ctrl", "dynsec", "listRoles"], capture_output=True,
                            text=True, timeout=60, check=False)
    assert result.returncode == 0 and result.stdout == "admin\n" and not result.stderr


def test_a_client_tells_where_it_is_connected(admin):
    answer = admin.ask("getClient", username="admin")["data"]["client"]
    assert answer["connections"] == [{"address": "127.0.0.1"}]
    other = login(admin.port, "admin", "adminpw", "other")
    answer = admin.ask("listClients", verbose=True)["data"]["clients"][0]
    assert answer["connections"] == [{"address": "127.0.0.1"}] * 2
    other.disconnect()
    other.loop_stop()
    admin.ask("createClient", username="ann")
    assert admin.ask("getClient", username="ann")["data"]["client"]["connections"] == []


def test_mosquitto_goes_on_with_the_file(admin, start_peer, path):
    admin.ask("createRole", rolename="r", acls=[
        {"acltype": "publishClientSend", "topic": "a/#", "allow": True, "priority": 4}])
    admin.ask("createGroup", groupname="g", roles=[{"rolename": "r", "priority": 9}])
    admin.ask("createClient", username="ann", password="secret", clientid="c1", textname="Ann",
              groups=[{"groupname": "g", "priority": 3}])
    admin.ask("createClient", username="bob", password="x", roles=[{"rolename": "r"}])
    admin.ask("disableClient", username="bob")
    questions = [("getClient", {"username": "ann"}), ("getGroup", {"groupname": "g"}),
                 ("getClient", {"username": "bob"}), ("getDefaultACLAccess", {})]
    ours = [admin.ask(command, **members) for command, members in questions]
    # Mosquitto 2.0 does not tell that.
    for response in ours:
        response["data"].get("client", {}).pop("connections", None)
    port = start_peer(path)
    other = Admin(port)
    assert [other.ask(command, **members) for command, members in questions] == ours
    assert gets_in(port, "ann", "secret", "c1")
    assert not gets_in(port, "ann", "secret", "c2")
    assert not gets_in(port, "bob", "x")
    other.close()


def test_who_logs_in(admin):
    port = admin.port
    admin.ask("createClient", username="ann", password="secret")
    admin.ask("createClient", username="bob", password="secret", clientid="c1")
    admin.ask("createClient", username="eve")
    assert gets_in(port, "ann", "secret") and gets_in(port, "ann", "secret", client_id="x")
    assert not gets_in(port, "ann", "Secret") and not gets_in(port, "nobody", "secret")
    assert gets_in(port, "bob", "secret", "c1") and not gets_in(port, "bob", "secret", "c2")
    assert not gets_in(port, "eve", "") and not gets_in(port, None, None)
    admin.ask("setClientPassword", username="ann", password="new")
    assert not gets_in(port, "ann", "secret") and gets_in(port, "ann", "new")
    admin.ask("disableClient", username="ann")
    assert not gets_in(port, "ann", "new")
    admin.ask("enableClient", username="ann")
    assert gets_in(port, "ann", "new")


def test_what_roles_allow(admin):
    admin.ask("createRole", rolename="r", acls=[
        {"acltype": "publishClientSend", "topic": "out/%u/#", "allow": True},
        {"acltype": "publishClientReceive", "topic": "in/secret", "allow": False},
        {"acltype": "subscribePattern", "topic": "in/#", "allow": True},
        {"acltype": "unsubscribeLiteral", "topic": "in/stay", "allow": False}])
    admin.ask("createClient", username="ann", password="p", roles=[{"rolename": "r"}])
    client = login(admin.port, "ann", "p")
    assert publish_reason(client, "out/ann/x") == 0x10
    assert publish_reason(client, "out/bob/x") == 0x87
    assert publish_reason(client, TOPIC) == 0x87
    assert answer(client, lambda: client.subscribe("in/#", 1)) == 1
    assert answer(client, lambda: client.subscribe("#", 1)) == 0x87
    assert answer(client, lambda: client.subscribe("in/stay", 1)) == 1
    assert answer(client, lambda: client.unsubscribe("in/stay")) == 0x87
    assert answer(client, lambda: client.unsubscribe("in/#")) == 0
    assert answer(client, lambda: client.subscribe("in/#", 1)) == 1
    admin.ask("createRole", rolename="w", acls=[
        {"acltype": "publishClientSend", "topic": "#", "allow": True}])
    admin.ask("createClient", username="bob", password="p", roles=[{"rolename": "w"}])
    writer = login(admin.port, "bob", "p", "writer")
    assert publish_reason(writer, "in/secret") == 0
    assert publish_reason(writer, "in/open") == 0
    assert eventually(lambda: client.received)
    assert [message.topic for message in client.received] == ["in/open"]
    for one in (client, writer):
        one.disconnect()
        one.loop_stop()


def test_a_refused_subscription_of_version_3_gets_0x80(admin):
    admin.ask("createClient", username="ann", password="p")
    client = login(admin.port, "ann", "p", version=paho.MQTTv311)
    assert answer(client, lambda: client.subscribe("a", 1)) == 0x80
    client.disconnect()
    client.loop_stop()


def test_clients_without_a_name_have_the_roles_of_their_group(start):
    port = start(anonymous="true").mqtt_port
    admin = Admin(port)
    client = login(port, None, None)
    assert publish_reason(client, "open/x") == 0x87
    admin.ask("createRole", rolename="r", acls=[
        {"acltype": "publishClientSend", "topic": "open/#", "allow": True}])
    admin.ask("createGroup", groupname="g", roles=[{"rolename": "r"}])
    admin.ask("setAnonymousGroup", groupname="g")
    assert eventually(lambda: client.ended) and client.ended.value == 0x98
    client = login(port, None, None)
    assert publish_reason(client, "open/x") == 0x10
    for one in (client, admin.client):
        one.disconnect()
        one.loop_stop()


@pytest.mark.parametrize("command, members", [
    ("disableClient", {}), ("deleteClient", {}), ("setClientPassword", {"password": "x"}),
    ("setClientId", {"clientid": "x"}), ("modifyClient", {"textname": "x"}),
    ("addClientRole", {"rolename": "r"}), ("addGroupClient", {"groupname": "g"}),
])
def test_a_change_ends_the_connections_that_it_concerns(admin, command, members):
    admin.ask("createRole", rolename="r")
    admin.ask("createGroup", groupname="g")
    admin.ask("createClient", username="ann", password="p")
    admin.ask("createClient", username="bob", password="p")
    ann, bob = login(admin.port, "ann", "p", "a"), login(admin.port, "bob", "p", "b")
    assert "error" not in admin.ask(command, username="ann", **members)
    assert eventually(lambda: ann.ended) and ann.ended.value == 0x98
    assert answer(bob, lambda: bob.subscribe("x", 1)) == 0x87 and bob.ended is None
    bob.disconnect()
    for client in (ann, bob):
        client.loop_stop()


def test_who_changes_its_own_rights_still_gets_the_answer(admin):
    assert admin.ask("modifyClient", username="admin", textname="x") == {"command": "modifyClient"}


def test_only_the_sender_is_answered_and_requests_reach_nobody(admin):
    other = Admin(admin.port, client_id="other")
    admin.ask("createRole", rolename="all", acls=[
        {"acltype": "subscribePattern", "topic": "$CONTROL/#", "allow": True}])
    assert answer(other_login := login(admin.port, "admin", "adminpw", "third"),
                  lambda: other_login.subscribe(TOPIC, 1)) == 1
    admin.ask("listClients")
    assert other.ask("listRoles")["data"]["totalCount"] == 2
    assert len(other.answers) == 1 and not other_login.received
    other_login.disconnect()
    other_login.loop_stop()
    other.close()


@pytest.mark.parametrize("payload, error", [
    (b"", "Payload not valid JSON"), (b"{", "Payload not valid JSON"),
    (b"[" * 1000, "Payload not valid JSON"), (b"[" + b"1," * 200_000, "Payload not valid JSON"),
    (b'{"commands":[{"command":"\xff"}]}', "Payload not valid JSON"),
    (b"[]", "Invalid/missing commands"), (b'{"commands":1}', "Invalid/missing commands"),
    (b'{"commands":[' + b"{}," * 2000 + b"{}]}", "Too many commands"),
])
def test_a_request_that_is_none_gets_an_error(admin, payload, error):
    assert admin.say(payload) == [{"command": "Unknown command", "error": error}]


def test_the_file_is_only_for_its_owner_and_read_again_at_sighup(admin, path):
    admin.ask("createClient", username="ann", password="p")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    good = path.read_text()
    for text, words in [("{", "not valid JSON"), ('{"clients":1}', "clients is no array")]:
        path.write_text(text)
        admin.daemon.process.send_signal(signal.SIGHUP)
        admin.daemon.wait_for_log(words)
        assert gets_in(admin.port, "ann", "p")
    ann = login(admin.port, "ann", "p")
    tree = json.loads(good)
    tree["clients"] = [one for one in tree["clients"] if one["username"] != "ann"]
    path.write_text(json.dumps(tree))
    admin.daemon.process.send_signal(signal.SIGHUP)
    assert eventually(lambda: ann.ended) and ann.ended.value == 0x98
    ann.loop_stop()
    assert not gets_in(admin.port, "ann", "p")


def test_a_change_that_cannot_be_kept_is_none(admin, path):
    path.unlink()
    path.mkdir()
    (path / "x").touch()
    assert admin.ask("createClient", username="ann", password="p")["error"] == "Internal error"
    admin.daemon.wait_for_log("Nothing is changed")
    assert admin.ask("listClients")["data"]["clients"] == ["admin"]


@pytest.mark.parametrize("text, words", [("{", "is not valid JSON"), ("[]", "it is no JSON object")])
def test_a_file_that_cannot_be_used_is_a_configuration_error(martlet, path, tmp_path, text, words):
    path.write_text(text)
    configuration = tmp_path / "martlet.conf"
    configuration.write_text(CONFIGURATION.format(path=path, more="", anonymous="false"))
    for arguments in ([], ["--test-config"]):
        result = subprocess.run([martlet, "run", "-c", str(configuration), *arguments],
                                capture_output=True, text=True, timeout=60, check=False)
        assert result.returncode == 3 and words in result.stderr


@pytest.mark.parametrize("source", ["made", "environment", "file"])
def test_a_file_that_is_not_there_is_made(start, path, monkeypatch, source, tmp_path):
    path.unlink()
    more = ""
    if source == "environment":
        monkeypatch.setenv("MOSQUITTO_DYNSEC_PASSWORD", "a long password")
    if source == "file":
        (tmp_path / "first").write_text("from the file \n")
        more = f"plugin_opt_password_init_file {tmp_path / 'first'}"
    daemon = start(more)
    kept = Path(f"{path}.pw")
    assert kept.exists() == (source == "made")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    password = {"environment": "a long password", "file": "from the file"}.get(source)
    if source == "made":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        words = dict(line.split(" ", 1) for line in kept.read_text().splitlines())
        password = words["admin"]
        demonstration = login(daemon.mqtt_port, "democlient", words["democlient"])
        assert publish_reason(demonstration, "any/thing") == 0x10
        assert publish_reason(demonstration, TOPIC) == 0x87
        demonstration.disconnect()
        demonstration.loop_stop()
    admin = Admin(daemon.mqtt_port, password=password)
    assert "super-admin" in admin.ask("listRoles")["data"]["roles"]
    assert admin.ask("getAnonymousGroup")["data"]["group"]["groupname"] == "unauthenticated"
    admin.close()


def test_a_test_of_the_configuration_makes_no_file(martlet, path, tmp_path):
    path.unlink()
    configuration = tmp_path / "martlet.conf"
    configuration.write_text(CONFIGURATION.format(path=path, more="", anonymous="false"))
    result = subprocess.run([martlet, "run", "-c", str(configuration), "--test-config"],
                            capture_output=True, timeout=60, check=False)
    assert result.returncode == 0 and not path.exists()


def test_a_short_password_of_the_environment_is_refused(martlet, path, tmp_path, monkeypatch):
    path.unlink()
    monkeypatch.setenv("MOSQUITTO_DYNSEC_PASSWORD", "short")
    configuration = tmp_path / "martlet.conf"
    configuration.write_text(CONFIGURATION.format(path=path, more="", anonymous="false"))
    result = subprocess.run([martlet, "run", "-c", str(configuration)], capture_output=True,
                            text=True, timeout=60, check=False)
    assert result.returncode == 3 and "12 characters" in result.stderr and not path.exists()


def test_access_files_count_for_who_is_not_known_here(start, tmp_path):
    users, rules = tmp_path / "users", tmp_path / "acl"
    subprocess.run(["mosquitto_passwd", "-c", "-b", str(users), "fay", "p"], check=True,
                   capture_output=True, timeout=PATIENCE)
    rules.write_text("user fay\ntopic readwrite fay/#\nuser admin\ntopic readwrite more\n")
    port = start(f"password_file {users}\nacl_file {rules}").mqtt_port
    client = login(port, "fay", "p")
    assert publish_reason(client, "fay/x") == 0x10
    assert publish_reason(client, "other") == 0x87
    client.disconnect()
    client.loop_stop()
    client = login(port, "admin", "adminpw")
    assert publish_reason(client, "more") == 0x10
    client.disconnect()
    client.loop_stop()


def test_a_node_has_the_roles_of_its_user(start, udp_node_of, path):
    daemon = start("node greenhouse user garden")
    admin = Admin(daemon.mqtt_port)
    admin.ask("createRole", rolename="r", acls=[
        {"acltype": "publishClientSend", "topic": "sensors/%c", "allow": True}])
    admin.ask("createClient", username="garden", roles=[{"rolename": "r"}])
    node = udp_node_of(daemon)
    node.connect("greenhouse")
    node.publish(node.register("sensors/greenhouse"), b"21.5")
    topic = node.register("sensors/other")
    node.send(0x0C, b"\x20", topic, 2, b"x")
    node.expect(0x0D, topic, 2, b"\x03")
    admin.close()


@pytest.fixture
def udp_node_of():
    from nodes import UDPNode
    nodes = []

    def make(daemon):
        nodes.append(UDPNode(daemon.sn_port))
        return nodes[-1]

    yield make
    for node in nodes:
        node.close()

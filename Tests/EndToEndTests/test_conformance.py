"""The table of the specifications' statements: it is new, and its tags are right."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def conformance(*arguments):
    return subprocess.run(
        [sys.executable, ROOT / "scripts" / "conformance", *arguments],
        capture_output=True, text=True, check=False)


def tag(version, number):
    """A tag, put together here so that it is none of this file's own."""
    return f"[{version}-{number}]"


class Tree:
    """A small tree of sources and tests beside the real lists of statements."""

    def __init__(self, root):
        self.root = root
        shutil.copytree(ROOT / "docs" / "conformance", root / "docs" / "conformance")

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def row(self, version, number):
        """The cells of one statement: the enforcing lines and the tests."""
        result = conformance("--root", self.root)
        assert result.returncode == 0, result.stderr
        table = (self.root / "docs" / "Conformance.md").read_text(encoding="utf-8")
        start = f"| {version}-{number} |"
        line = next(line for line in table.splitlines() if line.startswith(start))
        return [cell.strip() for cell in line.split("|")[4:6]]

    def complaints(self):
        result = conformance("--root", self.root, "--check")
        assert result.returncode == 1
        return result.stderr


@pytest.fixture
def tree(tmp_path):
    return Tree(tmp_path)


def test_every_tag_names_a_statement_and_the_table_is_new():
    result = conformance("--check")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("version, count", [("3.1.1", 141), ("5.0", 251)])
def test_every_statement_of_an_appendix_is_listed_once(version, count):
    text = (ROOT / "docs" / "conformance" / f"{version}.csv").read_text(encoding="utf-8")
    numbers = [line.split(",")[0] for line in text.splitlines()[1:]]
    assert len(numbers) == len(set(numbers)) == count


def test_a_tag_within_a_function_enforces(tree):
    tree.write("Sources/Core/MQTTLink/Receiving.swift", f'''\
extension Connection {{
  func receive(_ text: String) {{
    // {tag("MQTT", "3.1.0-2")} {tag("MQTT5", "3.1.0-2")}
    if text == "}}\\(quote("{{"))" {{ close() }}
  }}

  /// One and a half times {tag("MQTT", "3.1.2-24")}.
  var deadline: Int {{ keepAlive * 3 / 2 }}
}}
''')
    link = "[MQTTLink/Receiving](../Sources/Core/MQTTLink/Receiving.swift)"
    assert tree.row("MQTT", "3.1.0-2") == [f"{link} Connection.receive", "—"]
    assert tree.row("MQTT5", "3.1.0-2") == [f"{link} Connection.receive", "—"]
    assert tree.row("MQTT", "3.1.2-24") == [f"{link} Connection.deadline", "—"]


def test_a_tag_beside_a_type_or_a_case_enforces_nothing(tree):
    tree.write("Sources/Core/MQTTLink/CloseReason.swift", f'''\
/// Why {tag("MQTT", "4.8.0-1")}.
enum CloseReason {{
  /// A second CONNECT {tag("MQTT", "3.1.0-2")}.
  case unexpectedPacket
}}
''')
    assert tree.row("MQTT", "4.8.0-1") == tree.row("MQTT", "3.1.0-2") == ["—", "—"]


def test_a_test_counts_by_its_name_and_a_row_by_its_own(tree):
    tree.write("Tests/Core/MQTTLinkTests/LinkTests.swift", f'''\
@Test func `{tag("MQTT", "3.1.0-2")} a second CONNECT closes`() {{
  // {tag("MQTT", "3.1.0-1")}
}}
@Test(arguments: [Row("{tag("MQTT", "3.8.1-1")} false flags", "80 00")])
func `a false packet closes`(row: Row) {{}}
''')
    tree.write("Tests/EndToEndTests/test_rows.py", f'''\
"""{tag("MQTT", "3.1.0-1")}"""
ROWS = {{"QoS 3 {tag("MQTT5", "3.3.1-4")}": b"6"}}
''')
    file = "[MQTTLinkTests/LinkTests](../Tests/Core/MQTTLinkTests/LinkTests.swift)"
    rows = "[EndToEndTests/test_rows](../Tests/EndToEndTests/test_rows.py)"
    assert tree.row("MQTT", "3.1.0-2") == ["—", f"{file} a second CONNECT closes"]
    assert tree.row("MQTT", "3.8.1-1") == ["—", f"{file} false flags"]
    assert tree.row("MQTT5", "3.3.1-4") == ["—", f"{rows} QoS 3"]
    assert tree.row("MQTT", "3.1.0-1") == ["—", "—"]


def test_a_transcript_counts_by_its_title(tree):
    tree.write("Tests/ConformanceTests/Transcripts/3.1.1/3.8-subscribe.txt", f'''\
// {tag("MQTT", "3.8.4-2")}
# {tag("MQTT", "3.8.4-1")} {tag("MQTT5", "3.8.4-1")} a SUBSCRIBE gets a SUBACK
a connects id={tag("MQTT", "3.8.4-3")}
''')
    file = "[3.1.1/3.8-subscribe](../Tests/ConformanceTests/Transcripts/3.1.1/3.8-subscribe.txt)"
    assert tree.row("MQTT", "3.8.4-1") == ["—", f"{file} a SUBSCRIBE gets a SUBACK"]
    assert tree.row("MQTT5", "3.8.4-1") == ["—", f"{file} a SUBSCRIBE gets a SUBACK"]
    assert tree.row("MQTT", "3.8.4-2") == tree.row("MQTT", "3.8.4-3") == ["—", "—"]


def test_a_false_tag_in_a_transcript_is_told(tree):
    path = "Tests/ConformanceTests/Transcripts/5.0/3.1-connect.txt"
    tree.write(path, f"\n# {tag('MQTT5', '3.1.0-9')} no such statement\n")
    assert f"{path}:2: MQTT 5.0 has no statement" in tree.complaints()


def test_a_statement_of_both_sides_is_open_where_only_the_client_has_a_line(tree):
    tree.write("Sources/Embedded/MQTTClient/Publishing.swift", f'''\
// {tag("MQTT", "4.4.0-1")}
func resend() {{}}
''')
    tree.row("MQTT", "4.4.0-1")
    shown = conformance("--root", tree.root, "--open").stdout
    assert shown.count(tag("MQTT", "4.4.0-1")) == 3


@pytest.mark.parametrize(
    "version, number", [("MQTT", "1.4.0-1"), ("MQTT5", "1.5.3-1"), ("MQTT", "2.2.1-3")])
def test_a_number_that_no_list_has_is_told_with_its_line(tree, version, number):
    tree.write("Sources/Core/BrokerCore/Broker.swift", f"\n// {tag(version, number)}\n")
    assert "Sources/Core/BrokerCore/Broker.swift:2: MQTT " in tree.complaints()


@pytest.mark.parametrize("false", ["3-8.3-4", "3.1.2", "3.1.0-1, MQTT"])
def test_what_has_not_the_form_of_a_tag_is_told(tree, false):
    tree.write("Tests/EndToEndTests/test_rows.py", f'ROWS = {{"{tag("MQTT", false)}": b""}}\n')
    assert "test_rows.py:1: " in tree.complaints()


def test_an_old_table_is_told(tree):
    tree.row("MQTT", "3.1.0-1")
    tree.write("Sources/Core/BrokerCore/Broker.swift", f'''\
// {tag("MQTT", "3.1.0-2")}
func open() {{}}
''')
    assert "not up to date" in tree.complaints()


def test_a_transcript_of_nodes_names_a_statement_of_ours(tree):
    path = "Tests/ConformanceTests/Transcripts/mqtt-sn/6.2-connect.txt"
    tree.write(path, "# [SN-6.2-1] a CONNECT gets a CONNACK\nn connects\n")
    tree.row("MQTT", "3.1.0-1")
    table = (tree.root / "docs" / "Conformance.md").read_text(encoding="utf-8")
    assert f"[mqtt-sn/6.2-connect](../{path}) a CONNECT gets a CONNACK |" in table
    tree.write(path, "# [SN-6.2-99] no such statement\n# without one\n")
    complaints = tree.complaints()
    assert f"{path}:1: " in complaints and f"{path}:2: " in complaints

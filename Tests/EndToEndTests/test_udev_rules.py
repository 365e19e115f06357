"""Every line of udev/60-martlet.rules is a rule that udev accepts."""

import re
from pathlib import Path

import pytest

RULES = Path(__file__).parents[2] / "udev" / "60-martlet.rules"

# What each key may be joined to its value with (udev(7)).
MATCHING = {"==", "!="}
SETTING = {"=", "+=", "-=", ":="}
KEYS = {
    "ACTION": MATCHING,
    "SUBSYSTEM": MATCHING,
    "KERNEL": MATCHING,
    "ENV": MATCHING | SETTING,
    "IMPORT": {"=", "==", "!="},
    "GOTO": {"="},
    "LABEL": {"="},
    "GROUP": {"=", ":="},
    "MODE": {"=", ":="},
    "TAG": MATCHING | SETTING,
    "SYMLINK": MATCHING | SETTING,
    "OPTIONS": {"=", "+="},
}
WITH_ATTRIBUTE = {"ENV", "IMPORT"}
TERM = re.compile(r'([A-Z]+)(?:\{([^}]*)\})?(==|!=|\+=|-=|:=|=)"((?:[^"\\]|\\.)*)"')


def parse(line):
    """The (key, attribute, operator, value) terms of a rule; raises ValueError on a false one."""
    terms = []
    rest = line
    while rest:
        match = TERM.match(rest)
        if not match:
            raise ValueError(f"no term at: {rest}")
        key, attribute, operator, _ = match.groups()
        if key not in KEYS or operator not in KEYS[key]:
            raise ValueError(f"{key} with {operator}")
        if (attribute is not None) != (key in WITH_ATTRIBUTE):
            raise ValueError(f"{key} with attribute {attribute}")
        terms.append(match.groups())
        rest = rest[match.end():]
        if rest:
            comma = re.match(r",\s*(?=\S)", rest)
            if not comma:
                raise ValueError(f"no comma before: {rest}")
            rest = rest[comma.end():]
    return terms


def rules():
    lines = RULES.read_text(encoding="ascii").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("line", rules())
def test_line_is_a_rule(line):
    assert parse(line)


@pytest.mark.parametrize(
    "line",
    [
        "KERNEL=ttyUSB0",
        'KERNEL="ttyUSB0"',
        'NOSUCHKEY=="x"',
        'ENV=="x"',
        'MODE{x}="0660"',
        'MODE="0660" GROUP="dialout"',
        'MODE="0660",',
        'GROUP=="dialout"',
        'MODE="0660',
    ],
)
def test_false_lines_are_refused(line):
    with pytest.raises(ValueError):
        parse(line)


def test_every_jump_has_one_label_further_down():
    terms = [term for line in rules() for term in parse(line)]
    labels = [index for index, term in enumerate(terms) if term[0] == "LABEL"]
    assert len(labels) == 1
    for index, (key, _, _, value) in enumerate(terms):
        if key == "GOTO":
            assert index < labels[0] and value == terms[labels[0]][3]


def settings(vendor, model, kernel="ttyUSB0", serial="", interface="00", path="pci-0"):
    """What the rules set for a device: udev's semantics for the few keys that are used."""
    env = {
        "ID_VENDOR_ID": vendor,
        "ID_MODEL_ID": model,
        "ID_SERIAL_SHORT": serial,
        "ID_USB_INTERFACE_NUM": interface,
        "ID_PATH_TAG": path,
    }
    facts = {"ACTION": "add", "SUBSYSTEM": "tty", "KERNEL": kernel}
    result = {"links": [], "tags": []}
    for line in rules():
        terms = parse(line)
        matches = [term for term in terms if term[2] in MATCHING]
        if all(holds(term, env, facts) for term in matches):
            for key, attribute, _, value in [term for term in terms if term not in matches]:
                if key == "GOTO":
                    return result
                if key == "ENV":
                    env[attribute] = value
                value = re.sub(r"\$env\{(\w+)\}", lambda name: env[name[1]], value)
                if key == "SYMLINK":
                    result["links"].append(value)
                elif key == "TAG":
                    result["tags"].append(value)
                else:
                    result[key] = value
    return result


def holds(term, env, facts):
    key, attribute, operator, value = term
    actual = env.get(attribute, "") if key == "ENV" else facts[key]
    patterns = [pattern.replace("?*", ".+").replace("]*", "].*") for pattern in value.split("|")]
    return any(re.fullmatch(pattern, actual) for pattern in patterns) == (operator == "==")


@pytest.mark.parametrize(
    "vendor, model, kernel",
    [
        ("0403", "6001", "ttyUSB0"),
        ("10c4", "ea60", "ttyUSB12"),
        ("1a86", "7523", "ttyUSB1"),
        ("067b", "2303", "ttyUSB1"),
        ("2e8a", "000a", "ttyACM3"),
    ],
)
def test_a_known_adapter_is_named_by_its_serial_number(vendor, model, kernel):
    result = settings(vendor, model, kernel, serial="A50285BI")
    assert result["links"] == ["martlet/A50285BI"]
    assert result["GROUP"] == "dialout" and result["MODE"] == "0660"
    assert result["tags"] == ["systemd"]


def test_a_second_port_has_a_name_of_its_own():
    assert settings("0403", "6010", serial="X")["OPTIONS"] == "link_priority=10"
    second = settings("0403", "6010", serial="X", interface="01")
    assert second["links"] == ["martlet/X", "martlet/X-if01"]
    assert "OPTIONS" not in second


def test_an_adapter_without_serial_number_is_named_by_its_place():
    assert settings("1a86", "7523", path="usb-0_1")["links"] == ["martlet/usb-0_1"]


@pytest.mark.parametrize("kernel, vendor", [("ttyS0", "0403"), ("ttyUSB0", "dead")])
def test_other_devices_are_left_alone(kernel, vendor):
    result = settings(vendor, "6001", kernel, serial="X")
    assert result["links"] == [] and result["tags"] == [] and "GROUP" not in result

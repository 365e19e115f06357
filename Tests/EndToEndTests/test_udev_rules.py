"""Every line of udev's rules here is a rule that udev accepts, and what they set."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "udev"
NAMES = FOLDER / "60-martlet.rules"
ATTACH = FOLDER / "61-martlet-attach.rules"

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


def rules(*files):
    lines = [line for file in files for line in file.read_text(encoding="ascii").splitlines()]
    return [line for line in lines if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("line", rules(NAMES, ATTACH))
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
    terms = [term for line in rules(NAMES) for term in parse(line)]
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
    for line in rules(NAMES):
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
    assert result["links"] == ["martlet/pci-0", "martlet/A50285BI"]
    assert result["GROUP"] == "dialout" and result["MODE"] == "0660"
    assert result["tags"] == ["systemd"]


def test_a_second_port_has_a_name_of_its_own():
    assert settings("0403", "6010", serial="X")["OPTIONS"] == "link_priority=10"
    second = settings("0403", "6010", serial="X", interface="01")
    assert second["links"] == ["martlet/pci-0", "martlet/X", "martlet/X-if01"]
    assert "OPTIONS" not in second


@pytest.mark.parametrize("serial", ["", "..", "../sda", "-"])
def test_an_adapter_without_a_good_serial_number_is_named_by_its_place(serial):
    result = settings("1a86", "7523", serial=serial, path="usb-0_1")
    assert result["links"] == ["martlet/usb-0_1"]


def test_adapters_with_the_same_serial_number_have_names_by_their_places():
    links = [settings("10c4", "ea60", serial="0001", path=path)["links"] for path in ("a", "b")]
    assert links == [["martlet/a", "martlet/0001"], ["martlet/b", "martlet/0001"]]


def test_a_plug_wants_the_target_of_the_line():
    (line,) = rules(ATTACH)
    terms = {f"{key} {attribute}": value for key, attribute, _, value in parse(line)}
    assert terms["ENV MARTLET_LINE"] == "1"
    assert (FOLDER / terms["ENV SYSTEMD_WANTS"]).exists()


@pytest.mark.parametrize("kernel, vendor", [("ttyS0", "0403"), ("ttyUSB0", "dead")])
def test_other_devices_are_left_alone(kernel, vendor):
    result = settings(vendor, "6001", kernel, serial="X")
    assert result["links"] == [] and result["tags"] == [] and "GROUP" not in result

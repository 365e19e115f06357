"""Reads as much of Swift as it takes to tell where a comment, a string or a name stands: comments,
strings with interpolations, and declarations with their braces. Not a parser."""

import re
from typing import NamedTuple


class Piece(NamedTuple):
    """A comment, a string or a name in backticks: its kind, place and text."""
    kind: str
    start: int
    end: int
    text: str


def scan_swift(text):
    """The pieces of a source, and its code with all of them blanked."""
    pieces, code, at = [], list(text), 0
    opening = re.compile(r'//[^\n]*|/\*|(#*)("""|")|`[^`\n]+`')
    while found := opening.search(text, at):
        token, start = found.group(), found.start()
        if token.startswith("//"):
            kind, end = "comment", found.end()
        elif token == "/*":
            kind, end = "comment", end_of_block(text, start)
        elif token.startswith("`"):
            kind, end = "name", found.end()
        else:
            kind, end = "string", end_of_string(text, found.end(), found[1], found[2])
        pieces.append(Piece(kind, start, end, text[start:end]))
        for index in range(start, end):
            if code[index] != "\n":
                code[index] = "_" if kind == "name" else " "
        at = end
    return pieces, "".join(code)


def end_of_block(text, start):
    depth = 0
    for found in re.compile(r"/\*|\*/").finditer(text, start):
        depth += 1 if found.group() == "/*" else -1
        if depth == 0:
            return found.end()
    return len(text)


def end_of_string(text, at, hashes, quotes):
    """The end of a string whose contents start at `at`; interpolations may hold strings."""
    closing = quotes + hashes
    step = re.compile(rf'{closing}|\\{hashes}\(|\\{hashes}.', re.DOTALL)
    while found := step.search(text, at):
        if found.group() == closing:
            return found.end()
        at = end_of_parentheses(text, found.end()) if found.group().endswith("(") else found.end()
    return len(text)


def end_of_parentheses(text, at):
    depth = 1
    step = re.compile(r'[()]|(#*)("""|")')
    while found := step.search(text, at):
        at = found.end()
        if found[2]:
            at = end_of_string(text, at, found[1], found[2])
            continue
        depth += 1 if found.group() == "(" else -1
        if depth == 0:
            break
    return at


class Declaration(NamedTuple):
    keyword: str
    name: str
    start: int
    outer: str
    has_content: bool

    @property
    def enforces(self):
        return self.keyword in ("func", "init", "subscript", "deinit") or (
            self.keyword in ("var", "let") and self.has_content)

    @property
    def path(self):
        return f"{self.outer}.{self.name}" if self.outer else self.name


DECLARATION = re.compile(
    r"(?<![.\w])(?:(func|subscript|struct|enum|class|actor|extension|protocol|var|let|case)\s+"
    r"([\w.]+|[^\s\w(]+)|(init|deinit|subscript)(?=[?(<\s]))|([{}])")
TYPES = {"struct", "enum", "class", "actor", "extension", "protocol"}


def declarations(text, code):
    """The declarations in order, and a function from a position to the one that surrounds it."""
    rows, spans, stack, pending = [], [], [], None
    for found in DECLARATION.finditer(code):
        brace, start = found[4], found.start()
        if brace == "{":
            stack.append((pending if owns(pending, code, start) else None, start))
            pending = None
        elif brace == "}":
            if stack and (closed := stack.pop())[0]:
                spans.append((closed[1], found.end(), closed[0]))
            pending = None
        else:
            keyword = found[1] or found[3]
            if keyword == "class" and found[2] in ("func", "var", "let"):
                continue
            name = text[found.start(2):found.end(2)].strip("`") if found[2] else keyword
            outer = ".".join(row.name for row, _ in stack if row and row.keyword in TYPES)
            line = code[start:].split("\n", 1)[0]
            pending = Declaration(keyword, name, start, outer, "=" in line or "{" in line)
            rows.append(pending)

    def around(position):
        inside = [span for span in spans if span[0] <= position < span[1]]
        return max(inside, key=lambda span: span[0])[2] if inside else None

    return rows, around


def owns(declaration, code, brace):
    """Whether the brace opens the body of that declaration, not a closure beside it."""
    if declaration is None or declaration.keyword in ("let", "case"):
        return False
    between = code[declaration.start:brace]
    return declaration.keyword != "var" or not ("\n" in between or "=" in between)

"""What docs/Options.md, which is made from the program's own table, says of options."""

from pathlib import Path

TABLE = Path(__file__).parents[2] / "docs" / "Options.md"


def rows():
    """The cells of each row, without the markup of the name."""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            yield [cell.strip().strip("`") for cell in line.strip("|").split(" |")]


# The options that count when the file is read again.
READ_AGAIN = {row[0] for row in rows() if row[4] == "yes"}

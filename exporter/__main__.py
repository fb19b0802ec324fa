"""The command `northflank-billing-exporter`, and `python -m exporter`."""

from __future__ import annotations

from exporter.cli.group import NAME, group


def main() -> None:
    """Run the command that the arguments name, and exit with its code."""
    group(prog_name=NAME)


if __name__ == "__main__":
    main()

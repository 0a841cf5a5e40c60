"""The `palier` command. Each command is a function in a file of this folder; see README.md."""

import sys

from palier.config.cli.running import run


def main() -> None:
    sys.exit(run(sys.argv[1:]))

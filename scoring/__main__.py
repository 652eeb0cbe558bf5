# SPDX-License-Identifier: Apache-2.0
"""``python -m scoring``: the engine on a terminal."""

import sys

from scoring.cli import run


def _err(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], print, _err))

"""The process that a client starts in the background: `python -m core.serve HOME`."""

import sys
from pathlib import Path


def main() -> int:
    from core.errors import CallboardError
    from core.home import Home
    from core.server import run

    try:
        return run(Home(Path(sys.argv[1])))
    except CallboardError as error:
        sys.stderr.write(f"{error.sentence}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())

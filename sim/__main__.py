"""The program: `python -m sim` is the same as `barnraise`. Workers import this as their main module: keep it light."""

import sys

from sim.cli.main import main

if __name__ == "__main__":
    sys.exit(main())

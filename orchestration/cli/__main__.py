"""`python -m orchestration.cli` is `nianbao`."""

import gc
import sys

from orchestration.cli import main

if __name__ == "__main__":
    # What a command imports and the rule book, some 95,000 objects, live as long as the process. Looking through them for
    # garbage after every 700 new ones, as the default has it, is a tenth of the time in which `check` answers.
    gc.set_threshold(50_000)
    sys.exit(main())

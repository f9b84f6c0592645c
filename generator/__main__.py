"""`python -m generator` is `studies`, where that is not on the path."""

import sys

from generator.commandline import main

if __name__ == "__main__":
    sys.exit(main())

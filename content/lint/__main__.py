"""`python -m content.lint`."""

import sys

from content.lint.files import main

if __name__ == "__main__":
    sys.exit(main())

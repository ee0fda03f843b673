"""``python -m lutnet``."""

import sys

from lutnet.cli.main import main

sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""``python -m verifier ARCHIVE``."""

import sys

from verifier.cli import main

sys.exit(main())

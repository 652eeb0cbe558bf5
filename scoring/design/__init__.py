# SPDX-License-Identifier: Apache-2.0
"""Who judges what: balanced assignment, and what a design covers."""

from scoring.design.balanced import DesignError, balanced
from scoring.design.coverage import Coverage, coverage

__all__ = ["Coverage", "DesignError", "balanced", "coverage"]

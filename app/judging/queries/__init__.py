# SPDX-License-Identifier: Apache-2.0
"""What judging reads. Lists come as plain rows in a fixed number of statements."""

from app.judging.queries.drawing import draws_of, judges_of, plan_of, targets_of

__all__ = ["draws_of", "judges_of", "plan_of", "targets_of"]

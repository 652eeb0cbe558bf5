# SPDX-License-Identifier: Apache-2.0
"""The pages of judging: a judge's worklist and scoresheets, a chair's panel, an organizer's panels and draws."""

from app.judging.views import assignments, closing, panels, saving, scoresheet, watching, worklist
from app.judging.views.blueprint import blueprint

__all__ = ["assignments", "blueprint", "closing", "panels", "saving", "scoresheet", "watching", "worklist"]

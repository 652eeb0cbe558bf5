# SPDX-License-Identifier: Apache-2.0
"""Everything the engine says to people, in Chinese and English.

The engine is used without the web application, so its sentences live here and not in the message catalogues.
"""

from scoring.wording.findings import finding_sentence
from scoring.wording.language import language_of
from scoring.wording.problems import problem_sentence

__all__ = ["finding_sentence", "language_of", "problem_sentence"]

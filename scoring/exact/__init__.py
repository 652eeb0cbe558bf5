# SPDX-License-Identifier: Apache-2.0
"""The path that reads like the rule: sheet, panel, ties, places, cut, awards, each number a fraction."""

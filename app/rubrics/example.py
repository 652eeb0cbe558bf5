# SPDX-License-Identifier: Apache-2.0
"""The document that an empty editor begins with: short, legal, every part of it explained beside it."""

from __future__ import annotations

EXAMPLE = """\
format = 1
title = "评分细则 / Rubric and rule"

[rubric]
instructions = "请先通读各评分项 / Read all criteria first"

[[rubric.groups]]
code = "A"
title = "组织领导 / Leadership"

  [[rubric.groups.criteria]]
  code = "A1"
  title = "责任体系 / Responsibility"
  kind = "points"                    # "points": a number; "levels": one of the levels below
  max = 10
  step = "0.5"                       # decimals stand in quotes
  guidance = "看什么，怎么给分 / What to look at"
  comment_below = 6                  # a mark below 6 needs a comment

    [[rubric.groups.criteria.levels]]
    code = "good"
    title = "优 / Good"
    from = 8
    to = 10
    descriptor = "……"

    [[rubric.groups.criteria.levels]]
    code = "fair"
    title = "中 / Fair"
    from = 0
    to = "7.5"
    descriptor = "……"

[rule.panel]
method = "trimmed_mean"              # or "mean"
drop_high = 1
drop_low = 1
minimum = 3                          # fewest sheets that count
rounding = { mode = "half_up", places = 2 }

[[rule.ties]]
by = "group"                         # who is better in group A comes first
code = "A"

[rule.places]
style = "competition"                # 1 2 2 4

[rule.cut]
promote = 10                         # how many go on to the next stage
ties = "include"
"""

# SPDX-License-Identifier: Apache-2.0
"""Reading `[rule]`: panel, cell states, ties, places, cut and awards."""

from __future__ import annotations

from scoring.arithmetic import MOST_PLACES, Rounding, RoundingMode
from scoring.rules.reader import LEVEL_CODE, Table
from scoring.rules.rubric import Rubric
from scoring.rules.rule import (
    AwardRule,
    CellPolicy,
    CellRules,
    CellState,
    CutRule,
    PanelMethod,
    PanelRule,
    PlacesRule,
    PlaceStyle,
    Rule,
    SheetRule,
    TieBy,
    TieRule,
    TiesAtLine,
)

MOST_DROPPED = 1000


def read_rule(table: Table, rubric: Rubric) -> Rule:
    """Read the rule; `rubric` tells which codes the tie chain may name."""
    sheet = table.table("sheet")
    panel = table.table("panel", required=True)
    cells = table.table("cells")
    places = table.table("places")
    cut = table.table("cut")
    rule = Rule(
        panel=_panel(panel) if panel else PanelRule(PanelMethod.MEAN, 1),
        sheet=_sheet(sheet) if sheet else SheetRule(),
        cells=_cells(cells) if cells else CellRules(),
        ties=_ties(table.tables("ties"), rubric),
        places=_places(places) if places else PlacesRule(),
        cut=_cut(cut) if cut else None,
        awards=_awards(table.tables("awards")),
    )
    table.close()
    return rule


def _rounding(table: Table) -> Rounding | None:
    inner = table.table("rounding")
    if inner is None:
        return None
    rounding = Rounding(inner.choice("mode", RoundingMode), inner.count("places", most=MOST_PLACES))
    inner.close()
    return rounding


def _sheet(table: Table) -> SheetRule:
    sheet = SheetRule(_rounding(table))
    table.close()
    return sheet


def _panel(table: Table) -> PanelRule:
    method = table.choice("method", PanelMethod)
    drop_high = drop_low = 0
    if method is PanelMethod.TRIMMED_MEAN:
        drop_high = table.count("drop_high", most=MOST_DROPPED)
        drop_low = table.count("drop_low", most=MOST_DROPPED)
        if drop_high + drop_low == 0 and table.has("drop_high") and table.has("drop_low"):
            table.problem("drops_nothing", "method")
    elif table.offers("method", PanelMethod):
        table.not_for(("drop_high", "drop_low"), method.value)
    table.accept("drop_high", "drop_low")
    minimum = table.count("minimum", least=1)
    needed = drop_high + drop_low + 1
    if table.has("minimum") and 1 <= minimum < needed:
        table.problem("minimum_too_small", "minimum", minimum=str(minimum), needed=str(needed))
    rounding = _rounding(table)
    table.close()
    return PanelRule(method, minimum, drop_high, drop_low, rounding)


def _cells(table: Table) -> CellRules:
    default = CellRules()
    policies = {state.value: table.choice(state.value, CellPolicy, default.policy(state)) for state in CellState}
    table.close()
    return CellRules(**policies)


def _ties(tables: list[Table], rubric: Rubric) -> tuple[TieRule, ...]:
    chain: list[TieRule] = []
    for table in tables:
        by = table.choice("by", TieBy)
        code = None
        if not table.offers("by", TieBy):
            table.accept("code")
        elif by in (TieBy.GROUP, TieBy.CRITERION):
            code = table.line("code")
            found = rubric.group(code) if by is TieBy.GROUP else rubric.criterion(code)
            if code and found is None:
                known = [group.code for group in rubric.groups]
                if by is TieBy.CRITERION:
                    known = [criterion.code for criterion in rubric.criteria]
                table.problem("unknown_code", "code", code=code[:40], by=by.value, known=", ".join(known))
        else:
            table.not_for(("code",), by.value)
        table.close()
        tie = TieRule(by, code)
        if tie in chain and table.offers("by", TieBy):
            table.problem("repeated_tie", "by")
        chain.append(tie)
    return tuple(chain)


def _places(table: Table) -> PlacesRule:
    places = PlacesRule(table.choice("style", PlaceStyle, PlaceStyle.COMPETITION))
    table.close()
    return places


def _cut(table: Table) -> CutRule:
    cut = CutRule(table.count("promote", least=1), table.choice("ties", TiesAtLine), table.count("reserve", default=0))
    table.close()
    return cut


def _awards(tables: list[Table]) -> tuple[AwardRule, ...]:
    awards: list[AwardRule] = []
    for table in tables:
        award = AwardRule(
            table.code("code", LEVEL_CODE),
            table.line("title"),
            table.count("count", least=1),
            table.choice("ties", TiesAtLine),
        )
        table.close()
        if award.code and any(award.code == other.code for other in awards):
            table.problem("repeated_code", "code", code=award.code)
        awards.append(award)
    return tuple(awards)

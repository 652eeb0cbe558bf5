# SPDX-License-Identifier: Apache-2.0
"""Sentences about what an archive says: documents, sheets, runs, awards, the trail."""

CONTENT = {
    "contest_key": ("键 {key} 缺失、多余或形式不对。", "The key {key} is missing, unknown or of the wrong form."),
    "document_place": (
        "文档所属的阶段 {stage}、赛项 {category} 不存在或重复。",
        "A document names stage {stage} and category {category}, which do not exist or stand twice.",
    ),
    "document_digest": (
        "文档的摘要是 {actual}，赛事中写的是 {stated}：细则或规则被改动过。",
        "The document has the digest {actual}; the contest states {stated}: rubric or rule were changed.",
    ),
    "document_illegal": ("文档不合规则：{key}", "The document breaks its rules at {key}."),
    "no_document": (
        "阶段 {stage}、赛项 {category} 没有文档。",
        "There is no document for stage {stage} and category {category}.",
    ),
    "unknown_category": (
        "参赛项目 {entry} 的赛项 {category} 不存在。",
        "Entry {entry} is in the unknown category {category}.",
    ),
    "unknown_entry": ("没有参赛项目 {entry}。", "There is no entry {entry}."),
    "unknown_judge": ("没有评委 {judge}。", "There is no judge {judge}."),
    "unknown_run": ("没有排名计算 {run}。", "There is no run {run}."),
    "unknown_diary_entry": ("没有日记 {diary_entry}。", "There is no diary entry {diary_entry}."),
    "wrong_category": ("参赛项目 {entry} 不在赛项 {category}。", "Entry {entry} is not in category {category}."),
    "sheet_missing": ("评审任务没有对应的评分表：{sheet}", "An assignment has no sheet: {sheet}"),
    "sheet_surplus": ("评分表没有对应的评审任务：{sheet}", "A sheet has no assignment: {sheet}"),
    "sheet_state": (
        "评分表的状态与评审任务（{state}）不符：{sheet}",
        "The state of a sheet does not fit its assignment ({state}): {sheet}",
    ),
    "sheet_unsigned": (
        "已提交的评分表缺少提交时间或摘要：{sheet}",
        "A submitted sheet lacks its time or digest: {sheet}",
    ),
    "marks_without_sheet": ("未提交的评分表却有分数：{sheet}", "Marks stand where no sheet was submitted: {sheet}"),
    "unknown_criterion": (
        "评分表 {sheet} 含有文档里没有的评分项 {criterion}。",
        "Sheet {sheet} marks {criterion}, which the document does not have.",
    ),
    "mark_illegal": (
        "评分表 {sheet} 的 {criterion}：{value} 不是合法的分数。",
        "Sheet {sheet}, {criterion}: {value} is no legal mark.",
    ),
    "mark_missing": ("评分表 {sheet} 缺少 {criterion} 的分数。", "Sheet {sheet} lacks the mark of {criterion}."),
    "comment_missing": (
        "评分表 {sheet} 的 {criterion} 打了 {value}，必须有评语却没有。",
        "Sheet {sheet}, {criterion}: a mark of {value} needs a comment and has none.",
    ),
    "total": (
        "评分表 {sheet} 的总分写的是 {stated}，应为 {actual}。",
        "Sheet {sheet}: the total says {stated}; it is {actual}.",
    ),
    "control_totals": (
        "应收 {expected} 份评分表，已收 {submitted} 份、免评 {excused} 份，数目对不上。",
        "{expected} sheets expected, {submitted} submitted and {excused} excused do not add up.",
    ),
    "outstanding": (
        "阶段 {stage}、赛项 {category} 已有生效的排名，却还有 {count} 份评分表未收。",
        "In stage {stage}, category {category}, a run stands while {count} sheets are outstanding.",
    ),
    "engine": (
        "排名 {run} 由 {engine} 计算，本程序只会重算 {known}。",
        "Run {run} was computed by {engine}; this verifier recomputes {known}.",
    ),
    "step_missing": ("排名 {run} 缺少 {column}。", "Run {run} lacks {column}."),
    "one_person": (
        "严格模式下排名 {run} 由同一人（{person}）计算并确认。",
        "In strict mode, run {run} was computed and confirmed by the same person ({person}).",
    ),
    "steps_disordered": ("排名 {run} 的各步时间先后颠倒。", "The steps of run {run} are out of order in time."),
    "two_standing": (
        "同一阶段和赛项有两次生效的排名：{run}，{other}",
        "Two runs of one stage and category stand: {run}, {other}",
    ),
    "run_document": (
        "排名 {run} 所用文档的摘要 {stated} 与 {actual} 不符。",
        "Run {run} used a document with digest {stated}, not {actual}.",
    ),
    "run_digest": (
        "排名表里的 {column} 是 {stated}，文件的摘要是 {actual}。",
        "The table of runs says {column} {stated}; the file has {actual}.",
    ),
    "input_illegal": ("排名的输入不合规则：{detail}", "The input of the run is not legal: {detail}"),
    "input_entry": (
        "输入里的参赛项目 {entry} 不在这个赛项。",
        "The input has entry {entry}, which is not in this category.",
    ),
    "input_lacks": ("输入里缺少参赛项目 {entry}。", "The input lacks entry {entry}."),
    "input_differs": (
        "输入与评分表不同：参赛项目 {entry}，评委 {judge}。",
        "The input differs from the sheets: entry {entry}, judge {judge}.",
    ),
    "standings": (
        "名次与重算结果不同；从这里开始：{detail}",
        "The places differ from the recomputed ones; first here: {detail}",
    ),
    "derivations": (
        "得分由来与重算结果不同；从这里开始：{detail}",
        "The derivations differ from the recomputed ones; first here: {detail}",
    ),
    "row_number": (
        "排名 {run} 有 {actual} 行，应为 {expected} 行。",
        "Run {run} has {actual} rows; there must be {expected}.",
    ),
    "row_differs": (
        "排名 {run}，参赛项目 {entry}：{column} 写的是“{found}”，重算为“{expected}”。",
        'Run {run}, entry {entry}: {column} says "{found}"; recomputed it is "{expected}".',
    ),
    "run_does_not_stand": ("排名 {run} 不存在或未生效。", "The run {run} does not exist or does not stand."),
    "promotion_place": (
        "参赛项目 {entry} 不能由排名 {run} 晋级到 {stage}。",
        "Run {run} cannot promote entry {entry} to {stage}.",
    ),
    "promotion_surplus": (
        "参赛项目 {entry} 没有进入晋级线（{run}），却被晋级。",
        "Entry {entry} was promoted although the cut of {run} does not take it.",
    ),
    "promotion_missing": (
        "参赛项目 {entry} 进入了晋级线（{run}），却没有晋级。",
        "Entry {entry} was not promoted although the cut of {run} takes it.",
    ),
    "judged_unpromoted": (
        "参赛项目 {entry} 没有晋级，却在阶段 {stage} 被评审。",
        "Entry {entry} was judged in stage {stage} without being promoted.",
    ),
    "award_surplus": (
        "参赛项目 {entry} 得到奖项 {award}，规则（{run}）没有给它。",
        "Entry {entry} has the award {award}, which the rule does not give it ({run}).",
    ),
    "award_missing": (
        "参赛项目 {entry} 应得奖项 {award}（{run}），却没有得到。",
        "Entry {entry} lacks the award {award}, which the rule gives it ({run}).",
    ),
    "award_title": (
        "奖项 {award} 的名称“{title}”与规则（{run}）不同。",
        'The title "{title}" of award {award} is not that of the rule ({run}).',
    ),
    "certificate_repeated": ("{column} 重复：{value}", "The same {column} stands twice: {value}"),
    "certificate_without_award": (
        "证书 {serial}：参赛项目 {entry} 没有奖项 {award}。",
        "Certificate {serial}: entry {entry} does not have the award {award}.",
    ),
    "certificate_lacks": ("证书 {serial} 缺少 {column}。", "Certificate {serial} lacks {column}."),
    "facts_json": (
        "证书 {serial} 的内容不是规范 JSON：{detail}",
        "The facts of certificate {serial} are not canonical JSON: {detail}",
    ),
    "facts_digest": ("证书 {serial} 的内容与摘要不符。", "The facts of certificate {serial} do not have their digest."),
    "facts_differ": (
        "证书 {serial} 的 {key} 写的是“{found}”，应为“{expected}”。",
        'Certificate {serial}: {key} says "{found}"; it is "{expected}".',
    ),
    "evidence_owner": (
        "佐证材料 {evidence} 应只属于一个参赛项目或一篇日记。",
        "Evidence {evidence} must belong to one entry or one diary entry.",
    ),
    "file_size": (
        "佐证材料 {evidence} 写的大小是 {stated}，实际 {actual}。",
        "Evidence {evidence} states {stated} bytes; there are {actual}.",
    ),
    "citation_without_mark": ("评分依据没有对应的分数：{mark}", "A citation belongs to no mark: {mark}"),
    "citation_source": (
        "评分依据应只指向一篇日记或一份材料：{mark}",
        "A citation must name one diary entry or one evidence: {mark}",
    ),
    "citation_foreign": (
        "评分依据 {source} 不属于被评的参赛项目：{mark}",
        "The cited {source} does not belong to the entry that is marked: {mark}",
    ),
    "trail_end": ("最后一行不完整。", "The last line is not complete."),
    "trail_line": ("第 {line} 行不是规范 JSON：{detail}", "Line {line} is not canonical JSON: {detail}"),
    "trail_event": ("第 {line} 行不是审计记录。", "Line {line} is no event of the trail."),
    "trail_foreign": ("第 {line} 行属于另一个赛事（{trail}）。", "Line {line} belongs to another contest ({trail})."),
    "trail_gap": (
        "第 {line} 行的序号是 {sequence}：中间有缺失或调换。",
        "Line {line} has the sequence {sequence}: events are missing or moved.",
    ),
    "trail_length": (
        "应有 {stated} 条审计记录，实际 {actual} 条。",
        "The trail must have {stated} events; it has {actual}.",
    ),
    "trail_root": (
        "审计记录的根摘要应为 {stated}，实际为 {actual}。",
        "The root of the trail must be {stated}; it is {actual}.",
    ),
}

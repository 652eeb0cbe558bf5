# SPDX-License-Identifier: Apache-2.0
"""Sentences about faulty documents: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.wording.language import Sentences, fill, language_of, pick

_TYPES: Sentences = {
    "text": ("一段文字（加引号）", "text in quotes"),
    "integer": ("一个整数", "a whole number"),
    "number": ("一个数（整数，或加引号的小数）", 'a number (a whole one, or a decimal in quotes such as "0.5")'),
    "table": ("一个表", "a table"),
    "tables": ("一组表（[[…]]）", "a list of tables ([[…]])"),
    "boolean": ("true/false", "true or false"),
    "list": ("一个数组", "a list"),
    "date": ("一个日期", "a date"),
    "nothing": ("空值", "nothing"),
}

PROBLEMS: Sentences = {
    "file_too_long": (
        "文件超过 {limit} 个字符；请确认这是一份评分文档。",
        "The file is longer than {limit} characters; check that it is a rule document.",
    ),
    "not_toml": (
        "无法按 TOML 读取：{detail}。请改正这一行。",
        "This is not readable as TOML: {detail}. Correct this line.",
    ),
    "not_json": ("不是合法的规范 JSON：{detail}。", "This is not strict JSON: {detail}."),
    "not_canonical": (
        "文本不是该文档的规范形式（RFC 8785，默认值写全）；请由文件形式重新生成。",
        "The text is not its document's canonical form (RFC 8785, defaults written out); make it from the file form.",
    ),
    "format_unsupported": (
        "文档格式为 {format}，本版本只认识到 {known}；请升级软件。",
        "The document has format {format}; this version knows formats up to {known}. Upgrade the software.",
    ),
    "unknown_key": ("不认识的键 {key}；此处可用：{known}。", "Unknown key {key}; known here: {known}."),
    "unknown_key~near": (
        "不认识的键 {key}；是否想写 {near}？此处可用：{known}。",
        "Unknown key {key}; did you mean {near}? Known here: {known}.",
    ),
    "missing_key": ("缺少 {key}；请补上。", "{key} is missing; add it."),
    "key_not_for_kind": ("“{kind}”不使用 {key}；请删去。", '{key} means nothing for "{kind}"; remove it.'),
    "wrong_type": ("这里应为{expected}，却写成了{found}。", "Expected {expected}, found {found}."),
    "float": (
        '小数必须加引号，以保证精确：请写成 "{text}"。',
        'A decimal stands in quotes, so that it stays exact: write "{text}".',
    ),
    "float_here": ("这里应为{expected}，却写成了小数 {text}。", "Expected {expected}, found the decimal {text}."),
    "bad_number": (
        "“{text}”不是普通十进制数（整数最多 12 位，小数最多 10 位，不用指数）。",
        '"{text}" is not a plain decimal number (up to 12 digits, up to 10 after the point, no exponent).',
    ),
    "bad_choice": ("“{text}”不在可选值之中：{allowed}。", '"{text}" is not one of: {allowed}.'),
    "bad_code": ("代码“{text}”不符合格式 {form}。", 'The code "{text}" does not have the form {form}.'),
    "repeated_code": ("代码 {code} 已被使用；请另取一个。", "The code {code} is taken already; choose another."),
    "unknown_code": (
        "{by} 指向的 {code} 不存在；可用：{known}。",
        "{by} names {code}, which does not exist; known: {known}.",
    ),
    "too_small": ("{value} 太小；最小为 {limit}。", "{value} is too small; the least is {limit}."),
    "too_large": ("{value} 太大；最大为 {limit}。", "{value} is too large; the most is {limit}."),
    "too_many": ("共 {count} 项，超过上限 {limit}。", "{count} items are too many; the most is {limit}."),
    "too_long": ("文字有 {length} 个字符，上限为 {limit}。", "The text has {length} characters; the most is {limit}."),
    "empty": ("不能为空；请填写，或删去这个键。", "This is empty; fill it in or remove the key."),
    "empty_list": ("列表为空；请至少写一项。", "The list is empty; write at least one item."),
    "more_than_a_line": (
        "这里只能写一行；请去掉换行和制表符。",
        "Only one line fits here; remove line breaks and tabs.",
    ),
    "control_character": (
        "含有不可见的控制字符 {character}；请删去。",
        "It holds the control character {character}; remove it.",
    ),
    "weight_not_positive": ("权重 {weight} 必须大于 0。", "The weight {weight} must be above 0."),
    "step_not_positive": ("步长 {step} 必须大于 0。", "The step {step} must be above 0."),
    "step_does_not_fit": (
        "步长 {step} 不能整除 {minimum} 到 {maximum} 的区间；请调整步长或上下限。",
        "Steps of {step} do not lead from {minimum} to {maximum} exactly; change the step or the limits.",
    ),
    "grid_too_fine": ("步长 {step} 太细：超过 {limit} 级。", "The step {step} is too fine: more than {limit} steps."),
    "maximum_not_above": (
        "最高分 {maximum} 必须大于最低分 {minimum}。",
        "The maximum {maximum} must be above the minimum {minimum}.",
    ),
    "threshold_unreachable": (
        '界限 {value} 在分值范围 {reach} 内不起作用；请改正，或用 comment = "required"。',
        'No mark of {reach} tells the threshold {value} apart; correct it, or write comment = "required".',
    ),
    "thresholds_cross": (
        'comment_below {below} 高于 comment_above {above}，等于每个分都要评语；请写 comment = "required"。',
        'comment_below {below} lies above comment_above {above}, so all marks need one: write comment = "required".',
    ),
    "band_outside": (
        "分档界限 {value} 超出分值范围 {minimum}–{maximum}。",
        "The limit {value} lies outside the scale {minimum}–{maximum}.",
    ),
    "band_off_step": ("分档界限 {value} 不在步长 {step} 上。", "The limit {value} is not on the step {step}."),
    "band_reversed": ("分档从 {start} 到 {end}，上下颠倒。", "The band runs from {start} to {end}; swap them."),
    "bands_overlap": (
        "分档 {code} 与 {other} 重叠；每个分值只能属于一档。",
        "The bands {code} and {other} overlap; each mark belongs to one band.",
    ),
    "band_gap": (
        "分值 {missing} 不属于任何分档；请调整 {code} 或增加一档。",
        "The marks {missing} belong to no band; widen {code} or add a band.",
    ),
    "levels_disordered": (
        "等级应由高到低或由低到高排列；从这一项起次序乱了。",
        "Levels stand best to worst or worst to best; from here the order is broken.",
    ),
    "too_few_levels": ("只有 {count} 个等级；至少要有 2 个。", "{count} level is not a choice; write at least 2."),
    "points_repeated": (
        "分值 {points} 与等级 {other} 相同；各等级分值必须不同。",
        "The points {points} equal those of {other}; every level gives a mark of its own.",
    ),
    "drops_nothing": (
        'trimmed_mean 的 drop_high 与 drop_low 都为 0；请写 method = "mean"。',
        'trimmed_mean with drop_high and drop_low both 0 drops nothing; write method = "mean".',
    ),
    "minimum_too_small": (
        "minimum = {minimum} 太小：去掉最高最低分后须至少剩一份，应不小于 {needed}。",
        "minimum = {minimum} is too small: one sheet must remain after dropping, so at least {needed}.",
    ),
    "repeated_tie": (
        "这一比较已在前面出现，再比一次没有作用；请删去。",
        "This comparison stands earlier in the chain and cannot decide again; remove it.",
    ),
}


def problem_sentence(code: str, where: str, line: int | None, params: Mapping[str, str], language: str) -> str:
    """Return what is wrong in a document, where, and what to do."""
    values = dict(params)
    for key in ("expected", "found"):
        if key in values:
            values[key] = pick(_TYPES[values[key]], language)
    if code == "unknown_key" and values.get("near"):
        code = "unknown_key~near"
    sentence = fill(PROBLEMS, code, values, language)
    place = where
    if line is not None:
        number = f"第 {line} 行" if language_of(language) == "zh" else f"line {line}"
        place = f"{number} {where}".rstrip()
    if not place:
        return sentence
    return f"{place}：{sentence}" if language_of(language) == "zh" else f"{place}: {sentence}"

# SPDX-License-Identifier: Apache-2.0
"""Sentences about the zip, the bag and its files."""

CONTAINER = {
    "no_file": ("找不到文件：{path}", "There is no such file: {path}"),
    "no_bag": ("文件夹里没有归档（缺少 bagit.txt）：{path}", "The folder holds no archive (no bagit.txt): {path}"),
    "no_bagit": ("这不是归档：缺少 bagit.txt。", "This is no archive: bagit.txt is missing."),
    "not_a_zip": ("这不是可读的 zip 文件：{detail}", "This is no readable zip file: {detail}"),
    "name_one": (
        "请写明要核验的归档，例如：python verify.pyz 归档.zip（{folder} 里没有唯一的归档）。",
        "Name the archive to check, for example: python verify.pyz archive.zip (there is not exactly one in {folder}).",
    ),
    "format": (
        "归档格式为 {format}，本核验程序只认识到 {known}；请取更新的核验程序。",
        "The archive has format {format}; this verifier knows formats up to {known}. Get a later verifier.",
    ),
    "too_many_files": ("文件太多：{count} 个。", "Too many files: {count}."),
    "name_absolute": ("绝对路径的文件名，拒绝打开：{name}", "An absolute name, refused: {name}"),
    "name_strange": (
        "含反斜杠或控制字符的文件名，拒绝打开：{name}",
        "A name with backslash or control character, refused: {name}",
    ),
    "name_escapes": ("指向归档之外的文件名，拒绝打开：{name}", "A name that leads out of the archive, refused: {name}"),
    "name_repeated": (
        "文件名重复（或只有大小写不同）：{name}，{other}",
        "A name stands twice (or differs by case only): {name}, {other}",
    ),
    "not_one_folder": ("zip 里应只有一个顶层文件夹。", "The zip must hold exactly one top folder."),
    "link": ("是链接或特殊文件，拒绝打开。", "It is a link or a special file, refused."),
    "encrypted": ("是加密的，无法核验。", "It is encrypted and cannot be checked."),
    "method": ("使用了未知的压缩方法 {method}。", "It uses the unknown compression method {method}."),
    "ratio": (
        "压缩比异常（{packed} 字节展开为 {size} 字节），拒绝打开。",
        "An absurd ratio ({packed} bytes unpack to {size}), refused.",
    ),
    "overlap": ("与另一个文件共用字节，拒绝打开。", "It shares bytes with another file, refused."),
    "file_missing": ("文件缺失。", "The file is missing."),
    "file_surplus": ("多出的文件，任何清单都没有列出。", "A surplus file that no manifest lists."),
    "file_changed": (
        "文件已被改动：内容与清单中的摘要不符。",
        "The file was changed: its content does not have the digest of the manifest.",
    ),
    "file_damaged": ("文件损坏，无法读出：{detail}", "The file is damaged and cannot be read: {detail}"),
    "file_unused": ("多出的文件，归档的任何表都没有提到。", "A surplus file that no table of the archive speaks of."),
    "bagit_version": ("不是 BagIt 1.0（UTF-8）。", "It does not say BagIt 1.0 in UTF-8."),
    "manifest_line": ("第 {line} 行不是“摘要 文件名”。", 'Line {line} is not "digest name".'),
    "manifest_repeated": ("文件 {path} 列了两次。", "The file {path} is listed twice."),
    "manifest_place": ("文件 {path} 不属于这份清单。", "The file {path} does not belong in this manifest."),
    "oxum_missing": ("缺少 Payload-Oxum。", "Payload-Oxum is missing."),
    "oxum": ("Payload-Oxum 写的是 {stated}，实际是 {actual}。", "Payload-Oxum says {stated}; it is {actual}."),
    "not_utf8": ("不是 UTF-8 文本。", "It is not UTF-8 text."),
    "not_csv": ("不是合法的 CSV：{detail}", "It is not proper CSV: {detail}"),
    "json": ("不是规范 JSON：{detail}", "It is not canonical JSON: {detail}"),
    "columns": ("列应为 {expected}，实际为 {found}。", "The columns must be {expected}; they are {found}."),
    "width": ("第 {line} 行有 {found} 格，应为 {expected} 格。", "Line {line} has {found} cells, not {expected}."),
    "bad_cell": (
        "第 {line} 行 {column} 列的“{text}”不合格式。",
        'Line {line}, column {column}: "{text}" does not have its form.',
    ),
    "formula": (
        "第 {line} 行 {column} 列像公式：“{text}”；文本前应加一个 '。",
        'Line {line}, column {column} would be a formula: "{text}"; such text begins with one \'.',
    ),
    "row_repeated": ("第 {line} 行与第 {other} 行重复：{key}", "Line {line} repeats line {other}: {key}"),
    "row_count": (
        "表 {table} 有 {actual} 行，这里写的是 {stated} 行。",
        "The table {table} has {actual} rows; {stated} are stated here.",
    ),
    "named_digest": (
        "文件名应是内容的摘要，但内容的摘要是 {actual}。",
        "The name must be the digest of the content, which is {actual}.",
    ),
}

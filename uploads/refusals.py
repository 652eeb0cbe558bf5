# SPDX-License-Identifier: Apache-2.0
"""Say why a file was refused and what its owner can do about it, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

_KIND_NAMES = {
    "picture": ("图片（JPEG、PNG、WebP、GIF、HEIC）", "pictures (JPEG, PNG, WebP, GIF, HEIC)"),
    "pdf": ("PDF", "PDF"),
    "office": ("Office 文档（DOCX、XLSX、PPTX）", "Office documents (DOCX, XLSX, PPTX)"),
    "video": ("视频（MP4、MOV）", "videos (MP4, MOV)"),
    "text": ("纯文本（TXT、CSV）", "plain text (TXT, CSV)"),
}


class Code(StrEnum):
    """The closed list of reasons."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    WRONG_TYPE = "wrong_type"
    UNREADABLE = "unreadable"
    CUT_OFF = "cut_off"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PAGES = "too_many_pages"
    BOMB = "bomb"
    DISGUISED = "disguised"
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    TIMEOUT = "timeout"
    DISK_FULL = "disk_full"


# Each sentence says what is wrong and what its reader can do now: English, Chinese.
_SENTENCES: dict[Code, tuple[str, str]] = {
    Code.EMPTY: (
        "The file is empty. Open it on your device, save it again and upload the new copy.",
        "文件是空的。请在您的设备上打开、重新保存后再上传。",
    ),
    Code.TOO_LARGE: (
        "The file is larger than {limit}. Make it smaller, or split it, and upload it again.",
        "文件超过 {limit}。请压缩或拆分后再上传。",
    ),
    Code.WRONG_TYPE: (
        "This kind of file is not accepted here. Please upload: {accepted}.",
        "这里不接受这种文件。请上传：{accepted}。",
    ),
    Code.UNREADABLE: (
        "The file is damaged and cannot be read. Open it on your device, save it as a new file and upload that.",
        "文件已损坏，无法读取。请在您的设备上打开，另存为新文件后再上传。",
    ),
    Code.CUT_OFF: (
        "The file ends too early; a part of it is missing. Copy it to your device again and upload that copy.",
        "文件不完整，后面的部分缺失。请重新拷贝到您的设备后再上传。",
    ),
    Code.TOO_MANY_PIXELS: (
        "The picture has {width} × {height} pixels, more than can be taken. Save it at a smaller size and upload that.",
        "图片为 {width} × {height} 像素，超过上限。请缩小尺寸后再上传。",
    ),
    Code.TOO_MANY_PAGES: (
        "The document has {pages} pages; {limit} are allowed. Split it and upload the parts.",
        "文档有 {pages} 页，最多允许 {limit} 页。请拆分后分别上传。",
    ),
    Code.BOMB: (
        "The file unpacks to far more than a normal document holds. Save its content as a new file and upload that.",
        "文件解压后的数据量远远超过正常文档。请把内容另存为新文件后再上传。",
    ),
    Code.DISGUISED: (
        "The name ends in {extension}, but the content is something else. Upload the original under its own name.",
        "文件名以 {extension} 结尾，但内容是另一种类型。请以原来的文件名上传原始文件。",
    ),
    Code.ENCRYPTED: (
        "The file is protected by a password. Save a copy without password and upload that.",
        "文件设有密码。请另存一份不带密码的副本后再上传。",
    ),
    Code.MACROS: (
        "The document contains macros. Save it as .docx, .xlsx, .pptx or PDF, without macros, and upload that.",
        "文档含有宏。请另存为不含宏的 .docx、.xlsx、.pptx 或 PDF 后再上传。",
    ),
    Code.TIMEOUT: (
        "Checking the file took too long. Save it with fewer pages or smaller pictures and upload that.",
        "检查文件用时过长。请减少页数或缩小图片后再上传。",
    ),
    Code.DISK_FULL: (
        "The server has no space left, so the file was not stored. Tell the organizer, and try again later.",
        "服务器存储空间不足，文件没有保存。请告知主办方，稍后再试。",
    ),
}

Param = int | str | tuple[str, ...]


class Refused(ValueError):
    """A file that is not taken in: the reason as a code, its figures, and a sentence for the reader."""

    def __init__(self, code: Code, **params: Param) -> None:
        self.code = code
        self.params: Mapping[str, Param] = params
        super().__init__(code.value)

    def say(self, language: str) -> str:
        """Return one sentence that says what is wrong and what to do; every language but Chinese reads English."""
        chinese = language.lower().startswith("zh")
        words = {name: _word(name, value, chinese=chinese) for name, value in self.params.items()}
        return _SENTENCES[self.code][1 if chinese else 0].format_map(_Blank(words))


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def _word(name: str, value: Param, *, chinese: bool) -> str:
    if name == "accepted" and isinstance(value, tuple):
        names = [_KIND_NAMES[kind][0 if chinese else 1] for kind in value]
        return ("、" if chinese else ", ").join(names)
    return str(value)


def size_words(size: int) -> str:
    """Write a number of bytes as people do: 512 KB, 20 MB, 1.5 GB."""
    for unit, factor in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if size >= factor:
            tenths = size * 10 // factor
            return f"{tenths // 10} {unit}" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10} {unit}"
    return f"{size} B"

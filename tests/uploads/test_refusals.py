# SPDX-License-Identifier: Apache-2.0
"""Each reason is said in Chinese and English, in one sentence or two, with what to do."""

from __future__ import annotations

import string

import pytest

from uploads import Code, Refused
from uploads.kinds import Kind
from uploads.refusals import _SENTENCES, size_words

PARAMS = {
    Code.TOO_LARGE: {"limit": "20 MB", "limit_bytes": 20 << 20},
    Code.WRONG_TYPE: {"accepted": tuple(kind.value for kind in Kind)},
    Code.TOO_MANY_PIXELS: {"width": 30_000, "height": 20_000, "limit": 50_000_000},
    Code.TOO_MANY_PAGES: {"pages": 201, "limit": 200},
    Code.DISGUISED: {"extension": ".jpg"},
}


@pytest.mark.parametrize("code", list(Code))
def test_every_reason_has_both_languages_and_all_its_words(code: Code) -> None:
    refused = Refused(code, **PARAMS.get(code, {}))
    for language, ending in (("zh", "。"), ("zh-CN", "。"), ("en", "."), ("fr", ".")):
        said = refused.say(language)
        assert said.endswith(ending)
        assert not set("{}?") & set(said)
    english, chinese = _SENTENCES[code]
    fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (english, chinese)]
    assert fields[0] == fields[1]


def test_accepted_kinds_are_named_in_the_readers_language() -> None:
    refused = Refused(Code.WRONG_TYPE, accepted=("picture", "pdf"))
    assert refused.say("zh") == "这里不接受这种文件。请上传：图片（JPEG、PNG、WebP、GIF、HEIC）、PDF。"
    assert refused.say("en").endswith("pictures (JPEG, PNG, WebP, GIF, HEIC), PDF.")


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1 KB"), (20 << 20, "20 MB"), (1_572_864, "1.5 MB"), (3 << 30, "3 GB")],
)
def test_sizes_are_written_as_people_do(size: int, words: str) -> None:
    assert size_words(size) == words

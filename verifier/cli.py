# SPDX-License-Identifier: Apache-2.0
"""The command line: ``python verify.pyz [ARCHIVE] [--lang zh|en] [--json]``."""

from __future__ import annotations

import argparse
import json
import locale
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from verifier.checking import verify
from verifier.layout import BAGIT, VERIFIER
from verifier.report import NotAnArchiveError, Report
from verifier.words import sentence

SOUND, WRONG, UNREADABLE = 0, 1, 2
# Of one kind of finding so many are printed; --json has them all.
PRINTED = 20


def main(arguments: Sequence[str] | None = None, program: Path | None = None) -> int:
    """Check one archive; return 0 when it is sound, 1 when something is wrong, 2 when it cannot be read."""
    parser = argparse.ArgumentParser(prog="verify.pyz", description="Check an archive of a contest and recompute it.")
    parser.add_argument("archive", nargs="?", help="zip or unpacked folder; without it, the archive that lies beside")
    parser.add_argument("--lang", choices=("zh", "en"), help="language of the sentences")
    parser.add_argument("--json", action="store_true", help="print everything for programs")
    options = parser.parse_args(arguments)
    language = options.lang or _language()
    _speak_utf8()
    try:
        report = verify(Path(options.archive) if options.archive else beside(program or Path(sys.argv[0])))
    except NotAnArchiveError as error:
        if options.json:
            finding = {"code": error.finding.code, "file": "", "params": error.finding.params}
            print(json.dumps({"findings": [{**finding, "sentence": error.finding.say(language)}], "sound": False}))
        else:
            print(error.finding.say(language))
        return UNREADABLE
    if options.json:
        value = {**report.to_json(language), "verifier": VERIFIER}
        print(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True))
    else:
        for line in told(report, language):
            print(line)
    return SOUND if report.sound else WRONG


def told(report: Report, language: str) -> list[str]:
    """Return the report as lines for people."""
    lines = []
    if report.title:
        lines.append(sentence("contest", {"title": report.title}, language))
    if report.rehearsal:
        lines.append(sentence("rehearsal", {}, language))
    counted: Counter[str] = Counter()
    for finding in report.findings:
        counted[finding.code] += 1
        if counted[finding.code] <= PRINTED:
            lines.append("✗ " + finding.say(language))
    for code, count in counted.items():
        if count > PRINTED:
            lines.append(sentence("more", {"count": str(count - PRINTED), "code": code}, language))
    if report.bag_sha256:
        lines.append("bag sha256 " + report.bag_sha256)
    if not report.sound:
        lines.append(sentence("wrong", {"count": str(len(report.findings))}, language))
        return lines
    counts = {key: str(value) for key, value in report.counts.items()}
    lines.extend("✓ " + sentence(code, counts, language) for code in ("checked", "sheets", "recomputed", "followed"))
    lines.append("standings sha256 " + report.standings_sha256)
    lines.append(sentence("sound", {}, language))
    return lines


def beside(program: Path) -> Path:
    """Return the bag that holds the program, or the one archive that lies beside it."""
    folder = Path(os.path.realpath(str(program))).parent
    if (folder / BAGIT).is_file():
        return folder
    zips = sorted(folder.glob("*.zip"))
    if len(zips) == 1:
        return zips[0]
    raise NotAnArchiveError("name_one", folder=str(folder))


def _language() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "zh" if os.environ[name].lower().startswith("zh") else "en"
    # On Windows the environment says nothing; the locale does.
    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"


def _speak_utf8() -> None:
    """Keep Chinese names printable on terminals of another encoding."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")

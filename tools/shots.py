# SPDX-License-Identifier: Apache-2.0
"""Takes a picture of every kind of page: 1280 and 360 px wide, light and dark, Chinese and English.

`python -m tools.shots DIR [WORD ...]` writes DIR/<page>-<width>-<theme>-<language>.png and a contact sheet; words take
only pages whose name holds one of them. Ends with 1 when a page answers with an error, complains in the console, breaks
the content security policy or scrolls sideways on a phone.
"""

from __future__ import annotations

import argparse
import html
import sys
from itertools import groupby
from pathlib import Path

from tests.browser import house
from tests.browser.camera import ALL, Look, camera
from tests.browser.pages import Sight, people, sights

INSTANCE = house.ROOT / "instance" / "shots"
SHEET = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Every page of Youyin</title>
<style>
body {{ font: 15px/1.5 sans-serif; margin: 2rem; background: #f4f4f1; color: #222; }}
section {{ margin: 0 0 2.5rem; }}
h2 {{ font-size: 1.1rem; margin: 0 0 .5rem; }} h2 small {{ color: #777; font-weight: 400; }}
.row {{ display: flex; gap: 1rem; overflow-x: auto; align-items: flex-start; }}
figure {{ margin: 0; }} figcaption {{ font-size: .8rem; color: #666; }}
img {{ height: 320px; width: auto; max-width: 460px; object-fit: cover; object-position: top; border: 1px solid #ccc; }}
.fault {{ color: #a11; font-weight: 600; }}
</style></head>
<body><h1>Every page of Youyin</h1><p>{summary}</p>{sections}</body></html>
"""


def main(arguments: list[str]) -> int:
    """Take the pictures and return the exit code."""
    parser = argparse.ArgumentParser(prog="./run shots", description="A picture of every kind of page.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("words", nargs="*", help="take only pages whose name holds one of these words")
    parser.add_argument("--look", action="append", help="such as 360-dark-zh; may be given more than once")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    app = house.furnish(INSTANCE, house.FULL, tell=print)
    with app.test_request_context():
        found = [sight for sight in sights() if not options.words or any(word in sight.name for word in options.words)]
        links = list(people(found))
    looks = [look for look in ALL if not options.look or str(look) in options.look]
    faults = _shoot(options.folder, found, links, looks)
    _sheet(options.folder, found, looks, faults)
    print(
        f"{len(found)} pages, {len(found) * len(looks)} pictures, {len(faults)} faults: {options.folder / 'index.html'}"
    )
    return 1 if faults else 0


def _shoot(
    folder: Path, found: list[Sight], links: list[tuple[int, str]], looks: list[Look]
) -> list[tuple[str, Look, str]]:
    faults: list[tuple[str, Look, str]] = []
    by_reader = sorted(found, key=lambda sight: sight.who or 0)
    with house.served(INSTANCE) as address, camera(address) as lens:
        for who, path in links:
            lens.sign_in(who, path)
        for look in looks:
            for reader, seen in groupby(by_reader, key=lambda sight: sight.who):
                with lens.reader(reader, look) as context:
                    for sight in seen:
                        page, wrong = lens.visit(context, sight, look)
                        lens.take(page, folder / f"{sight.name}-{look}.png")
                        page.close()
                        for line in wrong:
                            print(f"{sight.name}-{look}: {line}", flush=True)
                            faults.append((sight.name, look, line))
            print(f"{look}: {len(found)} pictures", flush=True)
    return faults


def _sheet(folder: Path, found: list[Sight], looks: list[Look], faults: list[tuple[str, Look, str]]) -> None:
    sections = []
    for sight in found:
        figures = "".join(
            f'<figure><a href="{sight.name}-{look}.png"><img loading="lazy" src="{sight.name}-{look}.png" alt=""></a>'
            f"<figcaption>{look}</figcaption></figure>"
            for look in looks
        )
        wrong = "".join(
            f'<p class="fault">{look}: {html.escape(line)}</p>' for name, look, line in faults if name == sight.name
        )
        sections.append(
            f"<section><h2>{sight.name} <small>{html.escape(sight.endpoint)}</small></h2>{wrong}"
            f'<div class="row">{figures}</div></section>'
        )
    summary = f"{len(found)} pages in {len(looks)} ways, {len(faults)} faults"
    (folder / "index.html").write_text(SHEET.format(summary=summary, sections="".join(sections)), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

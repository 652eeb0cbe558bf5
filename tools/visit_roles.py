# SPDX-License-Identifier: Apache-2.0
"""Follows every sign-in link that `./run` printed, as a browser would, and says where it led.

`visit_roles.py LOG` reads the printed links and ends with 1 when one does not lead to a page of its reader;
`visit_roles.py --alive ADDRESS` ends with 0 as soon as pages answer. Standard library only.
"""

from __future__ import annotations

import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path

LINK = re.compile(r"https?://(?:127\.0\.0\.1|localhost|\[::1\]):\d+(?:/\S*)?")
ROLES_AT_LEAST = 4


class Page(HTMLParser):
    """What a reader finds on a page: its title, its links, its forms with their hidden fields."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.title = ""
        self.links: list[str] = []
        self.forms: list[tuple[str, str, dict[str, str]]] = []
        self._in_title = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect links, forms and their fields."""
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        elif tag == "form":
            self.forms.append((values.get("method", "get").lower(), values.get("action", ""), {}))
        elif tag in ("input", "button") and self.forms and values.get("name"):
            self.forms[-1][2][values["name"]] = values.get("value", "")
        self._in_title = tag == "title"

    def handle_data(self, data: str) -> None:
        """Collect the title."""
        if self._in_title:
            self.title += data.strip()
            self._in_title = False


class Visitor:
    """One person's browser, with cookies of its own."""

    def __init__(self) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, address: str) -> tuple[str, Page]:
        """Open an address and return where it ended."""
        with self._opener.open(address, timeout=60) as answer:
            return answer.geturl(), Page(answer.read().decode(errors="replace"))

    def press(self, address: str, form: tuple[str, str, dict[str, str]]) -> tuple[str, Page]:
        """Send a form as it stands."""
        target = urllib.parse.urljoin(address, form[1] or address)
        data = urllib.parse.urlencode(form[2]).encode()
        request = urllib.request.Request(target, data=data, headers={"Referer": address})  # noqa: S310 LINK admits http only
        with self._opener.open(request, timeout=60) as answer:
            return answer.geturl(), Page(answer.read().decode())


def follow(link: str) -> str:
    """Press the one button behind a sign-in link, then open what the page leads to; return where it led.

    Raises `ValueError` when the link does not sign in, or when a page that is offered does not open.
    """
    path = urllib.parse.urlsplit(link).path
    visitor = Visitor()
    address, page = visitor.get(link)
    # The button of the link posts to the link itself; other forms of the page switch language or look.
    forms = [
        form
        for form in page.forms
        if form[0] == "post" and urllib.parse.urljoin(address, form[1] or address).endswith(path)
    ]
    if len(forms) != 1:
        raise ValueError(f"{link} shows {len(forms)} buttons that sign in")
    address, page = visitor.press(address, forms[0])
    if urllib.parse.urlsplit(address).path == path:
        raise ValueError(f"{link} did not sign in: {page.title}")
    opened = {address}
    for target in page.links:
        found = urllib.parse.urldefrag(urllib.parse.urljoin(address, target))[0]
        if urllib.parse.urlsplit(found)[:2] == urllib.parse.urlsplit(address)[:2] and found not in opened:
            opened.add(found)
            try:
                visitor.get(found)
            except urllib.error.HTTPError as error:
                raise ValueError(f"{found} answers {error.code}") from error
    return f"{urllib.parse.urlsplit(address).path}  {page.title}  ({len(opened)} pages)"


def main(arguments: list[str]) -> int:
    """Run the command that the arguments name."""
    if len(arguments) == 2 and arguments[0] == "--alive":
        Visitor().get(f"{arguments[1]}/healthz")
        return 0
    text = Path(arguments[0]).read_text(encoding="utf-8")
    links = list(dict.fromkeys(LINK.findall(text)))
    doors = [link for link in links if urllib.parse.urlsplit(link).path not in ("", "/")]
    for link in links:
        if link not in doors:
            print(f"{link}  {Visitor().get(link)[1].title}")
    faults = 0
    for link in doors:
        try:
            print(f"{link}  ->  {follow(link)}")
        except ValueError as fault:
            faults += 1
            print(f"{link}  ->  FAULT: {fault}")
    if len(doors) < ROLES_AT_LEAST:
        print(f"only {len(doors)} sign-in links were printed", file=sys.stderr)
        return 1
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

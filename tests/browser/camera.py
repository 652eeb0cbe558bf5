# SPDX-License-Identifier: Apache-2.0
"""Opens pages in a real Chromium as their readers do, and says what is wrong with each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, StorageState, sync_playwright

from tests import servers
from tests.browser.pages import Sight

HEIGHT = {360: 780, 1280: 900}
TALLEST = 6000  # pixels of a picture; what lies below repeats what lies above
ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
# Wider than the window although nothing in it scrolls by itself: what people have to push sideways.
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll("body *")].filter((part) => {
    const box = part.getBoundingClientRect();
    if (box.width === 0 || box.right <= width + 0.5) return false;
    for (let up = part.parentElement; up; up = up.parentElement)
      if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX)) return false;
    return true;
  });
  const name = (part) => `${part.tagName.toLowerCase()}.${[...part.classList].join(".")}`;
  return [`${document.documentElement.scrollWidth} px wide`, ...wide.slice(0, 3).map(name)];
}"""
LOAD_ALL = """() => Promise.allSettled([...document.querySelectorAll("img[loading=lazy]")].map((picture) => {
  picture.loading = "eager";
  return picture.decode();
}))"""
SERIOUS = """() => axe.run(document, {resultTypes: ["violations"]}).then((found) => found.violations
  .filter((rule) => ["serious", "critical"].includes(rule.impact))
  .map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html.slice(0, 120)).slice(0, 2).join(" and ")}`))"""


@dataclass(frozen=True, slots=True)
class Look:
    """One way to look at a page."""

    width: int
    theme: str
    language: str

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}-{self.language}"


ALL = tuple(
    Look(width, theme, language) for width in (1280, 360) for theme in ("light", "dark") for language in ("zh", "en")
)
FEW = (Look(360, "dark", "zh"), Look(1280, "light", "en"))


@dataclass
class Camera:
    """A browser in which everybody is signed in."""

    browser: Browser
    address: str
    signed_in: dict[int | None, StorageState | None] = field(default_factory=dict)

    def sign_in(self, who: int, path: str) -> None:
        """Follow a sign-in link as its owner does: open it, press the one button."""
        context = self.browser.new_context(locale="zh-CN")
        page = context.new_page()
        page.goto(f"{self.address}{path}")
        page.click("main button[type=submit], [role=main] button[type=submit], form button.door-button")
        page.wait_for_url(lambda url: path not in url)
        self.signed_in[who] = context.storage_state()
        context.close()

    @contextmanager
    def reader(self, who: int | None, look: Look) -> Iterator[BrowserContext]:
        """Give one reader a window of this width, theme and language."""
        context = self.browser.new_context(
            viewport={"width": look.width, "height": HEIGHT[look.width]},
            locale="zh-CN" if look.language == "zh" else "en-GB",
            storage_state=self.signed_in.get(who),
            reduced_motion="reduce",
            has_touch=look.width < 600,
        )
        context.add_cookies(
            [
                {"name": name, "value": value, "url": self.address}
                for name, value in (("theme", look.theme), ("language", look.language))
            ]
        )
        try:
            yield context
        finally:
            context.close()

    def visit(self, context: BrowserContext, sight: Sight, look: Look, *, axe: bool = False) -> tuple[Page, list[str]]:
        """Open a page and return it with its faults; the caller closes it."""
        page, faults = context.new_page(), list[str]()

        def hear(message: ConsoleMessage) -> None:
            # The browser itself reports the status of a page that is meant to be absent.
            if message.type == "error" and not (sight.status >= 400 and f"status of {sight.status}" in message.text):
                faults.append(f"console: {message.text}")

        page.on("console", hear)
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("requestfailed", lambda request: faults.append(f"not loaded: {request.url}"))
        answer = page.goto(f"{self.address}{sight.address}", wait_until="load")
        page.wait_for_load_state("networkidle")
        if answer is None or answer.status != sight.status:
            faults.append(f"answers {answer.status if answer else 'nothing'} instead of {sight.status}")
        if look.width < 600:
            faults += [f"scrolls sideways: {part}" for part in page.evaluate(OVERFLOW)]
        if axe:
            page.evaluate(AXE.read_text(encoding="utf-8"))
            faults += [f"axe: {line}" for line in page.evaluate(SERIOUS)]
        return page, faults

    @staticmethod
    def take(page: Page, path: Path) -> None:
        """Store a picture of a whole page, cut below where it is very long, with what loads on scrolling."""
        page.evaluate(LOAD_ALL)
        page.wait_for_load_state("networkidle")
        height = page.evaluate("document.documentElement.scrollHeight")
        width = page.viewport_size["width"] if page.viewport_size else 1280
        clip = {"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)}
        page.screenshot(path=path, full_page=True, clip=clip, animations="disabled")  # type: ignore[arg-type]  # a FloatRect


@contextmanager
def camera(address: str) -> Iterator[Camera]:
    """Start the distribution's Chromium until the block ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=servers.chromium_path(), args=list(servers.CHROMIUM_FLAGS))
        yield Camera(browser, address)
        browser.close()

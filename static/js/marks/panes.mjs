// SPDX-License-Identifier: Apache-2.0
/** On narrow screens evidence and rubric are two tabs; wide ones show both. Without script they stand below each other. */
export function setUpPanes(marking) {
  const tabs = [...marking.querySelectorAll("[data-pane-tab]")];
  const open = (name) => {
    marking.dataset.pane = name;
    for (const tab of tabs) {
      if (tab.dataset.paneTab === name) tab.setAttribute("aria-current", "true");
      else tab.removeAttribute("aria-current");
    }
  };
  for (const tab of tabs) {
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      open(tab.dataset.paneTab);
    });
  }
  // A link to a part of the other pane opens that pane first.
  const follow = (hash) => {
    const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
    const pane = target && target.closest(".pane");
    if (!pane) return;
    open(pane.id);
    for (let part = target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    target.scrollIntoView({ block: "start" });
  };
  marking.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link || link.dataset.paneTab) return;
    event.preventDefault();
    follow(link.hash);
  });
  marking.classList.add("has-script");
  open(location.hash.startsWith("#criterion") || !location.hash ? "rubric" : "evidence");
  if (location.hash) follow(location.hash);
}

"""A person who has no mouse: every step is a key, and where the focus is can be seen."""

from __future__ import annotations

from tests.journeys.visit import Visit

MOST_TABS = 60
_FOCUSED = """() => {
  const element = document.activeElement;
  const label = element.labels?.[0]?.innerText ?? element.closest("fieldset")?.innerText ?? "";
  return (element.innerText || element.value || "") + " | " + label;
}"""
_FOCUS_IS_VISIBLE = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" || style.boxShadow !== "none";
}"""


class Keyboard:
    """The keys of one visit."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    def presses(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self._visit.page.keyboard.press(key)

    def types(self, text: str) -> None:
        """Type a text into what has the focus."""
        self._visit.page.keyboard.type(text)

    def tabs_to(self, words: str) -> None:
        """Press Tab until the focus is on something with these words; fail when it never comes there or is unseen."""
        passed = []
        for _ in range(MOST_TABS):
            self.presses("Tab")
            passed.append(self.focus())
            if words in passed[-1]:
                assert self._visit.page.evaluate(_FOCUS_IS_VISIBLE), f"the focus on {words} cannot be seen"
                return
        raise AssertionError(f"Tab never comes to {words!r}: {passed}")

    def goes_down_to(self, words: str) -> None:
        """Press the arrow down until the focus is on something with these words."""
        for _ in range(MOST_TABS):
            self.presses("ArrowDown")
            if words in self.focus():
                return
        raise AssertionError(f"the arrows never come to {words!r}")

    def focus(self) -> str:
        """The words on what has the focus, and its label."""
        return str(self._visit.page.evaluate(_FOCUSED))

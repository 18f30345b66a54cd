"""What of a page is not its content: hidden elements, form controls, lists of links.

Extractors of a page's main content (trafilatura, readability, jusText) drop the block with 索引号 and 发布机构, the foot with 网站标识码,
or cells of the tables; docs/formats.md has the figures. So everything stays but what says of itself that it is not shown, and blocks that
are nothing but links to other pages: their titles name other agencies and years. Link density is the measure those extractors use too.
"""

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

_CONTROLS: Final = ("select", "datalist")
_HIDING: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)

_BLOCKS: Final = frozenset({"nav", "ul", "ol", "dl", "div", "section", "aside", "p", "td", "table", "footer", "header"})
_MIN_LINKS: Final = 3
_MAX_UNLINKED: Final = 12  # letters beside the links: 您现在的位置, 相关文档; a paragraph or a table row has more
_LETTER: Final = re.compile(r"[A-Za-z\u3400-\u9fff]")
_FACT: Final = re.compile("标识码|公网安备|ICP|备案")
"""What names the site stands in links at its foot."""
_DAY: Final = re.compile(r"20\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?|\d{1,2}-\d{1,2}")
_UNLINKED_FACT: Final = re.compile(r"\d|索引|发布|发文|成文|文号|来源|日期|时间|机构|名称|报告|情况|[一二三四五六]、|[，。；]")
"""What a list of links has none of beside its links, but for days: a number could be a value."""


@dataclass(slots=True)
class _Weight:
    """What an element holds: links to other pages, letters in them, letters beside them, and whether any of it must stay."""

    links: int = 0
    linked: int = 0
    unlinked: int = 0
    has_fact: bool = False

    def add(self, other: "_Weight") -> None:
        self.links += other.links
        self.linked += other.linked
        self.unlinked += other.unlinked
        self.has_fact |= other.has_fact

    def add_text(self, text: str | None) -> None:
        if text:
            self.unlinked += len(_LETTER.findall(text))
            self.has_fact |= _FACT.search(text) is not None or _UNLINKED_FACT.search(_DAY.sub("", text)) is not None

    def is_link_list(self) -> bool:
        return self.links >= _MIN_LINKS and self.unlinked <= _MAX_UNLINKED and self.linked >= 4 * self.unlinked and not self.has_fact


def trim_page(root: etree._Element) -> int:
    """Takes out of a page what is not its content, in place; the number of elements taken out."""
    hidden = [element for element in root.iter(etree.Element) if element is not root and _is_hidden(element)]
    for element in hidden:
        _remove(element)
    lists = _find_link_lists(root)
    for element in lists:
        _remove(element)
    return len(hidden) + len(lists)


def _is_hidden(element: etree._Element) -> bool:
    return element.tag in _CONTROLS or element.get("hidden") is not None or _HIDING.search(element.get("style") or "") is not None


def _find_link_lists(root: etree._Element) -> list[etree._Element]:
    elements = [element for element in root.iter(etree.Element) if isinstance(element.tag, str)]
    if sum(element.tag == "a" for element in elements) < _MIN_LINKS:
        return []
    weights: dict[etree._Element, _Weight] = {}
    for element in reversed(elements):  # children before their parents
        if element.tag in {"script", "style"}:
            weights[element] = _Weight()
            continue
        weight = _Weight()
        weight.add_text(element.text)
        for child in element:
            if child in weights:
                weight.add(weights[child])
            weight.add_text(child.tail)
        if element.tag == "a" and not (element.get("href") or "#").startswith("#"):
            text = "".join(map(str, element.itertext()))
            weight = _Weight(links=1, linked=weight.linked + weight.unlinked, has_fact=_FACT.search(text) is not None)
        weights[element] = weight
    found: list[etree._Element] = []
    inside: set[etree._Element] = set()
    for element in elements:
        parent = element.getparent()
        if parent in inside:
            inside.add(element)
        elif element.tag in _BLOCKS and weights[element].is_link_list():
            found.append(element)
            inside.add(element)
    return found


def _remove(element: etree._Element) -> None:
    """Takes the element out; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)

"""The page around the report: one file with its own style and script that asks nothing of any network."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from core import __version__
from core.fit.evaluation.markup import Markup, element, joined

STYLE = """
:root { color-scheme: light dark; --back: #f7f7f5; --panel: #ffffff; --text: #1d2126; --dim: #626a75; --line: #dcdfe3;
  --s0: #c2560c; --s1: #1668b8; --s2: #2b8a4b; --s3: #8a4bb3; --truth: #23804a; }
@media (prefers-color-scheme: dark) { :root { --back: #131519; --panel: #1c1f24; --text: #e9ebee; --dim: #9aa2ad;
  --line: #343942; --s0: #f7a24d; --s1: #6db2f8; --s2: #6fd195; --s3: #c79be8; --truth: #73d89e; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, "Segoe UI", sans-serif; }
main { max-width: 1220px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 28px; margin: 0; } h2 { font-size: 20px; margin: 0 0 12px; } h3 { font-size: 16px; margin: 20px 0 8px; }
p { margin: 6px 0; } .dim, .legend, figcaption, .tile span { color: var(--dim); }
nav { margin: 14px 0 4px; } nav a { color: var(--s1); margin-right: 16px; }
section { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 18px 20px;
  margin-top: 18px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(136px, 1fr)); gap: 10px; margin-top: 18px; }
.card { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
.card b { display: block; font-size: 22px; white-space: nowrap; font-variant-numeric: tabular-nums; }
.card span { color: var(--dim); }
.plots { display: flex; flex-wrap: wrap; gap: 20px; align-items: flex-start; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 3px 14px 3px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.facts th { font-weight: normal; color: var(--dim); white-space: nowrap; } .facts td { overflow-wrap: anywhere; }
td.number { text-align: right; white-space: nowrap; }
.scroll { overflow: auto; max-height: 430px; } .scroll thead th { position: sticky; top: 0; background: var(--panel); }
th button { all: unset; cursor: pointer; font-weight: 600; } th button:focus-visible { outline: 2px solid var(--s1); }
th button::after { content: " \\2195"; color: var(--line); }
th[aria-sort=ascending] button::after { content: " \\2191"; color: var(--text); }
th[aria-sort=descending] button::after { content: " \\2193"; color: var(--text); }
.sheet { display: flex; flex-wrap: wrap; gap: 16px 26px; } figure { margin: 0; } figcaption { margin-bottom: 3px; }
.tiles { display: flex; flex-wrap: wrap; gap: 6px; } .tile { font-size: 13px; } .tile span { display: block; }
.seven img { width: 154px; height: auto; }
img { display: block; max-width: 100%; height: auto; border-radius: 3px; }
.legend img { display: inline-block; vertical-align: middle; height: 10px; width: 180px; }
svg { max-width: 100%; height: auto; } svg text { font: 12px system-ui, "Segoe UI", sans-serif; fill: var(--dim); }
svg text.title { fill: var(--text); font-weight: 600; } .grid { stroke: var(--line); fill: none; }
.curve { fill: none; stroke-width: 2; } .series0 { stroke: var(--s0); } .series1 { stroke: var(--s1); }
.series2 { stroke: var(--s2); } .series3 { stroke: var(--s3); } .dot { stroke: none; }
.dot.series0 { fill: var(--s0); } .dot.series1 { fill: var(--s1); } .dot.series2 { fill: var(--s2); }
.dot.series3 { fill: var(--s3); } .truth { stroke: var(--truth); stroke-width: 1.6; } .light { stroke: var(--dim); }
.kept { fill: none; stroke: #ffffff; stroke-width: 1.5; } details summary { cursor: pointer; color: var(--dim); }
@media print { .scroll { max-height: none; } section { break-inside: avoid; } }
"""
"""The only style there is; series colours differ in lightness, too."""

SCRIPT = """
"use strict";
const valueOf = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent;
function compare(a, b, down) {
  if ((a === "") !== (b === "")) return a === "" ? 1 : -1;
  const order = isNaN(a) || isNaN(b) ? a.localeCompare(b, undefined, { numeric: true }) : a === b ? 0 : a - b;
  return down ? -order : order;
}
function sortBy(table, head, column) {
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const rows = [...table.tBodies[0].rows];
  rows.sort((a, b) => compare(valueOf(a, column), valueOf(b, column), down));
  table.tBodies[0].append(...rows);
}
for (const table of document.querySelectorAll("table.sortable"))
  [...table.tHead.rows[0].cells].forEach((head, column) =>
    head.firstElementChild.addEventListener("click", () => sortBy(table, head, column)));
"""
"""Sorts a table by the column whose title is clicked; rows without a value stay last."""


def page(title: str, parts: list[Markup]) -> str:
    """The whole document. Its security policy allows nothing but this style, this script and encoded pictures."""
    policy = f"default-src 'none'; img-src data:; style-src '{_hash(STYLE)}'; script-src '{_hash(SCRIPT)}'"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name_="generator", content=f"Chiaro {__version__}"),
        element("title", title),
        element("style", Markup(STYLE)),
    )
    body = element("body", element("main", *parts), element("script", Markup(SCRIPT)))
    return "<!DOCTYPE html>\n" + joined([element("html", head, body, lang="en")]) + "\n"


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of the report that the list at its top leads to."""

    name: str
    """Of the place in the page."""
    title: str
    parts: tuple[Markup, ...]


def navigation(sections: Sequence[Section]) -> Markup:
    """Links to the sections."""
    return element("nav", *(element("a", part.title, href=f"#{part.name}") for part in sections))


def section_markup(part: Section) -> Markup:
    """A section under its title."""
    return element("section", element("h2", part.title), *part.parts, id=part.name)


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")

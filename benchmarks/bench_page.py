"""How a page feels: main-thread seconds, elements, first paint of its largest part, shifts, requests and bytes.

python benchmarks/bench_page.py [PAGE]                    of the built site (`make site` first)
python benchmarks/bench_page.py [PAGE] --against DIR      beside the built site of another checkout, round by round

Medians of five visits with an empty cache, in headless Chromium, in a window of 1280 and of 375 pixels.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.book.devtools import browser, served  # noqa: E402

_WATCH = """
window.seen = {paint: 0, shift: 0};
new PerformanceObserver(list => list.getEntries().forEach(one => (window.seen.paint = one.startTime)))
  .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(one => (window.seen.shift += one.value)))
  .observe({type: 'layout-shift', buffered: true});
"""
_SEEN = "({elements: document.querySelectorAll('*').length, paint: seen.paint / 1000, shift: seen.shift})"
_UNITS = {
    "main thread": "s",
    "largest paint": "s",
    "shift": "",
    "elements": "",
    "requests": "",
    "kB": "",
    "kB again": "",
}


def visited(address: str, width: int) -> dict[str, float]:
    """One first visit, and what a second one loads."""
    with browser() as window:
        window.resize(width)
        window.send("Page.addScriptToEvaluateOnNewDocument", source=_WATCH)
        first = window.open(address)
        time.sleep(2)  # what comes late belongs to it
        metrics = {one["name"]: one["value"] for one in window.send("Performance.getMetrics")["metrics"]}
        seen = window.evaluate(_SEEN)
        again = window.open(address)
        return {
            "main thread": metrics["TaskDuration"], "largest paint": seen["paint"], "shift": seen["shift"],
            "elements": seen["elements"], "requests": len(first.requests), "kB": first.weight / 1000,
            "kB again": again.weight / 1000,
        }  # fmt: skip


def main() -> None:
    """Measure, and print a line a figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("page", nargs="?", default="problems/001-a-squared-error.html")
    parser.add_argument("--against", default=os.environ.get("NBSOLVE_AGAINST"))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    roots = [ROOT] + ([Path(options.against).resolve()] if options.against else [])
    sites = [root / "book" / "_build" / "html" for root in roots]
    for width in (1280, 375):
        found: list[list[dict[str, float]]] = [[] for _ in sites]
        for _ in range(options.rounds):
            for site, list_of_visits in zip(sites, found, strict=True):
                with served(site) as address:
                    list_of_visits.append(visited(f"{address}/{options.page}", width))
        print(f"{options.page} at {width} pixels")
        for name, unit in _UNITS.items():
            medians = [statistics.median(visit[name] for visit in visits) for visits in found]
            said = "   beside ".join(f"{median:10.3f} {unit}" for median in medians)
            ratio = f"   {medians[0] / medians[1]:.2f} ×" if len(medians) > 1 and medians[1] else ""
            print(f"  {name:14} {said}{ratio}")


if __name__ == "__main__":
    main()

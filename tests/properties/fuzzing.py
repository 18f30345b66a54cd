"""Reads mangled reports by the ten thousand and counts silent errors by blow and by layout: `make fuzz N=50000 SEED=1`.

Too long for the tests. Every report is dense or sparse, in any text layout, with any damage of the renderer or none, and then gets one
blow of `mangling`. Texts with a silent error are kept in the folder named last, if any.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from properties.cases import FORMS, SLOW, Case, build_case, list_damages
from properties.judging import Verdict, judge_cases
from properties.mangling import MANGLES, mangle_case

from ingest.samples import DAMAGES, LAYOUTS

_BATCH = 500
_SLOW_SHARE = 0.1
_TEXT_LAYOUTS = [name for name, layout in LAYOUTS.items() if layout.media_type != "text/html"]


def draw_case(number: int, seed: str) -> Case:
    """One mangled report; the same number and seed give the same text."""
    name = f"fuzz {seed} {number}"
    rng = Random(name)
    layout = rng.choice(_TEXT_LAYOUTS)
    if layout in SLOW and rng.random() > _SLOW_SHARE:
        layout = "bare_cells"
    damages = [damage for damage in list_damages(layout) if damage in DAMAGES]
    damage = rng.choice(damages) if rng.random() < 0.4 else "none"
    case = build_case(layout, damage, rng.randrange(len(FORMS)), name)
    return mangle_case(case, rng.choice(list(MANGLES)), rng)


def run_cases(count: int, seed: str) -> Iterator[Verdict]:
    """The verdicts of `count` mangled reports."""
    for start in range(0, count, _BATCH):
        yield from judge_cases([draw_case(number, seed) for number in range(start, min(count, start + _BATCH))])


def main(count: int, seed: str, folder: Path | None) -> None:
    """Prints the counts."""
    started = time.process_time()
    by_blow: dict[str, Counter[str]] = {name: Counter() for name in MANGLES}
    by_layout: Counter[str] = Counter()
    for verdict in run_cases(count, seed):
        counts = by_blow[verdict.case.name.rpartition(" ")[2]]
        counts.update(
            reports=1, printed=verdict.printed, read=verdict.read, silent_reports=bool(verdict.silent), silent_cells=len(verdict.silent)
        )
        if verdict.silent:
            by_layout[f"{verdict.case.layout} {'+'.join(verdict.case.damages)} {verdict.case.name.rpartition(' ')[2]}"] += 1
            if folder is not None:
                path = folder / f"{'-'.join(verdict.case.name.split())}.txt"
                path.write_text("\n".join([*map(str, verdict.silent), "----", verdict.text]), encoding="utf-8")
    print(f"{'blow':16} {'reports':>8} {'read %':>7} {'with a silent error':>20} {'silent cells':>13}")
    for name, counts in by_blow.items():
        share = 100 * counts["read"] / max(1, counts["printed"])
        print(f"{name:16} {counts['reports']:>8} {share:>7.1f} {counts['silent_reports']:>20} {counts['silent_cells']:>13}")
    total = sum((counts for counts in by_blow.values()), Counter())
    print(f"all: {total['silent_reports']} of {total['reports']} reports, {total['silent_cells']} of {total['read']} cells read; "
          f"{time.process_time() - started:.0f} s")  # fmt: skip
    for name, number in by_layout.most_common(40):
        print(f"  {number:>5} {name}")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "0", Path(sys.argv[3]) if len(sys.argv) > 3 else None)

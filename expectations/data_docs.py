"""Data Docs: Great Expectations' pages of the kept gate results, readable without a network.

The pages that Great Expectations writes take their style and scripts from other hosts. What comes from there is taken out, and the style
sheet beside this module put in. The index, which upstream fills in by script, is written here.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import uuid
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from expectations.suites import load_gx, open_context
from ingest.errors import StorageError

_SITE = "data_docs"
_RUN_TIME = "2000-01-01T00:00:00+00:00"
"""Data Docs file pages under a time; a fixed one lets a later result replace the page of the same name."""
_FOREIGN = re.compile(
    r"<script\b.*?</script>|<style\b.*?</style>|<link\b[^>]*>|<img\b[^>]*\bsrc=\"https?:[^>]*>|<footer\b.*?</footer>",
    re.DOTALL,
)


def build_data_docs(results_dir: Path) -> Path:
    """Builds the pages of all results kept under `results_dir`; returns their index.html. They take the place of the earlier ones.

    Raises StorageError when no result is kept there.
    """
    kept = _list_kept(results_dir)
    if not kept:
        raise StorageError(f"{results_dir} holds no gate results; run the job first")
    site = results_dir.resolve() / _SITE
    draft = site.with_name(f".{_SITE}-{uuid.uuid4().hex}")
    try:
        results = {path.stem: json.loads(path.read_text("utf-8")) for path in kept}
        _write_site(draft, results)
        _detach(draft)
        (draft / "index.html").write_text(_render_index(draft, results), "utf-8")
        shutil.rmtree(site, ignore_errors=True)
        draft.replace(site)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return site / "index.html"


def find_page(results_dir: Path, suite: str) -> Path:
    """Where the page of a suite is, or will be once it is built."""
    return results_dir.resolve() / _SITE / f"{suite}.html"


def _list_kept(results_dir: Path) -> list[Path]:
    return sorted(results_dir.glob("*.json"))


def _write_site(site: Path, results: dict[str, Any]) -> None:
    load_gx()
    from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResultSchema
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.resource_identifiers import ExpectationSuiteIdentifier, ValidationResultIdentifier

    context = open_context(
        {
            "gates": {
                "class_name": "SiteBuilder",
                "show_how_to_buttons": False,
                "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(site)},
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            }
        }
    )
    for name, kept in results.items():
        key = ValidationResultIdentifier(
            expectation_suite_identifier=ExpectationSuiteIdentifier(name),
            run_id=RunIdentifier(run_name=name, run_time=_RUN_TIME),
            batch_identifier=name,
        )
        context.validation_results_store.set(key, ExpectationSuiteValidationResultSchema().load(kept))
    context.build_data_docs()


def _detach(site: Path) -> None:
    """One page per suite beside the index, without anything from another host."""
    style = f"<style>{files(__package__).joinpath('data_docs.css').read_text('utf-8')}</style>"
    for page in sorted((site / "validations").rglob("*.html")):
        text = _FOREIGN.sub("", page.read_text("utf-8")).replace("</head>", f"{style}</head>", 1)
        text = re.sub(r'href="(?:\.\./)+index\.html', 'href="index.html', text)
        (site / page.name).write_text(re.sub(r'href="(?:\.\./)+expectations/[^"]*"', 'href="#"', text), "utf-8")
    for folder in ("validations", "expectations", "static"):
        shutil.rmtree(site / folder, ignore_errors=True)


def _render_index(site: Path, results: dict[str, Any]) -> str:
    style = files(__package__).joinpath("data_docs.css").read_text("utf-8")
    rows = "\n".join(_render_row(site, name, result) for name, result in _order(results.items()))
    return f"""<!DOCTYPE html>
<html lang="zh">
<head><meta charset="UTF-8"><title>Nianbao gates</title><style>{style}</style></head>
<body><div class="container-fluid">
<h1>门槛结果 Gates</h1>
<p>最近一次运行的结果。Results of the latest run of each gate, kept by Great Expectations; docs/gates.md says what they mean.</p>
<table class="table"><thead><tr><th>门槛 gate</th><th>结果 result</th><th>未达标 over the threshold</th><th>规则 rules</th></tr></thead>
<tbody>
{rows}
</tbody></table></div></body></html>
"""


def _order(results: Iterable[tuple[str, Any]]) -> Sequence[tuple[str, Any]]:
    """As a run goes: raw, the report years, marts, drift."""
    last = ["marts", "drift"]
    return sorted(results, key=lambda item: (item[0] != "raw", last.index(item[0]) + 1 if item[0] in last else 0, item[0]))


def _render_row(site: Path, name: str, result: Any) -> str:
    configs = [entry["expectation_config"] for entry in result["results"] if not entry["success"]]
    failed = [config["meta"]["rule_id"] for config in configs]
    label = html.escape(name)
    link = f'<a href="{label}.html">{label}</a>' if (site / f"{name}.html").exists() else label
    if any(config["severity"] == "critical" for config in configs):
        verdict = '<span class="failed">✘ failed</span>'
    else:
        verdict = '<span class="warned">⚠ warnings</span>' if failed else '<span class="passed">✔ passed</span>'
    return f"<tr><td>{link}</td><td>{verdict}</td><td>{html.escape(', '.join(failed))}</td><td>{len(result['results'])}</td></tr>"

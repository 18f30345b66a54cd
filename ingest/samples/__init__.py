"""Sample reports: template × figures × layout × damage → text, deterministic from a seed.

`generate_figures` and `render_report` make one report with all that is true of it; `generate_reports` makes sets of any size;
`write_samples` writes the bundled set of `samples/`.
"""

from ingest.samples.bundling import build_bundle, render_bundle, write_samples
from ingest.samples.damages import DAMAGES
from ingest.samples.figures import generate_figures, generate_history
from ingest.samples.generating import generate_reports
from ingest.samples.layouts import LAYOUTS
from ingest.samples.models import RenderedReport, ReportFigures, Slip
from ingest.samples.rendering import render_report
from ingest.samples.slips import SLIPS, plant_slip

__all__ = [
    "DAMAGES",
    "LAYOUTS",
    "SLIPS",
    "RenderedReport",
    "ReportFigures",
    "Slip",
    "build_bundle",
    "generate_figures",
    "generate_history",
    "generate_reports",
    "plant_slip",
    "render_bundle",
    "render_report",
    "write_samples",
]

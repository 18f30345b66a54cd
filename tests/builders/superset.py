"""A Superset of the tests' own, and a headless Chromium that looks at it."""

import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Request, Response, sync_playwright

from bi.bundles import name_filter
from bi.serving import SupersetHome, build_server_command

Row = dict[str, Any]
PATIENCE = 90_000
"""Milliseconds; a machine that does other things besides takes its time over a first page."""


@dataclass(frozen=True)
class Server:
    """A running Superset."""

    home: SupersetHome
    url: str
    pid: int

    def list_open_files(self) -> set[str]:
        """What the server's processes hold open."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        folders = [Path(f"/proc/{pid}/fd") for pid in (self.pid, *children)]
        return {str(entry.readlink()) for folder in folders for entry in folder.iterdir() if entry.is_symlink()}


@contextmanager
def run_superset(home: SupersetHome) -> Iterator[Server]:
    """Serve until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = home.folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(build_server_command(port), env=home.environment, stdout=output, stderr=output)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", process, log)
        yield Server(home, f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(120):
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"Superset did not start: {log.read_text()}")


@dataclass
class Visit:
    """A browser that is logged in, and what the charts of its page got. Charts go by their declared ids, `numbers` holds Superset's."""

    page: Page
    server: Server
    answers: dict[int, list[Response]] = field(default_factory=dict)
    outside: list[Request] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    slug: str = ""

    def open_dashboard(self, slug: str) -> None:
        """Show a dashboard and wait until its charts stand still."""
        self.answers.clear()
        self.page.goto(f"{self.server.url}/superset/dashboard/{slug.replace('_', '-')}/")
        self.page.wait_for_selector("[data-test-viz-type]", timeout=PATIENCE)
        self.settle()
        self.slug = slug
        charts = self.page.locator("[data-test='chart-grid-component']")
        self.numbers = {self._name_chart(chart): int(chart.get_attribute("data-test-chart-id") or 0) for chart in charts.all()}

    def settle(self) -> None:
        """Wait until nothing loads any more."""
        self.page.wait_for_timeout(500)
        self.page.wait_for_load_state("networkidle", timeout=PATIENCE)
        for _ in range(PATIENCE // 250):
            if self.page.locator("[data-test='loading-indicator'], .loading").count() == 0:
                break
            self.page.wait_for_timeout(250)
        self.page.wait_for_timeout(500)

    def choose(self, name: str, value: str) -> None:
        """Choose a value of a filter in the bar and apply it."""
        self.answers.clear()
        control = self.page.locator(f"[data-test='{name_filter(self.slug, name)}']")
        control.click()
        control.locator("input").fill(value)
        self.page.locator(f".ant-select-item-option[title='{value}']").first.click()
        self.page.keyboard.press("Escape")
        self.page.locator("[data-test='filter-bar__apply-button']").click()
        self.settle()

    def read_chart(self, chart: str) -> list[Row]:
        """The rows that a chart was last given. Raises AssertionError when it was given none or an error."""
        answers = self.answers.get(self.numbers[chart])
        assert answers, f"{chart}: the chart asked for nothing"
        last = answers[-1]
        assert last.status == 200, f"{chart}: {last.text()}"
        rows: list[Row] = last.json()["result"][0]["data"]
        return rows

    def list_failures(self) -> list[str]:
        """The charts that show an error, nothing, or neither a drawing nor a table nor a number."""
        failures = []
        for chart in self.page.locator("[data-test='chart-grid-component']").all():
            wrong = chart.locator("[role='alert'], .ant-alert, .ant-empty").count()
            drawn = chart.locator("canvas, tbody tr td, .header-line").count()
            if wrong or not drawn:
                failures.append(self._name_chart(chart))
        return failures

    def _name_chart(self, chart: Locator) -> str:
        anchor = chart.locator("xpath=preceding-sibling::*[@data-test='anchor-link']").get_attribute("id")
        return str(anchor).removeprefix("CHART-")

    def _keep(self, response: Response) -> None:
        found = re.search(r"/api/v1/chart/data\?form_data=%7B%22slice_id%22%3A(\d+)", response.url)
        if found:
            self.answers.setdefault(int(found.group(1)), []).append(response)

    def _watch(self, request: Request) -> None:
        if request.url.startswith("http") and not request.url.startswith(self.server.url):
            self.outside.append(request)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Debian's Chromium. Playwright's own would be a download at run time."""
    chromium = which("chromium")
    assert chromium, "Chromium is needed: apt-get install -y chromium fonts-noto-cjk"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])  # CI runs as root, where the sandbox cannot
        yield browser
        browser.close()


def log_in(browser: Browser, server: Server) -> Visit:
    """A new session of the administrator on a laptop's screen."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
    visit = Visit(page, server)
    page.on("response", visit._keep)
    page.on("request", visit._watch)
    page.goto(f"{server.url}/login/")
    page.fill("input[type=text]", "admin", timeout=PATIENCE)
    page.fill("input[type=password]", server.home.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/welcome/**", timeout=PATIENCE)
    return visit

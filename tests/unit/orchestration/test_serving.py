import signal
import socket
import subprocess
import sys

import pytest
from builders.commands import Nianbao

from orchestration import serving
from orchestration.instances import open_instance, prepare_dagster_home
from orchestration.settings import Paths, Settings


def test_a_taken_port_is_said_before_anything_starts(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(serving.PortError, match=f"127.0.0.1:{port}"):
            serving.serve_ui(Settings(home=tmp_path, reports=()), port=port)
    assert list(tmp_path.iterdir()) == []


def test_a_child_that_does_not_stop_when_told_is_killed_after_the_grace(monkeypatch):
    monkeypatch.setattr(serving, "_GRACE_SECONDS", 0.2)
    script = "import signal,time; signal.signal(signal.SIGINT, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", script], start_new_session=True, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        assert serving._wait(child, [signal.SIGINT]) == -signal.SIGKILL


def test_an_edited_dagster_configuration_stays(tmp_path):
    home = prepare_dagster_home(Paths(tmp_path))
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    prepare_dagster_home(Paths(tmp_path))
    assert (home / "dagster.yaml").read_text() == "telemetry: {enabled: false}\n"


def test_the_instance_sends_nothing_home_and_lets_one_step_write_the_warehouse(tmp_path):
    with open_instance(Paths(tmp_path)) as instance:
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled
        assert instance.global_op_concurrency_default_limit == 1
        assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 3


def test_links_in_alerts_lead_to_the_address_of_the_ui_unless_another_is_set(monkeypatch, capsys):
    seen = []
    monkeypatch.setattr(serving, "serve_ui", lambda settings, **_: seen.append(settings.ui_url) or 0)
    monkeypatch.delenv("NIANBAO_UI_URL", raising=False)
    Nianbao(capsys)("ui", "--port", "3917")
    monkeypatch.setenv("NIANBAO_UI_URL", "https://nianbao.example.org/")
    Nianbao(capsys)("ui", "--port", "3917")
    assert seen == ["http://127.0.0.1:3917", "https://nianbao.example.org"]

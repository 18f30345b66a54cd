"""What Dagster loads. A fresh `Definitions` per call; importing this module reads no environment and no file.

Great Expectations is not imported here or below until a gate runs: each process would pay seconds for it.
"""

import dagster as dg

from expectations.catalogue import load_catalogue
from orchestration.alerting.sensing import build_alert_sensors
from orchestration.assets.corpus import build_corpus_asset, build_region_totals_asset, build_roster_assets
from orchestration.assets.decisions import build_decision_assets
from orchestration.assets.published import build_published_asset
from orchestration.assets.raw import build_raw_asset
from orchestration.assets.staging import build_staging_assets
from orchestration.assets.warehouse import build_warehouse_assets
from orchestration.jobs import build_jobs
from orchestration.progress import Progress, ignore_progress
from orchestration.publishing import is_public
from orchestration.resources import build_dbt_resource
from orchestration.schedules import build_schedules
from orchestration.sensors import build_sensors
from orchestration.settings import Settings, load_settings
from orchestration.storage import Storage


def build_definitions(settings: Settings, progress: Progress = ignore_progress) -> dg.Definitions:
    """Assets, checks, jobs, schedules and sensors of one installation. Prepares dbt's manifest when the dbt project changed."""
    catalogue = load_catalogue()
    storage = Storage(settings.paths)
    warehouse = build_warehouse_assets(storage)
    marts = sorted((key for key in warehouse.keys if is_public(key.path[-1])), key=dg.AssetKey.to_user_string)
    return dg.Definitions(
        assets=[
            build_raw_asset(settings, catalogue),
            build_staging_assets(catalogue),
            build_roster_assets(settings),
            build_corpus_asset(),
            *build_decision_assets(settings, catalogue),
            build_region_totals_asset(),
            warehouse,
            build_published_asset(catalogue, marts, settings.kept_publications),
        ],
        jobs=build_jobs(),
        schedules=build_schedules(),
        sensors=[*build_sensors(settings), *build_alert_sensors(settings)],
        resources={"storage": storage, "dbt": build_dbt_resource(), "progress": progress},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """The definitions for the settings in the environment."""
    return build_definitions(load_settings())

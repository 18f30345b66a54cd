"""Superset's configuration. Superset reads it in its own environment, with SUPERSET_HOME set by `bi/serving.py`.

Nothing leaves this machine: no telemetry, no map tiles, no fonts, and the content security policy lets the browser ask this server only.
"""

import os
from pathlib import Path

from sqlalchemy.engine.url import URL

_HOME = Path(os.environ["SUPERSET_HOME"])

SECRET_KEY = (_HOME / "secret_key").read_text(encoding="ascii").strip()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{_HOME / 'superset.db'}"
APP_NAME = "年报 Nianbao"

BABEL_DEFAULT_LOCALE = "zh"
LANGUAGES = {"zh": {"flag": "cn", "name": "简体中文"}, "en": {"flag": "us", "name": "English"}}

# DuckDB answers in milliseconds; a cache of answers would show the publication before.
CACHE_CONFIG = {"CACHE_TYPE": "SimpleCache", "CACHE_DEFAULT_TIMEOUT": 300}
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}

FEATURE_FLAGS = {
    "DRILL_BY": False,  # on a ranking it takes the length of the bar for the name of the region
    "DASHBOARD_VIRTUALIZATION": False,  # charts below the screen are drawn too: for printing, and for the tests
}
ROW_LIMIT = 50_000
SQL_MAX_ROW = 100_000
SUPERSET_WEBSERVER_TIMEOUT = 120

# Charts run on this one DuckDB file, read-only; nobody connects to anything else without editing this file.
TALISMAN_ENABLED = True
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
MAPBOX_API_KEY = ""
LOG_LEVEL = "WARNING"


def DB_CONNECTION_MUTATOR(uri: URL, params: dict, _username: object, _security_manager: object, _source: object) -> tuple[URL, dict]:  # noqa: N802
    """Open the publication that `current` points to now.

    DuckDB shares one open instance per path within a process. With the path through the link, a query that overlaps with another
    would get the publication that the other one opened, for as long as queries overlap.
    """
    if uri.get_backend_name() == "duckdb" and uri.database:
        uri = uri.set(database=os.path.realpath(uri.database))
    return uri, params

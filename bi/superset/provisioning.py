"""Bring Superset's own database up to date, then import the bundle. Run in Superset's environment: provisioning.py BUNDLE_FOLDER.

Safe to repeat: what is there is updated, what an earlier bundle brought and this one lacks is removed, what people made stays.
"""

import json
import logging
import os
import sys
from pathlib import Path

import yaml
from flask.ctx import AppContext
from superset.app import create_app

_KINDS = ("dashboards", "charts", "datasets")
"""In the order of removal: what uses before what is used."""


def main() -> None:
    """Provision."""
    logging.disable(logging.WARNING)
    home = Path(os.environ["SUPERSET_HOME"])
    bundle = {str(path.relative_to(sys.argv[1])): path.read_text(encoding="utf-8") for path in sorted(Path(sys.argv[1]).rglob("*.yaml"))}
    app = create_app()
    context: AppContext = app.app_context()
    with context:
        _prepare(home)
        _import(home, bundle)


def _prepare(home: Path) -> None:
    """Schema, roles and the administrator; the first two only for a Superset that has not had them yet."""
    from importlib.metadata import version

    import flask_migrate
    from superset import appbuilder, security_manager
    from superset.extensions import db

    stamp = home / "prepared_for"
    if not stamp.exists() or stamp.read_text(encoding="ascii") != version("apache-superset"):
        print("... preparing Superset's own tables and roles (once)", flush=True)  # noqa: T201
        flask_migrate.upgrade(directory=str(Path(sys.modules["superset"].__file__).parent / "migrations"))
        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        # Else the page where people log in has no Chinese: only who is logged in may read the language pack.
        pack = security_manager.add_permission_view_menu("can_language_pack", "Superset")
        security_manager.add_permission_role(security_manager.find_role("Public"), pack)
        stamp.write_text(version("apache-superset"), encoding="ascii")
    password = (home / "admin_password").read_text(encoding="ascii").strip()
    admin = security_manager.find_user(username="admin")
    if admin is None:
        security_manager.add_user("admin", "Nianbao", "Admin", "admin@localhost", security_manager.find_role("Admin"), password=password)
        db.session.commit()
    else:
        security_manager.reset_password(admin.id, password)


def _import(home: Path, bundle: dict[str, str]) -> None:
    from flask import g
    from superset import security_manager
    from superset.commands.importers.v1.assets import ImportAssetsCommand

    g.user = security_manager.find_user(username="admin")
    ImportAssetsCommand(dict(bundle)).run()
    here = {kind: [yaml.safe_load(text)["uuid"] for path, text in bundle.items() if path.startswith(f"{kind}/")] for kind in _KINDS}
    imported = home / "imported.json"
    earlier = json.loads(imported.read_text(encoding="ascii")) if imported.exists() else {}
    _remove({kind: set(earlier.get(kind, [])) - set(ids) for kind, ids in here.items()})
    imported.write_text(json.dumps(here), encoding="ascii")


def _remove(gone: dict[str, set[str]]) -> None:
    from superset.connectors.sqla.models import SqlaTable
    from superset.extensions import db
    from superset.models.dashboard import Dashboard
    from superset.models.slice import Slice

    for kind, model in zip(_KINDS, (Dashboard, Slice, SqlaTable), strict=True):
        for item in db.session.query(model).filter(model.uuid.in_(gone[kind])):
            db.session.delete(item)
        db.session.flush()
    db.session.commit()


if __name__ == "__main__":
    main()

"""`python -m bi`: what `make bi` runs."""

import argparse
import sys

from bi.serving import PORT, ServingError, prepare_superset, serve_superset
from orchestration.settings import load_settings


def main() -> int:
    """Provision Superset, say where it is, serve it."""
    parser = argparse.ArgumentParser(prog="python -m bi", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT)
    port: int = parser.parse_args().port
    settings = load_settings()
    try:
        home = prepare_superset(settings)
    except ServingError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"Superset   http://127.0.0.1:{port}/dashboard/list/   user admin, password {home.password}", flush=True)
    serve_superset(home, port)
    return 0


if __name__ == "__main__":
    sys.exit(main())

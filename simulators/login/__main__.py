"""`python -m simulators.login --port 8090`: let illustrative people log in, until interrupted.

People log in by their name, without a password; groups are in the claim `cern_roles`. The code flow needs PKCE
(S256), refresh tokens are used once, programs have client credentials, and there is userinfo and logout.
`POST /people/<name>` with {"groups": […]} changes somebody's groups, as an administrator of groups would;
`POST /keys` signs with another key from now on.
"""

import argparse

from simulators.login.server import create_service
from simulators.login.service import Service


def main() -> None:
    """Serve on this machine until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--registry", default="http://localhost:8050", help="PUBLIC_URL of the registry")
    asked = parser.parse_args()
    service = Service(f"http://localhost:{asked.port}", f"{asked.registry}/login/callback")
    create_service(service).run("localhost", asked.port, threaded=True)


if __name__ == "__main__":
    main()

"""`samepic tenant serve`, with coarse mosaics for portraits, which a machine would draw for most of a measurement.

Takes the same arguments. A portrait takes the tenant fifteen milliseconds, and no real one draws any.
"""

from __future__ import annotations

import sys

sys.path.insert(0, ".")

MOSAICS = (sys.executable, "tools/mosaic_tenant.py")
"""The command, from the repository's root."""

if __name__ == "__main__":
    from tests.mosaics import Mosaics

    import localtenant.founding
    from samepic.cli.main import main

    vars(localtenant.founding)["Draw"] = Mosaics
    sys.argv[1:1] = ["tenant", "serve"]
    main()

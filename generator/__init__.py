"""A generator of static sites for interpretability studies.

A study file says what to train, what to ask and what to draw. One half of this
package *collects*: corpus, model, artifacts. It is the only half that may know
tensorflow, and it knows it in `networks` alone. The other half *renders*: artifacts,
figures, pages, site. The two meet in files under `studies/<study>/artifacts/` and
nowhere else, so a page can be drawn on a machine that never trained anything.

Imports go one way, from the leaves down: errors and spec; artifacts; corpora;
networks and models; methods and figures; study; store; pipeline on one side, write-up,
pages and site on the other. `tests/test_imports.py` holds the table.
"""

from __future__ import annotations

__version__ = "0.1.0"

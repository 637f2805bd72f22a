"""Our own files: addresses that change with their content, compression, proxies in front.

`static/build.py` writes the joined style sheet and scripts with a manifest of addresses; WhiteNoise serves them for
ever, compressed beforehand. Pages are compressed by Flask-Compress.
"""

from __future__ import annotations

import json

from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from .settings import ROOT, Settings

compress = Compress()


def start_static_files(app: Flask, settings: Settings) -> None:
    """Serve `static/` and compress pages; believe as many proxies as the operator has put in front."""
    folder = ROOT / "static"
    manifest = folder / "built" / "manifest.json"
    names = json.loads(manifest.read_text("utf-8")) if manifest.exists() else {}
    app.extensions["static_addresses"] = {name: f"/static/{path}" for name, path in names.items()}
    app.config.update(COMPRESS_MIMETYPES=["text/html", "text/css", "text/csv", "image/svg+xml"], COMPRESS_MIN_SIZE=500)
    app.config["COMPRESS_ALGORITHM"] = ["br", "gzip"]
    app.config["COMPRESS_BR_LEVEL"] = 4
    compress.init_app(app)
    served = WhiteNoise(app.wsgi_app, max_age=3600, immutable_file_test=lambda path, url: url.rpartition("/")[2] in {
        path.rpartition("/")[2] for path in names.values()
    })  # fmt: skip
    served.add_files(str(folder), prefix="static/")
    app.wsgi_app = served  # type: ignore[method-assign]
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]

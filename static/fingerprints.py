"""Gives each built file a name that changes with its bytes, and lays compressed twins beside it.

`built/baraza.css` is served as `built/baraza.1f0c9a2e.css`, so browsers may keep it for ever; `built/manifest.json`
says which name is which. A compressed twin belongs to one such name and can therefore never be out of date.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import brotli

NAMED_BY_BYTES = re.compile(r"\.[0-9a-f]{8}\.(css|js)(\.br|\.gz)?$")


def publish(built: Path) -> None:
    """Write the named copies, their twins and the manifest of the folder; remove those of older bytes."""
    manifest, current = {}, set()
    for source in sorted(path for path in built.iterdir() if path.suffix in {".css", ".js"}):
        if NAMED_BY_BYTES.search(source.name):
            continue
        body = source.read_bytes()
        name = f"{source.stem}.{hashlib.sha256(body).hexdigest()[:8]}{source.suffix}"
        manifest[f"built/{source.name}"] = f"built/{name}"
        current |= {name, f"{name}.br", f"{name}.gz"}
        if not (built / f"{name}.gz").exists():
            (built / name).write_bytes(body)
            (built / f"{name}.br").write_bytes(brotli.compress(body, quality=11))
            (built / f"{name}.gz").write_bytes(gzip.compress(body, 9, mtime=0))
    (built / "manifest.json").write_text(json.dumps(manifest, indent=1), "utf-8")
    for path in built.iterdir():
        if NAMED_BY_BYTES.search(path.name) and path.name not in current:
            path.unlink()

import hashlib
from pathlib import Path

RENDERING = (
    "templates/**/*",
    "static/**/*",
    "codes/**/*.py",
    "codes/content/*.toml",
    "codes/content/facts/*.csv",
    "blog/**/*.py",
    "rvuedge/*.py",
)


def build_id(base: Path) -> str:
    """Short hash over name, size and time of every file that takes part in rendering a page."""
    digest = hashlib.sha256()
    for pattern in RENDERING:
        for path in sorted(base.glob(pattern)):
            stat = path.stat()
            digest.update(f"{path.relative_to(base)} {stat.st_size} {int(stat.st_mtime)}\n".encode())
    return digest.hexdigest()[:12]

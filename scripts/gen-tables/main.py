"""Writes the committed tables of packages/fixed-math; with --check compares and changes nothing.

    pip install -r scripts/gen-tables/requirements.txt
    python3 scripts/gen-tables/main.py [--check]
"""

import importlib.util
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = HERE.parent.parent / "packages" / "fixed-math" / "src"
MODULES = ["kernels", "quantile", "grid"]


def generated():
    sys.path.insert(0, str(HERE))
    out = {}
    for name in MODULES:
        if importlib.util.find_spec(name) is not None:
            out.update(importlib.import_module(name).generate())
    return out


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(f"error: unknown arguments: {' '.join(sys.argv[1:])}; it takes none, or --check")
    check = sys.argv[1:] == ["--check"]
    stale = []
    for path, text in sorted(generated().items()):
        target = SOURCES / path
        if target.exists() and target.read_text() == text:
            continue
        stale.append(path)
        if not check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    for path in stale:
        print(("differs: " if check else "wrote: ") + path)
    if not stale:
        print("tables are up to date")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())

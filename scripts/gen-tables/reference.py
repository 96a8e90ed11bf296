"""Rigorous reference values for the tests of packages/fixed-math, by ball arithmetic.

    python3 scripts/gen-tables/reference.py [--check]

Two kinds of files in packages/fixed-math/tests/data:
- limb.csv: kernel functions, columns function, input, output, exponent: integers in units of 2^-112 (ln: input an
  I64F64 bit pattern); the output is the exact value times 2^112, rounded down, and for exp_neg the exact value is output * 2^exponent.
- one file per elementary function: columns x, y: I64F64 bit patterns, y rounded to nearest, ties up. Rows: the ends of
  the domain, the boundaries of every table segment, inputs near a rounding tie, and seeded random ones.
"""

import pathlib
import random
import sys

from flint import arb, ctx, fmpq

import kernels

ctx.prec = 512
DATA = pathlib.Path(__file__).resolve().parents[2] / "packages" / "fixed-math" / "tests" / "data"


def value(integer, bits):
    return arb(fmpq(integer, 1 << bits))


def floor_units(x, bits):
    out = (x * arb(2) ** bits).floor().unique_fmpz()
    assert out is not None
    return int(out)


def limb_rows(rng):
    rows = []
    ys = [0, 1, 127 << 112, (127 << 112) - 1, -(61 << 112)]
    ys += [rng.randrange(-60 << 112, 127 << 112) for _ in range(150)]
    ys += [rng.randrange(0, 1 << 112) >> rng.randrange(0, 100) for _ in range(50)]
    for y in ys:
        e = (-value(y, 112)).exp()
        exponent = -round(float(value(y, 112)) / 0.6931471805599453)
        rows.append(("exp_neg", y, floor_units(e / arb(2) ** exponent, 112), exponent))
    xs = [1, (1 << 127) - 1, 1 << 64, (1 << 64) - 1, (1 << 64) + 1]
    xs += [(128 + i) << 50 for i in range(128)] + [((128 + i) << 50) - 1 for i in range(128)]
    xs += [max(1, rng.randrange(0, 1 << 127) >> rng.randrange(0, 127)) for _ in range(150)]
    for x in xs:
        rows.append(("ln", x, floor_units(value(x, 64).log(), 112), 0))
    ms = [0, 1, 12 << 112] + [i << 109 for i in range(97)] + [(i << 109) - 1 for i in range(1, 97)]
    ms += [rng.randrange(0, 12 << 112) for _ in range(200)]
    for x in ms:
        r = kernels.mills_ratio(value(x, 112))
        rows.append(("mills32", x, floor_units(r * 32, 112), 0))
    rs = [1 << 111, (1 << 112) - 1, (1 << 111) + 1]
    rs += [rng.randrange(1 << 111, 1 << 112) for _ in range(150)]
    for m in rs:
        rows.append(("recip", m, floor_units(1 / value(m, 112), 112), 0))
    qs = [1 << 110, (1 << 112) - 1, (1 << 110) + 1]
    qs += [i << 105 for i in range(33, 128)] + [(i << 105) - 1 for i in range(33, 128)]
    qs += [rng.randrange(1 << 110, 1 << 112) for _ in range(150)]
    for m in qs:
        rows.append(("rsqrt", m, floor_units(1 / value(m, 112).sqrt(), 112), 0))
    return rows


def generate():
    rng = random.Random(20260101)
    text = "function,input,output,exponent\n"
    text += "".join(f"{f},{x},{y},{e}\n" for f, x, y, e in limb_rows(rng))
    return {"limb.csv": text}


def main():
    check = "--check" in sys.argv[1:]
    stale = []
    for name, text in sorted(generate().items()):
        target = DATA / name
        if target.exists() and target.read_text() == text:
            continue
        stale.append(name)
        if not check:
            DATA.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    print(("differs: " if check else "wrote: ") + ", ".join(stale) if stale else "references are up to date")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())

"""Rigorous reference values for the tests of packages/fixed-math, by ball arithmetic.

    python3 scripts/gen-tables/reference.py [--check]

Two kinds of files in packages/fixed-math/tests/data:
- limb.csv: kernel functions, columns function, input, output, exponent: integers in units of 2^-112 (ln: input an
  I64F64 bit pattern); the output is the exact value times 2^112, rounded down, and for exp_neg the exact value is output * 2^exponent.
- one file per elementary function: columns x, y: I64F64 bit patterns, y rounded to nearest, ties up. Rows: the ends of
  the domain, the boundaries of every table segment, inputs near a rounding tie, and seeded random ones.
"""

import math
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


def nearest_fx(x):
    """The multiple of 2^-64 nearest to the ball x, ties up, as an integer."""
    out = (x * arb(2) ** 64 + arb(1) / 2).floor().unique_fmpz()
    assert out is not None, "a tie, or too little precision"
    return int(out)


def cdf(x):
    return (-x / arb(2).sqrt()).erfc() / 2


def pdf(x):
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def solve(f, target, low, high):
    """The I64F64 pattern between low and high where the increasing f comes nearest to target."""
    while high - low > 1:
        middle = (low + high) // 2
        if bool(f(value(middle, 64)) < target):
            low = middle
        else:
            high = middle
    return low if bool(abs(f(value(low, 64)) - target) < abs(f(value(high, 64)) - target)) else high


def tie(n):
    return (arb(n) + arb(1) / 2) * arb(2) ** -64


def near_ties(rng):
    """Inputs whose results lie within some 2^-48 ulp of a tie: where the function is so flat that the
    inputs around a preimage of the tie are closer together than that."""
    out = {name: [] for name in ("exp", "ln", "sqrt", "norm_cdf", "norm_pdf")}
    unit = 1 << 64
    for _ in range(12):
        n = rng.randrange(0, 1 << 13)
        out["exp"].append(solve(lambda x: x.exp(), tie(n), -45 * unit, -30 * unit))
        x = solve(cdf, tie(n), -10 * unit, -7 * unit)
        out["norm_cdf"] += [x, -x]
        x = solve(pdf, tie(n), -10 * unit, -7 * unit)
        out["norm_pdf"] += [x, -x]
        m = rng.randrange(38 * unit, 43 * unit)
        out["ln"].append(solve(lambda x: x.log(), tie(m), 1 << 118, (1 << 127) - 1))
        k = rng.randrange(1 << 90, 1 << 95)
        out["sqrt"] += [(k * k + k >> 64) + d for d in (0, 1)]
        k = (rng.randrange(1 << 60, 1 << 63) << 32) + (1 << 31)
        out["sqrt"] += [(k * k + k >> 64) + d for d in (0, 1)]
    for k in (1, 3, 5, 7, 12345, 99999, (1 << 31) - 1):  # odd multiples of 2^-32: ties but for the cubic term
        for sign in (1, -1):
            out["exp"].append(sign * (k << 32))
            out["ln"].append(unit + sign * (k << 32))
    return out


def elementary_rows(rng):
    unit = 1 << 64
    ties = near_ties(rng)
    exp = [-817190762465333136589, -817190762465333136588, 804278041613736450458, 0, 1, -1, 2, -2, unit, -unit]
    exp += [rng.randrange(-44 * unit, 43 * unit) for _ in range(120)] + [rng.randrange(-unit, unit) >> rng.randrange(64) for _ in range(60)]
    exp += [nearest_fx(arb(2).log() * fmpq(2 * k + 1, 256)) + d for k in range(-24, 24) for d in (0, 1)]  # ends of reduced intervals
    exp += [nearest_fx(arb(2).log() * k) for k in range(-63, 63)]
    ln = [1, 2, 3, unit - 1, unit, unit + 1, (1 << 127) - 1, (1 << 127) - 2] + [1 << k for k in range(127)]
    ln += [((128 + i) << 57) - d for i in range(128) for d in (0, 1)]
    ln += [max(1, rng.randrange(1 << 127) >> rng.randrange(127)) for _ in range(120)]
    sqrt = [0, 1, 2, 3, unit - 1, unit, unit + 1, (1 << 127) - 1] + [1 << k for k in range(127)]
    sqrt += [k * k for k in (3, 5, 1 << 40, (1 << 63) + 1)] + [(k << 32) ** 2 >> 64 for k in range(1, 60)]
    sqrt += [max(1, rng.randrange(1 << 127) >> rng.randrange(127)) for _ in range(120)]
    normal = [0, 1, -1, 9 * unit, -9 * unit, 10 * unit, 10 * unit - 1, -10 * unit, 1 - 10 * unit, (1 << 127) - 1, -(1 << 127)]
    normal += [s * ((i << 61) - d) for i in range(1, 80) for d in (0, 1) for s in (1, -1)]
    normal += [rng.randrange(-10 * unit, 10 * unit) for _ in range(120)] + [rng.randrange(-unit, unit) >> rng.randrange(64) for _ in range(40)]
    return {
        "exp": (exp + ties["exp"], lambda x: x.exp()),
        "ln": (ln + ties["ln"], lambda x: x.log()),
        "sqrt": (sqrt + ties["sqrt"], None),
        "norm_cdf": (normal + ties["norm_cdf"], cdf),
        "norm_pdf": (normal + ties["norm_pdf"], pdf),
    }


def exact_sqrt(x):
    n = x << 64
    k = math.isqrt(n)
    return k + (1 if n - k * k > k else 0)


def far(name, x):
    """Results that no ball of 512 bits distinguishes from 0 or 1 but that are far below half an ulp from it."""
    if name in ("norm_cdf", "norm_pdf") and abs(x) > 20 << 64:
        return (1 << 64) if name == "norm_cdf" and x > 0 else 0
    return None


def elementary_files(rng):
    files = {}
    for name, (xs, f) in elementary_rows(rng).items():
        text = "x,y\n"
        for x in xs:
            known = {("ln", 1 << 64): 0, ("norm_cdf", 0): 1 << 63}.get((name, x), far(name, x))
            if name == "sqrt":
                y = exact_sqrt(x)
            else:
                y = known if known is not None else nearest_fx(f(value(x, 64)))
            text += f"{x},{y}\n"
        files[f"{name}.csv"] = text
    files["norm_quantile.csv"] = quantile_file(rng)
    return files


def quantile_file(rng):
    """p and the nearest multiple of 2^-64 to the x with cdf(x) = p: bisection decides by enclosures."""
    unit = 1 << 64
    ps = [1, 2, 3, 5, unit - 1, unit - 2, unit // 2, unit // 2 + 1, unit // 2 - 1]
    ps += [1 << k for k in range(63)] + [unit - (1 << k) for k in range(0, 63, 3)]
    ps += [((8 + part) << 60 >> octave) + d for octave in range(1, 40, 3) for part in range(8) for d in (0, -1)]
    ps += [rng.randrange(1, unit) for _ in range(80)] + [max(1, rng.randrange(1, unit) >> rng.randrange(62)) for _ in range(60)]
    text = "x,y\n"
    for p in ps:
        if p == unit // 2:
            text += f"{p},0\n"
            continue
        low, high = -10 << 65, 10 << 65  # in half units: the answer's tie points are odd
        target = value(p, 64)
        while high - low > 1:
            middle = (low + high) // 2
            below = cdf(value(middle, 65)) < target
            if not below:
                assert bool(cdf(value(middle, 65)) > target)
            low, high = (middle, high) if below else (low, middle)
        # x lies in (low, high)/2 ulps: nearest is floor((low + 1)/2).
        text += f"{p},{(low + 1) // 2}\n"
    return text


def generate():
    rng = random.Random(20260101)
    text = "function,input,output,exponent\n"
    text += "".join(f"{f},{x},{y},{e}\n" for f, x, y, e in limb_rows(rng))
    return {"limb.csv": text} | elementary_files(rng)


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

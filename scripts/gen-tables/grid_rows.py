"""Reference rows for the one-word kernel's tests, by ball arithmetic (python-flint).

    python3 scripts/gen-tables/grid_rows.py                rewrites packages/fixed-math/tests/data/grid_*.csv
    python3 scripts/gen-tables/grid_rows.py DIR N SEED     writes N mixtures to DIR/grid_mixture.csv, for the long test:
        GRID_ROWS=DIR cargo test -p fixed-math --test grid_reference -- --ignored

Every output is floor(true value * 2^64 + 2^-30). Inputs are the kernel's own integers, so nothing is lost on the way:
ln x (x integer), exp (y 2^-44), norm_cdf (x 2^-36), and mixtures (weight 2^-16, mass 2^-40, vol 2^-36 per part;
moneyness 2^-36) with call and digital. Seeded; edges of every table segment and of every domain included.
"""

import pathlib
import random
import sys

from flint import arb, ctx

ctx.prec = 256
HERE = pathlib.Path(__file__).resolve().parents[2] / "packages/fixed-math/tests/data"


def floor64(x):
    n = (x * arb(2) ** 64 + arb(2) ** -30).floor().unique_fmpz()  # exact values stay decidable
    return None if n is None else int(n)


def cdf(x):
    return (-x / arb(2).sqrt()).erfc() / 2


def write(name, header, rows, folder=HERE):
    folder.mkdir(parents=True, exist_ok=True)
    text = header + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
    (folder / name).write_text(text)
    print(name, len(rows))


def ln_rows(rng):
    xs = {1, 2, 3, 2**63, 2**64 - 1, 2**32, 2**40}
    for i in range(128):
        edge = (128 + i) << 56
        xs |= {edge, edge - 1, edge + 1} if i else {edge, edge + 1}
        xs.add(((128 + i) << 25) + 1)
    for _ in range(1500):
        xs.add(rng.getrandbits(rng.randint(1, 64)) | 1)
    return [(x, floor64(arb(x).log())) for x in sorted(xs)]


def exp_rows(rng):
    ys = {0, 1, -1, 15 << 44, -(27 << 44), -487_000_000_000_000}
    for _ in range(2000):
        ys.add(rng.randint(-(27 << 44), 15 << 44))
    for n in range(-300, 300):
        middle = int((2 * n + 1) * 2**44 * 0.693147180559945309 / 256)
        ys |= {middle - 1, middle, middle + 1}
    return [(y, floor64((arb(y) / arb(2) ** 44).exp())) for y in sorted(ys)]


def cdf_rows(rng):
    one = 1 << 36
    xs = {0, 1, -1, 8 * one, 8 * one - 1, -8 * one, -8 * one - 1, 60 * one, -60 * one}
    for i in range(-256, 257):
        edge = i << 31
        xs |= {edge - 1, edge, edge + 1, edge + (1 << 30)}
    for _ in range(3000):
        xs.add(rng.randint(-9 * one, 9 * one))
    return [(x, floor64(cdf(arb(x) / one))) for x in sorted(xs)]


def mixture(parts, k):
    """Call and digital of the mixture at moneyness k (integers as the kernel takes them)."""
    call, digital = arb(0), arb(0)
    k = arb(k) / arb(2) ** 36
    for weight, mass, vol in parts:
        w, m, s = arb(weight) / 2**16, arb(mass) / arb(2) ** 40, arb(vol) / arb(2) ** 36
        d1 = (m / w / k).log() / s + s / 2
        call += m * cdf(d1) - w * k * cdf(d1 - s)
        digital += w * cdf(d1 - s)
    return floor64(call), floor64(digital)


def mixture_rows(rng, count=4000):
    rows = []
    kinds = [2.0**-20, 2.0**-12, 2.0**-8, 0.01, 0.05, 0.2, 0.6, 1.5, 4.0, 7.99]
    while len(rows) < count:
        n = rng.randint(1, 5)
        cuts = sorted(rng.sample(range(1, 65536 // 256), n - 1))
        weights = [(b - a) * 256 for a, b in zip([0] + cuts, cuts + [256])]
        base = rng.choice(kinds) * rng.uniform(0.8, 1.2)
        scale = rng.choice([0.05, 0.34, 0.84, 1.0, 1.0, 1.16, 3.0, 6.9])
        spread = min(2.0, 3 * base)
        raw = [w * 2.718281828 ** rng.uniform(-spread, spread) for w in weights]
        masses = [max(1, int(scale * 2**40 * r / sum(raw))) for r in raw]
        vols = [max(1 << 16, min((8 << 36) - 1, int(base * rng.uniform(0.3, 2.5) * 2**36))) for _ in weights]
        mean = sum(masses) / 2**40
        width = rng.choice([0.0, 0.5, 1, 2, 5, 9]) * base * rng.choice([-1, 1])
        k = mean * 2.718281828 ** max(-12.0, min(12.0, width * rng.random()))
        k = max(1, min(256 << 36, int(k * 2**36)))
        call, digital = mixture(list(zip(weights, masses, vols)), k)
        if call is None or digital is None:
            continue
        flat = []
        for j in range(5):
            flat += [weights[j], masses[j], vols[j]] if j < n else [0, 0, 0]
        rows.append([k, *flat, call, digital])
    return rows


def main():
    head = "k," + ",".join(f"w{j},m{j},v{j}" for j in range(5)) + ",call,digital"
    if len(sys.argv) == 4:
        rng = random.Random(int(sys.argv[3]))
        write("grid_mixture.csv", head, mixture_rows(rng, int(sys.argv[2])), pathlib.Path(sys.argv[1]))
        return
    rng = random.Random(20260301)
    write("grid_ln.csv", "x,ln", ln_rows(rng))
    write("grid_exp.csv", "y,exp", exp_rows(rng))
    write("grid_cdf.csv", "x,cdf", cdf_rows(rng))
    write("grid_mixture.csv", head, mixture_rows(rng))


if __name__ == "__main__":
    main()

"""Reference rows for slices and their shocks, by ball arithmetic (python-flint), from the formulas of docs/spec/surface.md.

    python3 scripts/gen-tables/slice_rows.py               rewrites packages/pricing/tests/data/slice_*.csv
    python3 scripts/gen-tables/slice_rows.py DIR N SEED    writes N shocks (and N / 4 marks) to DIR, for the long test:
        SLICE_ROWS=DIR cargo test -p pricing --test slices -- --ignored

slice_marks.csv   a slice (w 2^-16, f 2^-32, s 2^-32 per component), forward and strike (2^-64), then
                  floor(2^64 x) of call, digital, call delta, gamma * forward, and at-the-money total vol;
                  then call and digital as the integers that the spec page defines.
slice_shocks.csv  a slice, a shock (spot, vol, skew, curvature, mix weight, mix place, mix width, window passed,
                  window mean; place and width in halves of v, factors 2^-24, shares and spot 2^-32), moneyness 2^-36, then call and digital over the unshocked forward.

The model here is real-valued: nothing is rounded but the last floor.
"""

import math
import pathlib
import random
import sys

from flint import arb, ctx

ctx.prec = 256
HERE = pathlib.Path(__file__).resolve().parents[2] / "packages/pricing/tests/data"
ONE = arb(2)


def floor64(x):
    return int((x * ONE**64 + ONE**-30).floor().unique_fmpz())


def cdf(x):
    return (-x / arb(2).sqrt()).erfc() / 2


def pdf(x):
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def scaled(n, bits):
    return arb(n) / ONE**bits


def values(parts, k):
    """Call and digital at strike k of parts (weight, mean, vol)."""
    call, digital = arb(0), arb(0)
    for w, m, s in parts:
        if k == 0:
            call, digital = call + w * m, digital + w
            continue
        d1 = (m / k).log() / s + s / 2
        call += w * (m * cdf(d1) - k * cdf(d1 - s))
        digital += w * cdf(d1 - s)
    return call, digital


def real(slice_):
    return [(scaled(w, 16), scaled(f, 32), scaled(s, 32)) for w, f, s in slice_]


def atm(slice_):
    """v with 2 Phi(v / 2) - 1 = call(1), by bisection down to 2^-90."""
    call, _ = values(real(slice_), arb(1))
    low, high = arb(0), arb(16)
    for _ in range(100):
        middle = ((low + high) / 2).mid()
        if 2 * cdf(middle / 2) - 1 < call:
            low = middle
        else:
            high = middle
    return low


def shocked(slice_, shock):
    spot, vol, skew, curvature, mix_weight, mix_place, mix_width, passed, mean = shock
    parts = real(slice_)
    c, a, b = scaled(vol, 24), scaled(skew, 24), scaled(curvature, 24)
    middle = sum((w * s for w, _, s in parts), arb(0))
    v = atm(slice_)
    rows = [(w, (f.log() * a * c).exp(), c * middle * ((s / middle).log() * b).exp()) for w, f, s in parts]
    if mix_weight:
        # Weights are integers: each component gives floor(w_j omega).
        given = [(wi * mix_weight) >> 16 for wi, _, _ in slice_]
        rows = [(w - scaled(g, 16), f, s) for (w, f, s), g in zip(rows, given)]
        far = (v * arb(mix_place) / 2 * c).exp()
        if sum(given):
            rows.append((scaled(sum(given), 16), far, c * v * mix_width / 2))
    total = sum((w * f for w, f, _ in rows), arb(0))
    phi, fixed = scaled(passed, 32), scaled(passed, 32) * scaled(mean, 32)
    live = (1 - phi) * scaled(spot, 32)
    out = []
    for w, f, s in rows:
        moving = live * f / total
        s = s * moving / (fixed + moving)
        out.append((w, fixed + moving, s.max(ONE**-20)))
    return out


def nearest64(x):
    return int((x * ONE**64 + arb("0.5")).floor().unique_fmpz())


def defined(slice_, forward, strike):
    """Call and digital as integers, exactly as docs/spec/surface.md defines the mark."""
    call, digital = 0, 0
    for w, f, s in slice_:
        own = scaled((forward * f + 2**31) >> 32, 64)
        value, chance = values([(arb(1), own, scaled(s, 32))], scaled(strike, 64))
        if forward > strike:
            value -= own - scaled(strike, 64)
        call += w * nearest64(value)
        digital += w * nearest64(chance)
    call = (call + 2**15) >> 16
    return call + max(0, forward - strike), (digital + 2**15) >> 16


def random_slice(rng):
    n = rng.randint(1, 4)
    v = 10 ** rng.uniform(-2.3, 0.1)
    while True:
        cuts = sorted(rng.sample(range(1, 65536), n - 1))
        weights = [b - a for a, b in zip([0] + cuts, cuts + [65536])]
        if min(weights) >= 2000 and (n == 1 or any(math.gcd(a, b) == 1 for a in weights for b in weights)):
            break
    if n == 1:
        return [(65536, 2**32, int(v * 2**32))]
    raw = [math.exp(rng.uniform(-1, 1) * min(v, 0.5)) for _ in weights]
    norm = sum(w * r for w, r in zip(weights, raw)) / 65536
    fs = [int(r / norm * 2**32) for r in raw]
    rest = 2**48 - sum(w * f for w, f in zip(weights, fs))
    i, j = next((i, j) for i in range(n) for j in range(n) if i != j and math.gcd(weights[i], weights[j]) == 1)
    x = rest * pow(weights[i], -1, weights[j]) % weights[j]
    fs[i] += x
    fs[j] += (rest - weights[i] * x) // weights[j]
    assert sum(w * f for w, f in zip(weights, fs)) == 2**48
    rows = [(w, f, int(v * rng.uniform(0.6, 1.6) * 2**32)) for w, f in zip(weights, fs)]
    return sorted(rows, key=lambda row: row[1])


def flat(slice_):
    cells = []
    for j in range(4):
        cells += list(slice_[j]) if j < len(slice_) else [0, 0, 0]
    return cells


def mark_row(rng):
    slice_ = random_slice(rng)
    v = float(atm(slice_))
    forward = int(10 ** rng.uniform(-1, 5.5) * 2**30) << 34
    strike = max(1 << 46, int(forward * math.exp(rng.uniform(-4, 4) * min(v, 1.5))))
    big_f, big_k = scaled(forward, 64), scaled(strike, 64)
    call, digital = values([(w, big_f * f, s) for w, f, s in real(slice_)], big_k)
    delta, gamma = arb(0), arb(0)
    for w, f, s in real(slice_):
        d1 = (big_f * f / big_k).log() / s + s / 2
        delta += w * f * cdf(d1)
        gamma += w * f * pdf(d1) / s
    reals = [floor64(x) for x in (call, digital, delta, gamma, atm(slice_))]
    return flat(slice_) + [forward, strike] + reals + list(defined(slice_, forward, strike))


def shock_row(rng):
    slice_ = random_slice(rng)
    v = float(atm(slice_))
    one = 1 << 24
    near = lambda width: int(one * rng.uniform(1 - width, 1 + width))
    shock = [1 << 32, one, one, one, 0, 0, 0, 0, 0]
    if rng.random() < 0.8:
        shock[0] = int(rng.choice([0.34, 0.67, 0.84, 0.96, 1.0, 1.04, 1.16, 1.5, 3.0]) * 2**32)
    if rng.random() < 0.7:
        shock[1] = int(rng.uniform(0.05, 2.5) * one)
    kind = rng.randint(0, 4)
    if kind == 1:
        shock[2] = near(0.2)
    if kind == 2:
        shock[3] = near(0.2)
    if kind == 3:
        shock[4:7] = [rng.choice([1311, 3277]), *rng.choice([(-3, 2), (3, 2), (-6, 1), (-2, 1), (0, 1), (2, 1), (6, 1)])]
    if rng.random() < 0.25:
        shock[7:9] = [rng.randint(1, 2**32 - 2**20), int(rng.uniform(0.7, 1.4) * 2**32)]
    parts = shocked(slice_, shock)
    mean = float(sum((w * m for w, m, _ in parts), arb(0)))
    width = float(max(s for _, _, s in parts)) + 1e-6
    k = max(1, int(mean * math.exp(rng.uniform(-5, 5) * width * rng.random()) * 2**36))
    call, digital = values(parts, scaled(k, 36))
    return flat(slice_) + shock + [k, floor64(call), floor64(digital)]


def write(folder, name, header, rows):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(header + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))
    print(name, len(rows))


def main():
    folder, count, seed = HERE, 2000, 20260302
    marks = 600
    if len(sys.argv) == 4:
        folder, count, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
        marks = count // 4
    rng = random.Random(seed)
    head = ",".join(f"w{j},f{j},s{j}" for j in range(4))
    mark_head = head + ",forward,strike,call,digital,delta,gamma_forward,atm,defined_call,defined_digital"
    write(folder, "slice_marks.csv", mark_head, [mark_row(rng) for _ in range(marks)])
    shock_head = head + ",spot,vol,skew,curvature,mix_weight,mix_place,mix_width,passed,mean,k,call,digital"
    write(folder, "slice_shocks.csv", shock_head, [shock_row(rng) for _ in range(count)])


if __name__ == "__main__":
    main()

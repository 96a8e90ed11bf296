"""Tables of the 112-bit kernel: exponential, logarithm, Mills ratio, roots, quantile."""

from flint import acb, arb, fmpq

from common import (
    LIMB,
    MASK,
    balanced_limbs,
    certified_polynomial,
    header,
    horner_budget,
    interpolate,
    chebyshev_nodes,
    limbs_for,
    log2_up,
    nearest,
    plain_limbs,
    rows,
    rust_int,
    upper,
)

# Bits by which a partial sum may exceed its limbs; the budget counts what it costs. Mills coefficients
# have 32 bits a limb, which leaves three.
SLACK = 5
MILLS_SLACK = 3


def ints(values):
    return ", ".join(rust_int(v) for v in values)


class Polynomial:
    """A polynomial on [-1, 1] (or |w| <= w_bound) in integer units of 2^-unit_bits, with its
    graded layout and the certified total error in units."""

    def __init__(self, f, degree, unit_bits, rhos, half=1, layout=None):
        w_bound = float(arb(half))
        exact, approximation = certified_polynomial(f, degree, rhos, half)
        self.unit_bits = unit_bits
        self.units = [nearest(c + arb(1) / 2 * arb(2) ** -unit_bits, unit_bits) for c in exact]
        self.approximation = upper(approximation * arb(2) ** unit_bits)
        self.bounds = []
        for k in range(degree + 1):
            total = sum(abs(c) * w_bound ** (j - k) for j, c in enumerate(self.units) if j >= k)
            self.bounds.append(total + 64)
        self.layout = layout or [limbs_for(b, SLACK) for b in self.bounds]

    def error(self, w_bound=1.0):
        return self.approximation + horner_budget(self.layout, self.bounds, w_bound)

    def limbs(self, k):
        return balanced_limbs(self.units[k], self.layout[k])


def common_layout(polynomials):
    degree = len(polynomials[0].units) - 1
    bounds = [max(p.bounds[k] for p in polynomials) for k in range(degree + 1)]
    return [limbs_for(b, MILLS_SLACK) for b in bounds]


def groups(layout):
    """[(limbs, [k, ...])] from the highest degree down."""
    out = []
    for k in range(len(layout) - 1, -1, -1):
        if not out or out[-1][0] != layout[k]:
            out.append((layout[k], []))
        out[-1][1].append(k)
    return out


def constant_coefficients(polynomial, low):
    """Rust constants of the coefficients from the highest degree down to `low`."""
    lines = []
    for n, ks in groups(polynomial.layout):
        ks = [k for k in ks if k >= low]
        if not ks:
            continue
        span = f"degrees {ks[0]} to {ks[-1]}" if len(ks) > 1 else f"degree {ks[0]}"
        lines.append(f"/// Coefficients of {span}, {n} balanced limb{'s' if n > 1 else ''} each.")
        lines.append("#[rustfmt::skip]")
        body = rows([f"[{ints(polynomial.limbs(k))}]" for k in ks])
        lines.append(f"pub(crate) const C{n}: [[i64; {n}]; {len(ks)}] = [\n{body}\n];")
    return "\n".join(lines) + "\n"


def limbs_literal(value):
    return f"Limbs::raw({ints(plain_limbs(value, 4))})"


def exponential():
    guard, step_bits = 12, 7
    ln2 = arb(2).log()
    unit = 112 + guard

    def f(w):  # (e^(w/256) - 1) / w, continued through 0
        z = w / 256
        if bool(abs(z) < 1 / arb(100)):  # the rest of the series is below 2^-450
            return sum((z**k / arb(fact(k + 1)) for k in range(60)), acb(0)) / 256
        return (z.exp() - 1) / w

    q = Polynomial(f, 9, unit, [4000, 6000, 8000, 12000], "0.7")
    # p_0 here is the coefficient of w^1: the sum is w * (p).
    error = q.error(0.7) * 0.7 + 4.01
    text = header(
        "Tables of the exponential: e^z = 1 + w p(w) with w = 256 z, |w| <= 0.7.",
        f"The sum is in units of 2^-{unit}; certified error\n//! (polynomial, coefficients, cut products) below {error:.2f} units, "
        f"of which the polynomial's {q.approximation * 0.7:.3g}.",
    )
    text += "use crate::limb::Limbs;\n\n"
    text += constant_coefficients(q, 0)
    text += f"\n/// 128 / ln 2 in units of 2^-20.\npub(crate) const STEPS: i64 = {rust_int(nearest(128 / ln2, 20))};\n"
    five = plain_limbs(nearest(2 * ln2, 140), 5)
    text += (
        "\n/// 2 ln 2 in five limbs, lowest (weight 2^-140) first.\n"
        f"#[rustfmt::skip]\npub(crate) const TWO_LN2: [i64; 5] = [{ints(five)}];\n"
    )
    value = nearest((2 * arb.pi()).log() / 2, 112)
    text += f"\n/// ln(sqrt(2 pi)).\n#[rustfmt::skip]\npub(crate) const LN_SQRT_2PI: Limbs = {limbs_literal(value)};\n"
    table = [plain_limbs(nearest(arb(2) ** (-arb(j) / 128), 112), 4) for j in range(128)]
    text += "\n/// 2^(-j/128), nearest multiples of 2^-112.\n#[rustfmt::skip]\n"
    text += "pub(crate) static POWERS: [[i32; 4]; 128] = [\n"
    text += "\n".join(f"    [{ints(t)}]," for t in table) + "\n];\n"
    return text


def fact(n):
    out = 1
    for k in range(2, n + 1):
        out *= k
    return out


def logarithm():
    ln2 = arb(2).log()

    def f(w):  # 128 ln(1 + w/128) / w - 1, over w: the coefficients from w^2 on, as p with sum w + w * (w p)
        z = w / 128
        if bool(abs(z) < 1 / arb(100)):  # the rest of the series is below 2^-450
            return sum(((-1) ** (k + 1) * z ** (k - 2) / k for k in range(2, 75)), acb(0)) / 128
        return (z.log1p() - z) / z / z / 128

    q = Polynomial(f, 11, 112, [150, 200, 250, 300, 330], "0.7")
    error = (q.error(0.7) * 0.7 + 4.01) * 0.7 + 4.01 + 1
    reciprocals, logs = [], []
    worst = arb(0)
    for i in range(128):
        low, high = fmpq(128 + i, 256), fmpq(129 + i, 256)
        r = int((arb(512) / ((arb(low) + arb(high)) / 2) + arb(1) / 2).floor().unique_fmpz())
        for m in (low, high):
            z = abs(arb(m) * r / 512 - 1)
            worst = z if bool(z > worst) else worst
        reciprocals.append(r)
        logs.append(plain_limbs(nearest(-(arb(r) / 512).log(), 112), 4))
    assert bool(worst * 128 < arb("0.7")), float(worst * 128)
    text = header(
        "Tables of the logarithm: 128 ln(1 + w/128) = w + w (w p(w)), |w| <= 0.7.",
        f"The sum is in units of 2^-119; certified error\n//! below {error:.2f} units of 2^-119, "
        f"of which the polynomial's {q.approximation * 0.49:.3g}.",
    )
    text += constant_coefficients(q, 0)
    value = nearest(ln2, 140)
    text += (
        "\n/// ln 2: the low 56 bits (unit 2^-140), then limbs of weight 2^-84, 2^-56, 2^-28.\n"
        f"#[rustfmt::skip]\npub(crate) const LN2: [i64; 4] = [{ints([value & ((1 << 56) - 1)] + plain_limbs(value >> 56, 3))}];\n"
    )
    text += (
        "\n/// Reciprocals r of the middle of [(128 + i)/256, (129 + i)/256), in units of 2^-9.\n"
        "#[rustfmt::skip]\n"
        f"pub(crate) static RECIPROCALS: [u16; 128] = [\n{rows(reciprocals)}\n];\n"
    )
    text += "\n/// -ln r, nearest multiples of 2^-112.\n#[rustfmt::skip]\n"
    text += "pub(crate) static LOGS: [[i32; 4]; 128] = [\n"
    text += "\n".join(f"    [{ints(t)}]," for t in logs) + "\n];\n"
    return text


MILLS_GUARD = 5
MILLS_PER_UNIT = 8  # segments per unit of x
MILLS_END = 12
MILLS_DEGREE = 18


def mills_ratio(x):
    """(1 - Phi(x)) / phi(x) for a complex ball."""
    root = arb(2).sqrt()
    return (arb.pi() / 2).sqrt() * (x * x / 2).exp() * (x / root).erfc()


def mills():
    count = MILLS_PER_UNIT * MILLS_END
    scale = 2**MILLS_GUARD
    polynomials = []
    for s in range(count):
        middle = (arb(s) + arb(1) / 2) / MILLS_PER_UNIT

        def f(w, middle=middle):
            return mills_ratio(middle + w / (2 * MILLS_PER_UNIT)) * scale

        polynomials.append(Polynomial(f, MILLS_DEGREE, 112, [40, 60, 80, 100, 120, 150]))
    layout = common_layout(polynomials)
    for p in polynomials:
        p.layout = layout
    error = max(p.error() for p in polynomials)
    approximation = max(p.approximation for p in polynomials)
    grouped = groups(layout)
    text = header(
        "Tables of the Mills ratio: 32 R(x), R = (1 - Phi)/phi, as polynomials of degree "
        f"{MILLS_DEGREE} on segments of 1/{MILLS_PER_UNIT}.",
        f"Unit 2^-112 of 32 R; certified error below\n//! {error:.2f} units, of which the polynomials {approximation:.3g}.",
    )
    text += f"/// Segments, 1/{MILLS_PER_UNIT} wide, from 0 to {MILLS_END}.\npub(crate) const SEGMENTS: usize = {count};\n"
    text += f"\n/// Certified bound of the error of 32 R(x), in units of 2^-112.\npub(crate) const ERROR: i64 = {int(error) + 1};\n"
    text += "\n/// Coefficients of one segment, highest degree first, in balanced limbs.\n"
    text += "pub(crate) struct Segment {\n    /// Degree 0: the top limb does not fit 32 bits.\n    pub(crate) top: i64,\n"
    text += "    /// Degree 0: the low three limbs.\n    pub(crate) c0: [i32; 3],\n"
    for n, ks in grouped:
        ks = [k for k in ks if k > 0]
        text += f"    /// Degrees {ks[0]} to {ks[-1]}.\n    pub(crate) c{n}: [[i32; {n}]; {len(ks)}],\n"
    text += "}\n\n/// All segments.\n#[rustfmt::skip]\npub(crate) static TABLE: [Segment; SEGMENTS] = [\n"
    for p in polynomials:
        c0 = p.limbs(0)
        text += f"    Segment {{ top: {rust_int(c0[3])}, c0: [{ints(c0[:3])}],\n"
        for n, ks in grouped:
            items = [f"[{ints(p.limbs(k))}]" for k in ks if k > 0]
            text += f"        c{n}: [\n{rows(items, '            ')}\n        ],\n"
        text += "    },\n"
    return text + "];\n"


ROOT_SEGMENTS = 96


def roots():
    """Seed of 1/sqrt(m) on [1/4, 1): degree 2 on segments of 1/128, 30 fraction bits."""
    seeds = []
    worst = arb(0)
    for s in range(ROOT_SEGMENTS):
        low = fmpq(32 + s, 128)
        nodes = chebyshev_nodes(3)

        def f(w, low=low):
            return 1 / (arb(low) + (arb(1) + w) / 256).sqrt()

        exact = interpolate([f(x) for x in nodes], nodes)
        seeds.append([nearest(c, 30) for c in exact])
        # |f'''|/6 is largest at the left end; interpolation at Chebyshev nodes: /24 of (1/256)^3 |f'''|
        bound = arb(15) / 8 * arb(low) ** (-arb(7) / 2) / 24 / arb(256) ** 3
        relative = bound * arb(fmpq(33 + s, 128)).sqrt()
        worst = relative if bool(relative > worst) else worst
    text = header(
        "Seeds of the reciprocal square root: 1/sqrt(m) on segments of 1/128 of [1/4, 1), degree 2.",
        f"Unit 2^-30; relative error of the\n//! polynomials below 2^{log2_up(worst)}.",
    )
    text += "/// Coefficients (constant, linear, quadratic) in w in [-1, 1] about the middle of each segment.\n"
    text += "#[rustfmt::skip]\n"
    text += f"pub(crate) static SEEDS: [[i32; 3]; {ROOT_SEGMENTS}] = [\n"
    text += "\n".join(f"    [{ints(t)}]," for t in seeds) + "\n];\n"
    return text


def generate():
    return {
        "tables/exponential.rs": exponential(),
        "tables/logarithm.rs": logarithm(),
        "tables/mills.rs": mills(),
        "tables/roots.rs": roots(),
    }

"""Tables of the one-word grid kernel, with certified error bounds.

    python3 scripts/gen-tables/grid.py            rewrites packages/fixed-math/src/grid/tables.rs
    python3 scripts/gen-tables/grid.py --check    fails when the committed file differs

Needs python-flint (Arb balls). Every polynomial is a Chebyshev interpolant whose coefficients were rounded to
the integers that are committed; the sup norm of what the *integers* define, against the true function, is then
enclosed with Arb: each segment is cut into pieces, and on each piece the Taylor expansion of the error around
the middle, with an enclosed remainder, is summed in absolute value.
"""

import math
import pathlib
import sys

from flint import arb, arb_poly, arb_series, ctx, fmpq

ctx.prec = 192
OUT = pathlib.Path(__file__).resolve().parents[2] / "packages/fixed-math/src/grid/tables.rs"

PHI_SEGMENTS = 512  # over [-8, 8)
PHI_HALF = arb(1) / 64
PHI_DEGREE = 4
PHI_BITS = (44, 33, 32, 32, 32)
LOG_DEGREE = 5
EXP_DEGREE = 4
POLY_BITS = 30


def nearest(x):
    """The integer nearest to a ball (far from a tie), as int."""
    n = (x + arb("0.5")).floor().unique_fmpz()
    assert n is not None
    return int(n)


def upper(x):
    """A float not below the ball."""
    return float(x.upper()) * (1 + 2.0**-40)


def phi_pdf(x):
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def norm_cdf(x):
    return (-x / arb(2).sqrt()).erfc() / 2


def chebyshev(f, degree, half):
    """Coefficients (in powers of t) of the interpolant of f at the Chebyshev nodes of [-half, half]."""
    n = degree + 1
    nodes = [half * arb.cos_pi_fmpq(fmpq(2 * i + 1, 2 * n)) for i in range(n)]
    return arb_poly.interpolate(nodes, [f(x) for x in nodes]).coeffs()


def sup_error(taylor, coefficients, half, pieces=16, order=12):
    """Upper bound of |f - p| on [-half, half]; taylor(ball, n) encloses the n first Taylor coefficients of f at the ball."""
    worst = arb(0)
    width = half / pieces
    for i in range(pieces):
        middle = -half + (2 * i + 1) * width
        whole = arb(middle.mid(), width.upper())
        shifted = arb_poly(coefficients)(arb_poly([middle, 1])).coeffs()
        exact = taylor(middle, order)
        rest = taylor(whole, order + 1)[order]
        total = abs(rest) * width**order
        for j in range(order):
            c = shifted[j] if j < len(shifted) else arb(0)
            total += abs(exact[j] - c) * width**j
        worst = worst.max(total)
    return worst


def series(function, x, n):
    ctx.cap = n
    s = function(arb_series([x, 1], n))
    out = s.coeffs()
    return out + [arb(0)] * (n - len(out))


def phi_series(x, n):
    """Taylor coefficients of the normal cdf at x."""
    density = series(lambda s: (s * s * arb("-0.5")).exp(), x, max(n - 1, 1))
    scale = (2 * arb.pi()).sqrt()
    return [norm_cdf(x)] + [density[i] / scale / (i + 1) for i in range(n - 1)]


def phi_table():
    rows, worst = [], arb(0)
    for i in range(PHI_SEGMENTS):
        middle = arb(-8) + (2 * i + 1) * PHI_HALF
        real = chebyshev(lambda t: norm_cdf(middle + t), PHI_DEGREE, PHI_HALF)
        row = [nearest(c * arb(2) ** b) for c, b in zip(real, PHI_BITS)]
        exact = [arb(c) / arb(2) ** b for c, b in zip(row, PHI_BITS)]
        worst = worst.max(sup_error(lambda x, n: phi_series(middle + x, n), exact, PHI_HALF))
        rows.append(row)
    return rows, upper(worst)


def log_tables():
    reciprocals, logs, reach = [], [], arb(0)
    for i in range(128):
        left, right = 1 + arb(i) / 128, 1 + arb(i + 1) / 128
        r = nearest(512 / ((left + right) / 2))
        reciprocals.append(r)
        logs.append(nearest(-(arb(r) / 512).log() * arb(2) ** 44))
        for end in (left, right):
            reach = reach.max(abs(end * r / 512 - 1))
    reach = arb(reach.upper())
    # ln(1 + z) = z + z^2 q(z)
    def taylor(z, n):
        return series(lambda s: (1 + s).log(), z, n)

    def quotient(z):
        return ((1 + z).log() - z) / (z * z)

    q = chebyshev(quotient, LOG_DEGREE - 2, reach)
    row = [nearest(c * arb(2) ** POLY_BITS) for c in q]
    exact = [arb(0), arb(1)] + [arb(c) / arb(2) ** POLY_BITS for c in row]
    return reciprocals, logs, row, upper(reach), upper(sup_error(taylor, exact, reach))


def exp_tables():
    powers = [nearest((arb(2).log() * j / 128).exp() * arb(2) ** 44) for j in range(128)]
    reach = arb(2).log() / 256 + arb(2) ** -14  # the index is rounded from 14 bits of the argument

    def taylor(r, n):
        return series(lambda s: s.exp(), r, n)

    def quotient(r):
        total = arb(0)  # by its series: a node lies at 0; the remainder is far under the working precision
        for k in range(30, 1, -1):
            total = total * r + arb(1) / arb.fac_ui(k)
        return total

    q = chebyshev(quotient, EXP_DEGREE - 2, reach)
    row = [nearest(c * arb(2) ** POLY_BITS) for c in q]
    exact = [arb(1), arb(1)] + [arb(c) / arb(2) ** POLY_BITS for c in row]
    return powers, row, upper(reach), upper(sup_error(taylor, exact, reach))


def bits(x):
    return f"2^{math.log2(x):.2f}" if x > 0 else "0"


def lines(values, per_line):
    out = []
    for i in range(0, len(values), per_line):
        out.append("    " + ", ".join(str(v) for v in values[i : i + per_line]) + ",")
    return "\n".join(out)


def render():
    phi, phi_error = phi_table()
    reciprocals, logs, log_poly, log_reach, log_error = log_tables()
    powers, exp_poly, exp_reach, exp_error = exp_tables()
    ln2_50 = nearest(arb(2).log() * arb(2) ** 50)
    step_56 = nearest(arb(2).log() / 128 * arb(2) ** 56)
    inverse_20 = nearest(128 / arb(2).log() * arb(2) ** 20)
    text = f"""//! Generated by `scripts/gen-tables/grid.py`; do not edit. Bounds are certified there with ball arithmetic.
#![allow(clippy::unreadable_literal, reason = "generated numbers")]

/// One segment of the normal cdf: a polynomial of degree 4 in the distance from its middle.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct Segment {{
    /// Constant term, units of 2^-44.
    pub c0: i64,
    /// Linear term, units of 2^-33.
    pub c1: u32,
    /// Quadratic term, units of 2^-32.
    pub c2: i32,
    /// Cubic term, units of 2^-32.
    pub c3: i32,
    /// Quartic term, units of 2^-32.
    pub c4: i32,
}}

const fn seg(c0: i64, c1: u32, c2: i32, c3: i32, c4: i32) -> Segment {{
    Segment {{ c0, c1, c2, c3, c4 }}
}}

/// Sup of |polynomials as committed - normal cdf| on [-8, 8): {bits(phi_error)}; this constant, in units of 2^-64, is not below it.
pub const NORM_CDF_POLYNOMIAL_ERROR: u64 = {int(phi_error * 2.0**64) + 1};
/// Sup of |z + z^2 q(z) - ln(1 + z)| for |z| <= {log_reach:.6f}: {bits(log_error)}; units of 2^-64.
pub const LN_POLYNOMIAL_ERROR: u64 = {int(log_error * 2.0**64) + 1};
/// Sup of |1 + r + r^2 q(r) - exp(r)| for |r| <= {exp_reach:.6f}: {bits(exp_error)}; units of 2^-64.
pub const EXP_POLYNOMIAL_ERROR: u64 = {int(exp_error * 2.0**64) + 1};

/// ln 2 in units of 2^-50.
pub(super) const LN2_50: i64 = {ln2_50};
/// ln 2 / 128 in units of 2^-56.
pub(super) const LN2_OVER_128_56: i64 = {step_56};
/// 128 / ln 2 in units of 2^-20.
pub(super) const INV_LN2_OVER_128_20: i64 = {inverse_20};

/// q of ln(1 + z) = z + z^2 q(z), ascending powers, units of 2^-30.
pub(super) const LN_POLY: [i64; {len(log_poly)}] = [{", ".join(map(str, log_poly))}];
/// q of exp(r) = 1 + r + r^2 q(r), ascending powers, units of 2^-30.
pub(super) const EXP_POLY: [i64; {len(exp_poly)}] = [{", ".join(map(str, exp_poly))}];

/// 512 over the middle of [1 + i/128, 1 + (i + 1)/128], rounded to nearest.
#[rustfmt::skip]
pub(super) static RECIPROCAL: [u16; 128] = [
{lines(reciprocals, 16)}
];

/// -ln(RECIPROCAL / 512) in units of 2^-44.
#[rustfmt::skip]
pub(super) static LN_RECIPROCAL: [i64; 128] = [
{lines(logs, 8)}
];

/// 2^(j/128) in units of 2^-44.
#[rustfmt::skip]
pub(super) static EXP2: [i64; 128] = [
{lines(powers, 8)}
];

/// The normal cdf over [-8, 8) in steps of 1/32.
#[rustfmt::skip]
pub(super) static NORM_CDF: [Segment; {PHI_SEGMENTS}] = [
{lines([f"seg({', '.join(map(str, row))})" for row in phi], 3)}
];
"""
    return text


def generate():
    """What main.py asks of every module: path under packages/fixed-math/src -> text."""
    before, ctx.prec = ctx.prec, 192
    try:
        return {"grid/tables.rs": render()}
    finally:
        ctx.prec = before


def main():
    (text,) = generate().values()
    if "--check" in sys.argv[1:]:
        if OUT.read_text() != text:
            sys.exit("packages/fixed-math/src/grid/tables.rs differs from what the generator gives")
        print("grid tables: identical")
        return
    OUT.write_text(text)
    print(f"wrote {OUT.name}, {len(text)} bytes")


if __name__ == "__main__":
    main()

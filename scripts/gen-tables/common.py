"""Ball arithmetic, certified polynomials and Rust printing shared by the table generators."""

from flint import acb, arb, ctx, fmpz

ctx.prec = 420

LIMB = 28
MASK = (1 << LIMB) - 1


def nearest(x, bits):
    """The integer nearest to x * 2^bits; fails when the ball does not decide it."""
    scaled = x * arb(2) ** bits + arb(1) / 2
    value = scaled.floor().unique_fmpz()
    assert value is not None, "precision too low"
    return int(value)


def upper(x):
    """A float not below the ball x (for printing and for error budgets, rounded up)."""
    return float(abs(x).upper()) * (1 + 1e-9)


def log2_up(x):
    """log2 of a positive number, rounded up to two decimals, as text."""
    value = (arb(x).log() / arb(2).log()).upper()
    return f"{(int((value * 100).floor().unique_fmpz()) + 1) / 100:.2f}"


def balanced_limbs(value, count):
    """Signed digits in base 2^28, lowest first; all but the top in [-2^27, 2^27)."""
    out = []
    for _ in range(count - 1):
        digit = ((value + (1 << 27)) & MASK) - (1 << 27)
        out.append(digit)
        value = (value - digit) >> LIMB
    out.append(value)
    return out


def plain_limbs(value, count):
    """Digits in base 2^28, lowest first; all but the top in [0, 2^28), the top signed."""
    out = []
    for _ in range(count - 1):
        out.append(value & MASK)
        value >>= LIMB
    out.append(value)
    return out


def chebyshev_nodes(count):
    pi = arb.pi()
    return [(pi * (2 * k + 1) / (2 * count)).cos() for k in range(count)]


def interpolate(values, nodes):
    """Monomial coefficients of the polynomial through (nodes, values), by Newton's differences."""
    n = len(nodes)
    table = list(values)
    for level in range(1, n):
        for i in range(n - 1, level - 1, -1):
            table[i] = (table[i] - table[i - 1]) / (nodes[i] - nodes[i - level])
    coefficients = [arb(0)] * n
    coefficients[0] = table[n - 1]
    size = 1
    for i in range(n - 2, -1, -1):
        shifted = [arb(0)] * n
        for k in range(size):
            shifted[k + 1] += coefficients[k]
            shifted[k] -= coefficients[k] * nodes[i]
        shifted[0] += table[i]
        coefficients = shifted
        size += 1
    return coefficients


def ellipse_bound(f, rho, pieces=64):
    """An upper bound of |f| on the Bernstein ellipse of [-1, 1] with parameter rho: the ellipse is
    covered by complex balls, and by the maximum principle the bound holds inside as well."""
    big = arb(0)
    for k in range(pieces):
        angle = arb.pi() * 2 * (arb(k) + arb(1) / 2) / pieces
        angle = arb(angle.mid(), (arb.pi() / pieces).upper() * arb("1.001"))
        z = acb(angle.cos(), angle.sin())
        w = (z * rho + (z.conjugate()) / rho) / 2
        value = abs(f(w)).upper()
        big = value if bool(value > big) else big
    return big


def certified_polynomial(f, degree, rhos, half=1, pieces=64):
    """Interpolates f at the Chebyshev nodes of [-half, half]; returns (coefficients, error bound).
    For f analytic in the ellipse rho, |f - p| <= 4 M rho^-degree / (rho - 1); the best of the
    given rho counts."""
    half = arb(half)
    nodes = chebyshev_nodes(degree + 1)
    coefficients = interpolate([f(acb(half * x)).real for x in nodes], nodes)
    coefficients = [c / half**k for k, c in enumerate(coefficients)]
    best = None
    for rho in map(arb, rhos):
        size = ellipse_bound(lambda t: f(half * t), rho, pieces)
        bound = 4 * size * rho ** (-degree) / (rho - 1)
        if bound.is_finite() and (best is None or bool(bound.upper() < best)):
            best = bound.upper()
    return coefficients, best


def limbs_for(bound_units, slack):
    """How many limbs carry numbers up to bound_units (in units of the last place)."""
    count = 1
    while count < 4 and bound_units >= (1 << (LIMB * count + slack)):
        count += 1
    return count


def horner_budget(layout, bounds, w_bound):
    """Rounding error, in units, of the graded Horner scheme.

    layout[k] is the number of limbs of p_k and bounds[k] an upper bound of |p_k| in units. A step
    multiplies p_k (n limbs) by w (4 balanced limbs) and drops the columns below the third. The
    dropped products are, for i + j <= 2, p_i * w_j * 2^(28 (i + j - 4)) units. A limb of p that is not its top is
    at most 2^27 + 2^28 (balanced coefficient plus a canonical product limb); the top one is
    bounds[k] * 2^(-28 (n - 1)) + 2. The final cut takes [0, 1) and coefficients carry +1/2 for it.
    """
    error = 0.0
    for k in range(len(layout) - 1, 0, -1):
        n = layout[k]
        dropped = 0.0
        for i in range(n):
            top = bounds[k] / 2.0 ** (LIMB * i) + 2
            p = top if i == n - 1 else min(1.5 * 2.0**LIMB, top + 2.0**LIMB)
            for j in range(0, 3 - i):
                w = 2.0**27
                dropped += p * w * 2.0 ** (LIMB * (i + j - 4))
        error = error * w_bound + dropped + 0.5 + 0.5  # cut about its middle, coefficient rounding
    return error


HEADER = """//! {what}
//!
//! Written by scripts/gen-tables; do not edit. {note}

"""


def header(what, note=""):
    return HEADER.format(what=what, note=note).rstrip() + "\n\n"


def rust_int(value):
    """An integer literal; long ones get separators as rustfmt and clippy like them."""
    sign = "-" if value < 0 else ""
    return sign + f"{abs(value):_}" if abs(value) >= 10000 else f"{value}"


def rows(values, indent="    ", width=100):
    """Comma-separated values wrapped as rustfmt would wrap short array elements."""
    lines, line = [], indent
    for value in values:
        item = f"{value},"
        if line.strip() and len(line) + 1 + len(item) > width:
            lines.append(line.rstrip())
            line = indent
        line += ("" if line == indent else " ") + item
    if line.strip():
        lines.append(line.rstrip())
    return "\n".join(lines)

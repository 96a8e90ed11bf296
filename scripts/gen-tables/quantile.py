"""Seeds of the normal quantile: t(q) with 1 - Phi(t) = q, on 8 parts of each octave of q below 1/2."""

from flint import arb, fmpq

from common import chebyshev_nodes, header, interpolate, nearest, plain_limbs, rust_int

PARTS = 8
DEGREE = 4
UNIT = 27


def tail(t):
    return (t / arb(2).sqrt()).erfc() / 2


def density(t):
    return (-t * t / 2).exp() / (2 * arb.pi()).sqrt()


def inverse_tail(q, start):
    """t with tail(t) = q by Newton's method on ln q; the seeds need no enclosure (the kernel checks
    the residual of every evaluation)."""
    t = arb(start)
    for _ in range(60):
        value = tail(t)
        step = (value / q).log() * value / density(t)
        t = arb((t + step).mid())
        if bool(abs(step) < arb(2) ** -120):
            return t
    raise AssertionError("no convergence")


def seeds():
    out = []
    nodes = chebyshev_nodes(DEGREE + 1)
    guess = arb("0.01")
    for octave in range(1, 64):  # leading zeros of q as a 64-bit fraction
        for part in range(PARTS - 1, -1, -1):
            values = []
            for w in nodes:
                position = (arb(part) + (1 + w) / 2) / PARTS
                q = arb(fmpq(1, 2 ** (octave + 1))) * (1 + position)
                guess = inverse_tail(q, guess)
                values.append(guess)
            exact = interpolate(values, nodes)
            out.append((octave, part, [nearest(c, UNIT) for c in exact]))
    out.sort()
    return [c for _, _, c in out]


def generate():
    text = header(
        "Seeds of the normal quantile: t(q), 1 - Phi(t) = q, on 8 parts of each octave of q.",
        f"Unit 2^-{UNIT}, degree {DEGREE}; accuracy\n//! about 2^-25 (every evaluation checks its residual).",
    )
    text += "use crate::limb::Limbs;\n"
    for name, doc, value in [
        ("SIXTEEN_THIRDS", "16/3", fmpq(16, 3)),
        ("SIXTH", "1/6", fmpq(1, 6)),
        ("SEVEN_96THS", "7/96", fmpq(7, 96)),
    ]:
        limbs = ", ".join(rust_int(v) for v in plain_limbs(nearest(arb(value), 112), 4))
        text += f"\n/// {doc}.\n#[rustfmt::skip]\npub(crate) const {name}: Limbs = Limbs::raw({limbs});\n"
    table = seeds()
    text += (
        "\n/// Coefficients from the constant up, in w in [-1, 1) about the middle of each part; 8 parts for\n"
        "/// each count of leading zeros (from 1 to 63) of q as a 64-bit fraction.\n#[rustfmt::skip]\n"
        f"pub(crate) static SEEDS: [[i32; {DEGREE + 1}]; {len(table)}] = [\n"
    )
    text += "\n".join("    [" + ", ".join(rust_int(v) for v in row) + "]," for row in table) + "\n];\n"
    return {"tables/quantile.rs": text}

"""Seeded random points over the whole claimed domains, and the points at their ends."""

import math

from flint import arb

from reference import ONE, annual, ball, exercise_and_most, nearest, total

LOW, HIGH = 1 << 44, 1 << 104  # 2^-20 and 2^40
MAX_BITS = (1 << 127) - 1


def fixed(x):
    return int(math.ldexp(x, 64))


def log_uniform(random, low, high):
    """A bit pattern between two bit patterns, uniform in its logarithm, with random low bits."""
    power = random.uniform(math.log2(low), math.log2(high))
    whole = int(power)
    bits = (1 << whole) + random.getrandbits(whole) if whole else 1
    return min(max(bits, low), high)


EXP_MIN, EXP_MAX = -((443 << 64) // 10), (436 << 64) // 10
# Ends of the domains and exact cases. A random point is one of them now and then, each is checked whatever is drawn.
EXP_ENDS = [EXP_MIN, EXP_MAX, 0, 1, -1, ONE, -ONE, ONE >> 32]
POSITIVE_ENDS = [1, 2, 3, ONE - 1, ONE, ONE + 1, MAX_BITS, 1 << 126, 9 * ONE]
REAL_ENDS = [0, 1, -1, 12 * ONE, -12 * ONE, fixed(9.5), fixed(-9.5), 40 * ONE]
HALF_ONE = ONE >> 1
PROBABILITY_ENDS = [1, 2, ONE - 1, ONE - 2, HALF_ONE, HALF_ONE - 1, HALF_ONE + 1]


def exp(random):
    pick = random.random()
    if pick < 0.7:
        return [random.randint(EXP_MIN, EXP_MAX)]
    if pick < 0.95:
        return [random.choice([-1, 1]) * log_uniform(random, 1, 40 * ONE)]
    return [random.choice(EXP_ENDS)]


def positive(random):
    pick = random.random()
    if pick < 0.7:
        return [log_uniform(random, 1, MAX_BITS)]
    if pick < 0.95:
        return [ONE + random.choice([-1, 1]) * log_uniform(random, 1, HALF_ONE)]
    return [random.choice(POSITIVE_ENDS)]


def real(random):
    pick = random.random()
    if pick < 0.7:
        return [random.randint(fixed(-9.6), fixed(9.6))]
    if pick < 0.95:
        return [random.choice([-1, 1]) * log_uniform(random, 1, 12 * ONE)]
    return [random.choice(REAL_ENDS)]


def probability(random):
    pick = random.random()
    if pick < 0.5:
        return [random.randint(1, ONE - 1)]
    if pick < 0.7:
        return [log_uniform(random, 1, HALF_ONE)]
    if pick < 0.8:
        return [ONE - log_uniform(random, 1, HALF_ONE)]
    if pick < 0.95:
        return [HALF_ONE + random.choice([-1, 1]) * log_uniform(random, 1, ONE >> 2)]
    return [random.choice(PROBABILITY_ENDS)]


def strike_and_total(random):
    """Forward, strike and total vol: market-like, whole domain, far tails, at the money, edges."""
    pick = random.random()
    if pick < 0.3:
        forward = log_uniform(random, 1 << 58, 1 << 81)
        spread = math.exp(random.uniform(math.log(1e-3), math.log(3)))
    elif pick < 0.95:
        forward = log_uniform(random, LOW, HIGH)
        spread = math.exp2(random.uniform(-19.99, 2.99))
    else:
        forward = random.choice([LOW, HIGH, ONE, ONE << 16])
        spread = random.choice([2.0**-19.99, 7.99, 1.0, 2.0**-10])
    # In standard deviations, so that neither side always vanishes.
    log = random.choice([1.0, 1.0, 4.0, 12.0]) * random.gauss(0, 1) * spread
    if random.random() < 0.05:
        log = 0.0
    log = max(-7.99, min(7.99, log))
    if pick > 0.99:
        log = random.choice([-7.999, 7.999])
    strike = forward if log == 0.0 else int(forward * math.exp(log))
    if log != 0.0 and random.random() < 0.1:
        strike = forward + random.choice([-3, -2, -1, 1, 2, 3])
    return forward, min(max(strike, LOW), HIGH), spread


def black_total(random):
    forward, strike, vol = strike_and_total(random)
    return [forward, strike, fixed(vol) + random.getrandbits(11)]


def black(random):
    forward, strike, spread = strike_and_total(random)
    if abs(math.log(strike / forward)) > 7.999:
        strike = forward
    years = math.exp2(random.uniform(-15, 4))
    if random.random() < 0.1:
        years = math.exp2(random.uniform(-40, 30))
    vol = min(max(fixed(spread / math.sqrt(years)) + random.getrandbits(10), 1), 1 << 100)
    return [forward, strike, vol, max(1, fixed(years) + random.getrandbits(10))]


def implied(random):
    forward, strike, vol, years = black(random)
    side = random.randint(0, 1)
    quote = price_near(random, side, annual, [forward, strike, vol, years])
    return [side, forward, strike, quote, years]


def implied_total(random):
    inputs = black_total(random)
    side = random.randint(0, 1)
    return [side, inputs[0], inputs[1], price_near(random, side, total, inputs)]


def price_near(random, side, make, inputs):
    """Mostly the price of a vol of the domain, now and then one at or past its exact bounds."""
    if random.random() < 0.05:
        exercise, most = exercise_and_most(side, inputs[0], inputs[1])
        return random.choice([exercise, exercise + 1, exercise - 1, most, most - 1])
    return price(side, make, inputs)


def price(side, make, inputs):
    return nearest(make("call" if side == 0 else "put"), *inputs)


def far_above(low):
    """A strike or forward that lies above another by all that the domain allows, to within two units."""
    return nearest(lambda x: ball(x) * arb(8).exp(), low) - 1


def far_below(high):
    return nearest(lambda x: ball(x) * arb(-8).exp(), high) + 1


def ends_of_places():
    """Forward and strike at both ends of their range, at and next to the money and as far apart as may be."""
    apart = [
        (LOW, LOW + 1),
        (HIGH - 1, HIGH),
        (LOW, far_above(LOW)),
        (far_below(HIGH), HIGH),
        (ONE, far_above(ONE)),
    ]
    return [(LOW, LOW), (HIGH, HIGH)] + apart + [(strike, forward) for forward, strike in apart]


TOTAL_LOW, TOTAL_HIGH = ONE >> 20, 8 * ONE


def ends_of_totals():
    totals = [TOTAL_LOW, TOTAL_LOW + 1, ONE, TOTAL_HIGH - 1, TOTAL_HIGH]
    return [[*place, value] for place in ends_of_places() for value in totals]


def ends_of_vols():
    """The ends of the total vol by vol and years: exactly, and just within them where years have no exact root."""
    vols = [
        (TOTAL_LOW, ONE),
        (ONE >> 10, ONE >> 20),
        (math.isqrt(TOTAL_LOW**2 // 2) + 1, 2 * ONE),
        (ONE, ONE),
        (math.isqrt(TOTAL_HIGH**2 // 2), 2 * ONE),
        (TOTAL_HIGH, ONE),
        (TOTAL_HIGH // 2, 4 * ONE),
    ]
    return [[*place, *vol] for place in ends_of_places() for vol in vols]


def ends_of_prices(make, points):
    """Prices of the ends: some round past a bound or out of the domain, and must be refused."""
    return [
        [side, *inputs[:2], price(side, make, inputs), *inputs[3:]]
        for inputs in points
        for side in (0, 1)
    ]


def single(values):
    return [[value] for value in values]


SAMPLERS = {
    "implied_vol": implied,
    "implied_total_vol": implied_total,
    "exp": exp,
    "ln": positive,
    "sqrt": positive,
    "norm_pdf": real,
    "norm_cdf": real,
    "norm_quantile": probability,
    "black76": black,
    "black76_all": black,
    "digital_all": black,
    "black76_total": black_total,
}

ENDS = {
    "implied_vol": lambda: ends_of_prices(annual, ends_of_vols()),
    "implied_total_vol": lambda: ends_of_prices(total, ends_of_totals()),
    "exp": lambda: single(EXP_ENDS),
    "ln": lambda: single(POSITIVE_ENDS),
    "sqrt": lambda: single(POSITIVE_ENDS),
    "norm_pdf": lambda: single(REAL_ENDS),
    "norm_cdf": lambda: single(REAL_ENDS),
    "norm_quantile": lambda: single(PROBABILITY_ENDS),
    "black76": ends_of_vols,
    "black76_all": ends_of_vols,
    "digital_all": ends_of_vols,
    "black76_total": ends_of_totals,
}

"""The mathematical definition of every function, in ball arithmetic (Arb through python-flint).

A number is a bit pattern: an integer that stands for itself times 2^-64. `nearest` gives the real
value rounded to the nearest bit pattern, ties up, and is a proof: the ball must decide it, else the
precision doubles.
"""

from flint import arb, ctx, fmpz

FRACTION = 64
ONE = 1 << FRACTION
HALF = arb(1) / 2
LIMIT = 1 << 127
FIRST_PRECISION = 256
LAST_PRECISION = 1 << 15


class OutOfDomain(Exception):
    """The function has no number here; carries the error code."""


def ball(bits):
    return arb(fmpz(bits)) / arb(ONE)


def enclose(bits, value):
    """Whether an integer lies within one unit of the ball's real number, for certain, or None."""
    gap = abs(value * ONE - fmpz(bits))
    if gap <= 1:
        return True
    if gap > 1:
        return False
    return None


def at_growing_precision(decide):
    precision = FIRST_PRECISION
    while precision <= LAST_PRECISION:
        ctx.prec = precision
        answer = decide()
        if answer is not None:
            return answer
        precision *= 2
    raise ArithmeticError("not decided")


def nearest(function, *inputs):
    """The bit pattern nearest to the real value; raises OutOfDomain when it does not fit."""

    def decide():
        bits = (function(*inputs) * ONE + HALF).floor().unique_fmpz()
        return None if bits is None else int(bits)

    bits = at_growing_precision(decide)
    if not -LIMIT <= bits < LIMIT:
        raise OutOfDomain("RANGE")
    return bits


def within_one(bits, function, *inputs):
    """Whether a bit pattern lies within one unit of the real value."""
    return at_growing_precision(lambda: enclose(bits, function(*inputs)))


def exp(x):
    return ball(x).exp()


def ln(x):
    return ball(x).log()


def sqrt(x):
    return ball(x).sqrt()


def norm_pdf(x):
    return (-(ball(x) ** 2) / 2).exp() / (2 * arb.pi()).sqrt()


def cdf(x):
    return (-x / arb(2).sqrt()).erfc() / 2


def norm_cdf(x):
    return cdf(ball(x))


def quantile_nearest(p):
    """Reads the quantile off the sign of cdf(candidate) - p at half units."""
    if p == ONE >> 1:
        return 0
    if p > ONE >> 1:
        return -quantile_nearest(ONE - p)
    ctx.prec = FIRST_PRECISION
    target = ball(p)
    x = -(-2 * (2 * target).log()).sqrt()
    for _ in range(14):
        x = x.mid()
        tail = cdf(x)
        x = x - (tail.log() - target.log()) * tail / ((-(x**2) / 2).exp() / (2 * arb.pi()).sqrt())
    below = int((x.mid() * (2 * ONE)).floor().mid().unique_fmpz())

    def is_below(halves):
        def decide():
            gap = cdf(arb(fmpz(halves)) / arb(2 * ONE)) - ball(p)
            return True if gap < 0 else False if gap > 0 else None

        return at_growing_precision(decide)

    while not is_below(below):
        below -= 1
    while is_below(below + 1):
        below += 1
    return (below + 1) >> 1


class Black:
    """Undiscounted Black-76 with exact inputs; `s` is a real number."""

    def __init__(self, forward, strike, total=None, vol=None, years=None):
        self.f, self.k = ball(forward), ball(strike)
        if total is None:
            self.vol, self.years = ball(vol), ball(years)
            self.s = self.vol * self.years.sqrt()
        else:
            self.s = ball(total)
        self.log = arb(0) if forward == strike else (self.f / self.k).log()
        self.d1 = self.log / self.s + self.s / 2
        self.d2 = self.d1 - self.s
        self.density = (-(self.d1**2) / 2).exp() / (2 * arb.pi()).sqrt()

    def call(self):
        return self.f * cdf(self.d1) - self.k * cdf(self.d2)

    def put(self):
        return self.k * cdf(-self.d2) - self.f * cdf(-self.d1)

    def call_delta(self):
        return cdf(self.d1)

    def digital(self):
        return cdf(self.d2)

    def gamma(self):
        return self.density / (self.f * self.s)

    def total_vega(self):
        return self.f * self.density

    def vega(self):
        return self.f * self.density * self.years.sqrt()

    def theta(self):
        return -self.f * self.density * self.vol / (2 * self.years.sqrt())

    def vanna(self):
        return -self.density * self.d2 / self.vol

    def volga(self):
        return self.vega() * self.d1 * self.d2 / self.vol

    def charm(self):
        return self.density * self.d2 / (2 * self.years)

    def call_rho(self):
        return -self.years * self.call()

    def put_rho(self):
        return -self.years * self.put()


    def digital_density(self):
        return (-(self.d2**2) / 2).exp() / (2 * arb.pi()).sqrt()

    def digital_delta(self):
        return self.digital_density() / (self.f * self.s)

    def digital_gamma(self):
        return -self.digital_density() * self.d1 / (self.f * self.s) ** 2

    def digital_vega(self):
        return -self.digital_density() * self.d1 / self.vol

    def digital_theta(self):
        return self.digital_density() * self.d1 / (2 * self.years)

    def digital_vanna(self):
        return self.digital_delta() * (self.d1 * self.d2 - 1) / self.vol

    def digital_volga(self):
        bend = self.d1 + self.d2 - self.d1**2 * self.d2
        return self.digital_density() * bend / self.vol**2

    def digital_charm(self):
        return -self.digital_delta() * (self.d1 * self.d2 - 1) / (2 * self.years)

    def digital_call_rho(self):
        return -self.years * cdf(self.d2)

    def digital_put_rho(self):
        return -self.years * cdf(-self.d2)


def annual(column):
    def value(forward, strike, vol, years):
        return getattr(Black(forward, strike, vol=vol, years=years), column)()

    return value


def total(column):
    def value(forward, strike, total_vol):
        return getattr(Black(forward, strike, total=total_vol), column)()

    return value


def exercise_and_most(side, forward, strike):
    """The exact bounds of a price; side 0 is a call, else a put."""
    return (max(forward - strike, 0), forward) if side == 0 else (max(strike - forward, 0), strike)


def price_sign(side, forward, strike, price, years, vol):
    """The sign of the real price at a vol less the given one."""

    def decide():
        option = (
            Black(forward, strike, total=vol)
            if years is None
            else Black(forward, strike, vol=vol, years=years)
        )
        gap = (option.call() if side == 0 else option.put()) - ball(price)
        return 1 if gap > 0 else -1 if gap < 0 else None

    return at_growing_precision(decide)


def implied_verdict(row, side, forward, strike, price, years=None):
    """None when an implied vol (or its refusal) is right, else what is wrong."""
    exercise, most = exercise_and_most(side, forward, strike)
    if price <= exercise or price >= most:
        wanted = "error: E_IMPLIED_VOL_LOW" if price <= exercise else "error: E_IMPLIED_VOL_HIGH"
        return None if row == wanted else f"wants {wanted}"
    if row.startswith("error"):
        # Right only where no total vol well inside the domain gives the price.
        inside = [(ONE >> 20) * 1025 // 1024, 8 * ONE * 1023 // 1024]
        signs = [price_sign(side, forward, strike, price, None, total) for total in inside]
        refused = row == "error: E_IMPLIED_VOL_DOMAIN" and signs != [-1, 1]
        return None if refused else "wants a vol"
    vol = int(row)
    if vol > 1 and price_sign(side, forward, strike, price, years, vol - 1) > 0:
        return "one ulp below is too high"
    if price_sign(side, forward, strike, price, years, vol + 1) < 0:
        return "one ulp above is too low"
    return None


EXACT = {"call", "put", "call_delta", "digital"}
# Function name: its output columns in order.
BLACK = {
    "black76": ["call", "put", "call_delta", "gamma", "vega", "theta", "vanna", "volga"],
    "black76_all": [
        "call", "put", "call_delta", "digital", "gamma", "vega", "theta", "vanna", "volga",
        "charm", "call_rho", "put_rho",
    ],
    "digital_all": [
        "digital_delta", "digital_gamma", "digital_vega", "digital_theta", "digital_vanna", "digital_volga",
        "digital_charm", "digital_call_rho", "digital_put_rho",
    ],
    "black76_total": ["call", "put", "call_delta", "digital", "gamma", "total_vega"],
}
ELEMENTARY = {"exp": exp, "ln": ln, "sqrt": sqrt, "norm_pdf": norm_pdf, "norm_cdf": norm_cdf}


def columns(function):
    return BLACK.get(function, ["y"])


def expected(function, inputs):
    """The reference row: nearest bit patterns."""
    if function == "norm_quantile":
        return [quantile_nearest(*inputs)]
    if function in ELEMENTARY:
        return [nearest(ELEMENTARY[function], *inputs)]
    make = total if function == "black76_total" else annual
    return [nearest(make(column), *inputs) for column in BLACK[function]]


def verdict(function, inputs, row):
    """None when the row of outputs (text) is right, else what is wrong with it."""
    if function.startswith("implied"):
        return implied_verdict(row, *inputs)
    if row.startswith("error"):
        try:
            # The Greeks are refused together, those without a column too.
            wanted = expected("black76_all" if function == "black76" else function, inputs)
        except OutOfDomain as error:
            return None if str(error) in row else f"wants {error}"
        return f"wants {wanted}"
    bits = [int(cell) for cell in row.split(",")]
    if len(bits) != len(columns(function)):
        return "wrong number of columns"
    if function not in BLACK:
        wanted = expected(function, inputs)
        return None if bits == wanted else f"wants {wanted}"
    make = total if function == "black76_total" else annual
    for column, got in zip(BLACK[function], bits):
        if column in EXACT:
            wanted = nearest(make(column), *inputs)
            if got != wanted:
                return f"{column}: wants {wanted}"
        elif not within_one(got, make(column), *inputs):
            return f"{column}: more than one ulp off"
    return None

//! The model's numbers themselves: functions in multiple precision against ball arithmetic, the normal distribution's table
//! against its series.

use f256::f256;
use optio_tests::margin_reference::{Real, norm_cdf, norm_cdf_table};

// Of a quotient of two whole numbers, to 75 digits: python-flint 0.9, 120 digits.
const LN: [(i64, i64, &str); 5] = [
    (
        1,
        3,
        "-1.09861228866810969139524523692252570464749055782274945173469433363749429322",
    ),
    (
        1000001,
        1000000,
        "9.99999500000333333083333533333166666809523684523920634820635011543928210755e-7",
    ),
    (
        511,
        512,
        "-0.00195503483580335055762749224186681213766363478883843403103107834117275905459",
    ),
    (
        150000,
        1,
        "11.9183905730783928020679703888861701745774978666063590777806538289819637196",
    ),
    (
        1,
        4294967296,
        "-22.1807097779182499013514278866616501784160042995281681318617603037885959030",
    ),
];

const EXP: [(i64, i64, &str); 4] = [
    (
        -1,
        3,
        "0.716531310573789250425604096925379667453112059821479157140870207127304077235",
    ),
    (
        -98,
        1,
        "2.74878500791021492995632876137185658895313286031652329789251363096751958319e-43",
    ),
    (
        5,
        2,
        "12.1824939607034734380701759511679661831827677900631613115603983418381851261",
    ),
    (
        1,
        1048576,
        "1.00000095367477115374544678824955687428365188553281789775169686343569285229",
    ),
];

const SQRT: [(i64, i64, &str); 2] = [
    (
        2,
        1,
        "1.41421356237309504880168872420969807856967187537694807317667973799073247846",
    ),
    (
        1,
        5,
        "0.447213595499957939281834733746255247088123671922305144854179449082104185128",
    ),
];

// The power as a quotient, too.
const POWER: [(i64, i64, i64, i64, &str); 3] = [
    (
        9,
        10,
        13,
        10,
        "0.871997545077537029307790162178590587814529283811586088220821164705147179484",
    ),
    (
        13,
        10,
        17,
        20,
        "1.24983260306364156333570703157974922555039986664865704848561774661923609218",
    ),
    (
        3,
        1000,
        1,
        7,
        "0.436102675084223531800627917183614995232519853931429695287938521939084411267",
    ),
];

const NORMAL: [(i64, i64, &str); 8] = [
    (
        0,
        1,
        "0.500000000000000000000000000000000000000000000000000000000000000000000000000",
    ),
    (
        1,
        3,
        "0.630558659818236361727207717930426416671745630042449640604999641534197553742",
    ),
    (
        -1,
        1,
        "0.158655253931457051414767454367962077522087033273395609012605549757008558013",
    ),
    (
        5,
        2,
        "0.993790334674223864833021895425807778872102253076907231731437145296669763592",
    ),
    (
        -7,
        1,
        "1.27981254388583500438362369078083299803284415419871792902220432522852623943e-12",
    ),
    (
        -12,
        1,
        "1.77648211207767899769617100184555709239266643417895318503866117334944436838e-33",
    ),
    (
        101,
        64,
        "0.942731552054370083900798009403021486755860548302916141296512625358306174183",
    ),
    (
        -27,
        2,
        "7.81880730565789121570563091552125440268447627751067637529023558491016842882e-42",
    ),
];

fn two_to_minus(bits: u32) -> f256 {
    f256::ONE / (0..bits).fold(f256::ONE, |power, _| power + power)
}

/// How far from what is written in decimal digits, of one or of the value where that is larger.
fn off(found: f256, expected: &str) -> f256 {
    let expected: f256 = expected.parse().unwrap();
    Real::abs(found - expected) / Real::max(Real::abs(expected), f256::ONE)
}

#[test]
fn functions_in_multiple_precision_are_those_of_ball_arithmetic() {
    let quotient = |a, b| <f256 as Real>::ratio(a, b);
    let near = |found, expected, bits| {
        let off = off(found, expected);
        assert!(off < two_to_minus(bits), "{off:e} from {expected}");
    };
    for (a, b, expected) in LN {
        near(Real::ln(quotient(a, b)), expected, 180);
    }
    for (a, b, expected) in EXP {
        near(Real::exp(quotient(a, b)), expected, 230);
    }
    for (a, b, expected) in SQRT {
        near(Real::sqrt(quotient(a, b)), expected, 230);
    }
    for (a, b, c, d, expected) in POWER {
        near(Real::powf(quotient(a, b), quotient(c, d)), expected, 230);
    }
    for (a, b, expected) in NORMAL {
        near(norm_cdf(quotient(a, b)), expected, 220);
        near(norm_cdf_table(quotient(a, b)), expected, 146);
    }
}

#[test]
fn logarithms_by_the_table_are_the_libraries_own() {
    for i in 1..2_000 {
        let x = <f256 as Real>::ratio(i * i, 7_001);
        let off = Real::abs(Real::ln(x) - f256::ln(&x));
        assert!(off < two_to_minus(180), "{x}");
    }
}

/// The largest distance of the table from the series.
fn apart<R: Real>() -> R {
    let points = (-1_000..1_000).map(|i| R::ratio(i, 70));
    points.fold(R::ZERO, |most, x| {
        most.max((norm_cdf(x) - norm_cdf_table(x)).abs())
    })
}

#[test]
fn the_models_normal_distribution_is_the_series() {
    assert!(apart::<f64>() < 3e-15);
    assert!(apart::<f256>() < two_to_minus(146));
}

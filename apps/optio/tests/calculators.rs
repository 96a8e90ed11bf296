//! The calculators as a user runs them. Expected values come from outside: certified reference rows, textbook
//! identities, chains whose truth is known.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn optio(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_optio"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // Written aside: a long input and a long output would wait for each other.
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(input.as_bytes());
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The one line on standard error of a refused call.
fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2));
    let lines = text(&output.stderr);
    assert_eq!(lines.lines().count(), 1, "{lines}");
    assert!(lines.starts_with("error: E_"), "{lines}");
    lines.trim().to_owned()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_str().unwrap().parse().unwrap()
}

/// Certified rows: the real value at the exact input, rounded to the nearest 2^-64.
const ROWS: [(&str, &str, &str); 6] = [
    (
        "exp",
        "469247335221616127396",
        "2058166998284675790408938771349",
    ),
    ("exp", "-432158440996789403026", "1234662545"),
    ("ln", "29028756743208488", "-119061857174301136041"),
    ("sqrt", "15007571699288", "16638534620110393"),
    ("norm_cdf", "-128184869973708636165", "33951634"),
    ("norm_pdf", "-41801043668689913814", "564668021460885280"),
];

#[test]
fn math_gives_the_certified_rows() {
    for (function, input, expected) in ROWS {
        let output = optio(&["math", function], &format!("{input}\n"));
        assert_eq!(text(&output.stdout).trim(), expected, "{function}");
    }
    let row = "11503298031434277311,5933758169979233280,33407729813931035531,4571890250326059743";
    let output = optio(&["math", "black76"], row);
    let expected = "6516936874579844682,947397013124800651,16269950197982484525,6485994618591710720,\
                    1132101064366786298,-4136246104959761251,-570686436382418792,209949533070293474";
    assert_eq!(text(&output.stdout).trim(), expected);
}

#[test]
fn math_answers_as_json() {
    let row = "11503298031434277311,5933758169979233280,33407729813931035531,4571890250326059743\n\
               11503298031434277311,-1,33407729813931035531,4571890250326059743\n";
    let output = optio(&["math", "black76", "--format", "json"], row);
    let expected = serde_json::json!([
        ["6516936874579844682", "947397013124800651", "16269950197982484525", "6485994618591710720",
            "1132101064366786298", "-4136246104959761251", "-570686436382418792", "209949533070293474"],
        { "error": "E_BLACK_STRIKE" },
    ]);
    assert_eq!(json(&output), expected);
    assert_eq!(
        json(&optio(&["math", "exp", "--format", "json"], "")),
        serde_json::json!([])
    );
    // What came before a line that cannot be read is whole.
    let cut = optio(&["math", "exp", "--format", "json"], "0\nx\n");
    let answers: Value = serde_json::from_slice(&cut.stdout).unwrap();
    assert_eq!(answers, serde_json::json!([["18446744073709551616"]]));
    assert!(refusal(&cut).contains("line 2"));
    // A row that is missing would shift all answers after it.
    assert!(refusal(&optio(&["math", "exp"], "0\n\n0\n")).contains("line 2"));
}

/// A reader who goes away ends a filter, and nothing but the output of a command that does more than print.
#[test]
fn a_reader_who_goes_away_is_no_error() {
    let page = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unread.html");
    let html = page.to_str().unwrap();
    let _ = std::fs::remove_file(&page);
    let many = "0\n".repeat(100_000);
    let cases: [(&[&str], &str); 4] = [
        (&["--help"], ""),
        (&["math", "exp"], &many),
        (&["math", "exp", "--format", "json"], &many),
        (&["demo", "--native", "--part", "gap", "--html", html], ""),
    ];
    for (arguments, input) in cases {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut child = Command::new(env!("CARGO_BIN_EXE_optio"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        assert_eq!(text(&output.stderr), "", "{arguments:?}");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
    assert!(std::fs::read_to_string(&page).unwrap().contains("</html>"));
}

/// The compiled contract on the VM answers as the native code does: certified rows, refusals, more than one batch.
#[test]
fn math_on_the_vm_gives_the_same_lines() {
    for (function, input, expected) in ROWS {
        let output = optio(&["math", function, "--vm"], &format!("{input}\n"));
        assert_eq!(text(&output.stdout).trim(), expected, "{function}");
    }
    // 1.0 and, outside the domain of the quantile and of the logarithm, larger and negative numbers.
    let wide: String = (-2..400).fold(String::new(), |mut all, n: i128| {
        let _ = writeln!(all, "{}", n * 3_689_348_814_741_910_323);
        all
    });
    let option = "11503298031434277311,5933758169979233280,33407729813931035531,4571890250326059743\n\
                  11503298031434277311,-1,33407729813931035531,4571890250326059743\n";
    for (function, input) in [
        ("ln", wide.as_str()),
        ("norm_quantile", wide.as_str()),
        ("black76", option),
    ] {
        let [native, vm] =
            [&["math", function][..], &["math", function, "--vm"]].map(|arguments| {
                let output = optio(arguments, input);
                assert!(output.status.success(), "{}", text(&output.stderr));
                text(&output.stdout)
            });
        assert_eq!(native, vm, "{function}");
        assert_eq!(vm.lines().count(), input.lines().count());
        let refused = vm
            .lines()
            .filter(|line| line.starts_with("error: E_"))
            .count();
        assert!(refused > 0 && refused < input.lines().count(), "{function}");
    }
}

/// What `optio math` gives for the inputs at the head of every row, against the columns that hold its outputs.
fn check_rows(function: &str, rows: &[Vec<&str>], (inputs, outputs): (usize, &[usize])) {
    let input: String = rows.iter().fold(String::new(), |mut all, row| {
        let _ = writeln!(all, "{}", row[..inputs].join(","));
        all
    });
    let output = text(&optio(&["math", function], &input).stdout);
    assert_eq!(output.lines().count(), rows.len());
    for (line, row) in output.lines().zip(rows) {
        let ours: Vec<i128> = line.split(',').map(|c| c.parse().unwrap()).collect();
        assert_eq!(ours.len(), outputs.len(), "{function}: {line}");
        for (at, (our, column)) in ours.iter().zip(outputs).enumerate() {
            let their: i128 = row[*column].parse().unwrap();
            // Prices and delta are correctly rounded, the other Greeks faithful.
            let ulps = if at < 3 { 0 } else { 1 };
            assert!(our.abs_diff(their) <= ulps, "{function} {row:?}: {line}");
        }
    }
}

/// The rows of a file, which has a heading or has none.
fn rows(page: &str) -> Vec<Vec<&str>> {
    let headed = page.starts_with(|first: char| first.is_ascii_alphabetic());
    let lines = page.lines().skip(headed.into());
    lines.map(|line| line.split(',').collect()).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn math_gives_every_certified_row() {
    // Of Black-76 the file holds the digital as well, the eighth column, and charm and rho at the end.
    let black: &[usize] = &[4, 5, 6, 8, 9, 10, 11, 12];
    for (function, file, columns) in [
        ("exp", "exp", (1, &[1][..])),
        ("ln", "ln", (1, &[1])),
        ("sqrt", "sqrt", (1, &[1])),
        ("norm_cdf", "norm_cdf", (1, &[1])),
        ("norm_pdf", "norm_pdf", (1, &[1])),
        ("norm_quantile", "norm_quantile", (1, &[1])),
        ("black76", "black76_all", (4, black)),
    ] {
        let path = root().join(format!("tests/reference/rows/{file}.csv"));
        let page = std::fs::read_to_string(&path).unwrap();
        let rows = rows(&page);
        assert!(rows.len() >= 200, "{}", path.display());
        check_rows(function, &rows, columns);
    }
}

/// Further rows, in the folder that `OPTIO_VECTORS` names or in `../shared/vectors` beside the repository, where it is.
#[test]
fn math_gives_the_rows_of_another_folder() {
    let named = std::env::var_os("OPTIO_VECTORS").map(PathBuf::from);
    let beside = Some(root().join("../shared/vectors")).filter(|folder| folder.is_dir());
    let Some(folder) = named.or(beside) else {
        return;
    };
    for (function, columns) in [
        ("exp", (1, &[1][..])),
        ("ln", (1, &[1])),
        ("sqrt", (1, &[1])),
        ("norm_cdf", (1, &[1])),
        ("norm_pdf", (1, &[1])),
        ("black76", (4, &[4, 5, 6, 7, 8, 9, 10, 11])),
    ] {
        let page = std::fs::read_to_string(folder.join(format!("{function}.csv"))).unwrap();
        let rows = rows(&page);
        assert!(!rows.is_empty(), "{function} has no rows");
        check_rows(function, &rows, columns);
    }
}

#[test]
fn math_names_what_is_wrong() {
    let outside = optio(&["math", "exp"], "100000000000000000000000\n0\n");
    assert_eq!(
        text(&outside.stdout),
        "error: E_MATH_EXP_DOMAIN\n18446744073709551616\n"
    );
    assert!(outside.status.success());
    let blank = "error: E_OPTIO_INPUT: line 1: no values, want 1";
    assert_eq!(refusal(&optio(&["math", "exp"], " \n")), blank);
    let marked = optio(&["math", "exp"], "\u{feff}0\n");
    assert_eq!(text(&marked.stdout), "18446744073709551616\n");
    let said = "error: E_OPTIO_INPUT: line 2: x is not a signed 128-bit integer";
    assert_eq!(refusal(&optio(&["math", "exp"], "0\nx\n")), said);
    assert!(refusal(&optio(&["math", "black76"], "1,2,3\n")).contains("line 1"));
    refusal(&optio(&["math", "cosh"], ""));
}

#[test]
fn price_at_the_money() {
    let arguments = [
        "--forward",
        "100",
        "--strike",
        "100",
        "--vol",
        "0.2",
        "--years",
        "1",
        "--format",
        "json",
    ];
    let with = |kind: &str| {
        json(&optio(
            &[&["price", "--kind", kind][..], &arguments].concat(),
            "",
        ))
    };
    // N(0.1) = 0.539827837277029, n(0.1) = 0.396952547477012.
    let call = with("call");
    let near = |value: &Value, expected: f64| {
        assert!(
            (number(value) - expected).abs() < 1e-12 * expected.abs().max(1.0),
            "{value}"
        );
    };
    near(&call["value"], 7.965_567_455_405_8);
    near(&call["delta"], 0.539_827_837_277_029);
    near(&call["gamma"], 0.019_847_627_373_850_6);
    near(&call["vega"], 39.695_254_747_701_2);
    near(&call["theta"], -3.969_525_474_770_12);
    near(&call["rho"], -7.965_567_455_405_8);
    near(&call["implied_vol"], 0.2);
    let put = with("put");
    near(&put["delta"], 0.539_827_837_277_029 - 1.0);
    let digital = with("digital-call");
    near(&digital["value"], 0.460_172_162_722_971);
    near(&with("digital-put")["value"], 0.539_827_837_277_029);
    assert!(digital["implied_vol"].is_null());
}

#[test]
fn digital_greeks_are_differences_of_values() {
    let value = |forward: f64, vol: f64, years: f64| {
        let all = [forward, 105.0, vol, years].map(|x| format!("{x}"));
        let arguments = [
            "price",
            "--kind",
            "digital-put",
            "--forward",
            &all[0],
            "--strike",
            &all[1],
            "--vol",
            &all[2],
            "--years",
            &all[3],
            "--format",
            "json",
        ];
        json(&optio(&arguments, ""))
    };
    let here = value(100.0, 0.5, 0.25);
    let slope = |up: &Value, down: &Value, key: &str, step: f64| {
        (number(&up[key]) - number(&down[key])) / (2.0 * step)
    };
    let (up, down) = (value(100.01, 0.5, 0.25), value(99.99, 0.5, 0.25));
    let (wild, calm) = (value(100.0, 0.5001, 0.25), value(100.0, 0.4999, 0.25));
    let (long, short) = (value(100.0, 0.5, 0.2501), value(100.0, 0.5, 0.2499));
    for (key, expected) in [
        ("delta", slope(&up, &down, "value", 0.01)),
        ("gamma", slope(&up, &down, "delta", 0.01)),
        ("vega", slope(&wild, &calm, "value", 1e-4)),
        ("vanna", slope(&wild, &calm, "delta", 1e-4)),
        ("volga", slope(&wild, &calm, "vega", 1e-4)),
        ("theta", -slope(&long, &short, "value", 1e-4)),
        ("charm", -slope(&long, &short, "delta", 1e-4)),
    ] {
        let ours = number(&here[key]);
        assert!(
            (ours - expected).abs() < 1e-5 * ours.abs().max(1e-3),
            "{key}: {ours} {expected}"
        );
    }
}

#[test]
fn price_refuses_what_it_cannot_price() {
    let base = [
        "price", "--kind", "call", "--strike", "1", "--vol", "1", "--years", "1",
    ];
    let with = |extra: &[&str]| refusal(&optio(&[&base[..], extra].concat(), ""));
    assert!(with(&["--forward", "abc"]).contains("E_OPTIO_USAGE"));
    assert!(with(&["--forward", "-5"]).contains("E_BLACK_FORWARD"));
    assert!(with(&["--forward", "1", "--discount", "1.5"]).contains("E_OPTIO_INPUT"));
    let missing = with(&[]);
    assert!(missing.contains("E_OPTIO_USAGE") && missing.contains("--forward <FORWARD>"));
    let percent = [
        "price",
        "--kind",
        "call",
        "--forward",
        "1",
        "--strike",
        "1",
        "--vol",
        "55",
        "--years",
        "0.25",
    ];
    let said = refusal(&optio(&percent, ""));
    assert!(
        said.contains("E_BLACK_TOTAL_VOL") && said.contains("is 27.5;"),
        "{said}"
    );
}

#[test]
fn commands_say_what_is_wrong_with_them() {
    let bare = refusal(&optio(&[], ""));
    let said = "error: E_OPTIO_USAGE: no command: optio <COMMAND>, where <COMMAND> is one of math, price, margin, ";
    assert!(bare.starts_with(said), "{bare}");
    let said = "error: E_OPTIO_USAGE: no command: optio surface <COMMAND>, where <COMMAND> is one of fit, measure; \
                --help says more";
    assert_eq!(refusal(&optio(&["surface"], "")), said);
    let help = text(&optio(&["price", "--help"], "").stdout);
    assert!(help.contains("theta and charm are per year"), "{help}");
    let help = text(&optio(&["surface", "fit", "--help"], "").stdout);
    assert!(help.contains("n(d1) > 0.02"), "{help}");
    let measure = ["surface", "measure", "--data", ".", "--components", "9"];
    assert!(refusal(&optio(&measure, "")).contains("components"));
    for (flag, value) in [("--lead", "60"), ("--key-file", "key")] {
        assert!(refusal(&optio(&["demo", "--native", flag, value], "")).contains(flag));
        assert!(refusal(&optio(&["demo", flag, value], "")).contains("--node <NODE>"));
    }
    let nowhere = ["demo", "--native", "--html", "/nowhere/at/all.html"];
    assert!(refusal(&optio(&nowhere, "")).contains("E_OPTIO_FILE"));
}

/// The table names units, and shows the digits that the answer in JSON has.
#[test]
fn price_as_a_table() {
    let arguments = [
        "price",
        "--kind",
        "digital-call",
        "--forward",
        "100",
        "--strike",
        "105",
        "--vol",
        "0.3",
        "--years",
        "0.7",
    ];
    let table = text(&optio(&arguments, "").stdout);
    let row = |key: &str| table.lines().find(|l| l.starts_with(key)).unwrap();
    assert!(row("vega").ends_with("USD per 1.00 of vol"), "{table}");
    let answer = json(&optio(
        &[&arguments[..], &["--format", "json"]].concat(),
        "",
    ));
    for key in ["value", "delta", "gamma", "vega", "vanna"] {
        let shown = row(key).split_whitespace().nth(1);
        assert_eq!(shown, answer[key].as_str(), "{table}");
    }
}

/// A made-up snapshot: one forward of 50,000 and a flat volatility of 50 %.
fn snapshot(name: &str) -> PathBuf {
    let mut page = String::from(
        "timestamp,instrument_name,underlying_price,bid_price,ask_price,mark_price,mark_iv,delta,vega,\
         open_interest,volume,index_price\n",
    );
    for expiry in ["27MAR26", "26JUN26"] {
        for step in -10..=14 {
            let strike = 50_000 + 2_500 * step;
            // Of the marks only the difference is used: any worth over the least will do.
            let over = 1.0 - f64::from(strike) / 50_000.0;
            let (call, put) = (over.max(0.0) + 0.01, (-over).max(0.0) + 0.01);
            for (side, mark) in [("C", call), ("P", put)] {
                let _ = writeln!(
                    page,
                    "2026-03-02T04:00:30Z,BTC-{expiry}-{strike}-{side},50001,,,{mark:.8},0.5,0.5,1,0,0,49990"
                );
            }
        }
    }
    let path = std::env::temp_dir().join(format!("optio-{}-{name}.csv", std::process::id()));
    std::fs::write(&path, page).unwrap();
    path
}

#[test]
fn surface_fit_recovers_a_flat_surface() {
    let path = snapshot("fit");
    let file = path.to_str().unwrap();
    let answer = json(&optio(
        &["surface", "fit", file, "--coin", "BTC", "--format", "json"],
        "",
    ));
    assert_eq!(answer["timestamp"], "2026-03-02T04:00:30Z");
    let expiries = answer["expiries"].as_array().unwrap();
    assert_eq!(expiries.len(), 2);
    for expiry in expiries {
        assert!(
            (number(&expiry["forward"]) - 50_000.0).abs() < 0.01,
            "{expiry}"
        );
        assert!(number(&expiry["rms_vol_points"]) < 0.01, "{expiry}");
        assert_eq!(expiry["verdict"], "accepted");
        let mean: f64 = expiry["components"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| number(&c["weight"]) * number(&c["forward"]))
            .sum();
        assert!((mean - 1.0).abs() < 1e-9);
    }
    assert_eq!(answer["surfaces"][0]["verdict"], "accepted");
    assert!(refusal(&optio(&["surface", "fit", file, "--coin", "DOGE"], "")).contains("DOGE"));
    assert!(
        refusal(&optio(&["surface", "fit", file, "--at", "yesterday"], "")).contains("yesterday")
    );
    refusal(&optio(&["surface", "fit", "no-such-file.csv"], ""));
    std::fs::remove_file(path).unwrap();
}

/// A surface that is refused is told by coin and date, beside the other coin's, which is accepted.
#[test]
fn surface_fit_tells_who_is_refused() {
    let good = snapshot("refused");
    let page = std::fs::read_to_string(&good).unwrap();
    let file = good.to_str().unwrap();
    let rows = |from: &str, to: &str| {
        page.lines()
            .skip(1)
            .map(|l| l.replace(from, to) + "\n")
            .collect::<String>()
    };
    for (bad, code, said) in [
        (
            rows(",49990", ",12000"),
            "E_REPORT_FORWARD",
            "BTC 27MAR26: its forward of",
        ),
        (
            rows(",0.5,0.5,1,", ",0.0000001,0.5,1,"),
            "E_SLICE_VOL",
            "BTC 27MAR26: ",
        ),
    ] {
        let head = page.lines().next().unwrap();
        std::fs::write(&good, format!("{head}\n{bad}{}", rows("BTC-", "ETH-"))).unwrap();
        let output = optio(&["surface", "fit", file, "--format", "json"], "");
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).starts_with(&format!("error: {code}: {said}")));
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let [btc, eth] = [0, 1].map(|at| &answer["surfaces"][at]);
        assert_eq!(
            (&btc["coin"], &btc["verdict"]),
            (&"BTC".into(), &code.into())
        );
        assert!(btc["reason"].as_str().unwrap().starts_with(said));
        assert_eq!(
            (&eth["coin"], &eth["verdict"]),
            (&"ETH".into(), &"accepted".into())
        );
        let expiries = answer["expiries"].as_array().unwrap();
        assert_eq!(expiries.len(), 4);
        assert_eq!(expiries[0]["verdict"], code);
        // What was fitted is shown, whatever was said of it; a slice that is refused is none.
        let fitted = code == "E_REPORT_FORWARD";
        for key in ["forward", "components", "rms_vol_points", "max_vol_points"] {
            assert_eq!(expiries[0].get(key).is_some(), fitted, "{key}");
        }
        assert!(expiries[0]["reason"].as_str().unwrap().starts_with(said));
        for accepted in &expiries[2..] {
            assert_eq!(accepted["verdict"], "accepted");
            assert_eq!(
                accepted["components"].as_array().map(|c| c.is_empty()),
                Some(false)
            );
        }
        let table = optio(&["surface", "fit", file], "");
        assert_eq!(table.status.code(), Some(1));
        let table = text(&table.stdout);
        assert!(
            table.contains(&format!(
                "BTC at 2026-03-02T04:00:30Z: refused, {code}: {said}"
            )),
            "{table}"
        );
        assert!(
            table.contains("ETH at 2026-03-02T04:00:30Z: accepted by the on-chain test"),
            "{table}"
        );
    }
    std::fs::remove_file(good).unwrap();
}

/// What no report could carry, or what is no picture of its quotes, is no surface: neither fitted nor margined on.
#[test]
fn surface_fit_refuses_what_the_chain_would() {
    let good = snapshot("bad");
    let page = std::fs::read_to_string(&good).unwrap();
    let file = good.to_str().unwrap();
    let near_dear = |line: &str| {
        let (near, dear) = (line.contains("27MAR26"), ",0.5,0.5,1,");
        line.replace(dear, if near { ",1.5,0.5,1," } else { ",0.2,0.5,1," })
    };
    let crossed: Vec<String> = page.lines().map(near_dear).collect();
    let one_typo = page.replacen(",0.5,0.5,1,", ",5,0.5,1,", 30);
    for (bad, said) in [
        (crossed.join("\n"), "vol points off"),
        (one_typo, "vol points off"),
        (
            page.replace("MAR26", "MAR25").replace("JUN26", "JUN25"),
            "0 expiries ahead",
        ),
    ] {
        std::fs::write(&good, bad).unwrap();
        let refused = refusal(&optio(&["surface", "fit", file], ""));
        assert!(refused.contains(said), "{refused}");
    }
    std::fs::remove_file(good).unwrap();
}

/// Numbers that no price can be, one option twice and files out of order are told, not computed with.
#[test]
fn snapshots_out_of_range_or_order_are_refused() {
    let good = snapshot("range");
    let page = std::fs::read_to_string(&good).unwrap();
    let file = good.to_str().unwrap();
    let twice = format!("{page}{}\n", page.lines().last().unwrap());
    for (bad, said) in [
        (
            page.replace(",49990", ",1e30"),
            "line 2: BTC-27MAR26-25000-C: index_price 1e30 is not above 0 and at most 2^40, in USD",
        ),
        (
            page.replace("-85000-", &format!("-1{}-", "0".repeat(30))),
            "its strike is beyond all prices",
        ),
        (
            page.replace("-85000-", "-1e5-"),
            "bad instrument name BTC-27MAR26-1e5-C",
        ),
        (
            page.replace(",50001,", ",60001,"),
            "BTC 27MAR26 at 2026-03-02T04:00:30Z: call mark - put mark is not 1 - strike / underlying_price on 25 of 25 strikes",
        ),
        (twice, "line 102: the option stands twice"),
    ] {
        std::fs::write(&good, bad).unwrap();
        let refused = refusal(&optio(&["surface", "fit", file], ""));
        assert!(refused.contains(said), "{refused}");
    }
    std::fs::remove_file(good).unwrap();
    let folder = std::env::temp_dir().join(format!("optio-{}-order", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let later = page.replace("2026-03-02T", "2026-03-01T");
    std::fs::write(folder.join("20260302.csv"), &page).unwrap();
    std::fs::write(folder.join("20260303.csv"), later).unwrap();
    for command in ["backtest", "stress", "replay"] {
        let refused = refusal(&optio(&[command, "--data", folder.to_str().unwrap()], ""));
        assert!(
            refused.contains("2026-03-01T04:00:30Z does not follow"),
            "{refused}"
        );
    }
    std::fs::remove_dir_all(folder).unwrap();
}

/// A cell that no option can have is told with its line, its option and its column.
#[test]
fn impossible_cells_are_refused() {
    let good = snapshot("cells");
    let page = std::fs::read_to_string(&good).unwrap();
    let file = good.to_str().unwrap();
    let option = "BTC-26JUN26-55000-P";
    let at = page.lines().position(|l| l.contains(option)).unwrap();
    let cases = [
        ("underlying_price", "-5 0 nan inf"),
        ("bid_price", "-1 9 nan"),
        ("ask_price", "-1 nan"),
        ("mark_price", "-1 5 nan"),
        ("mark_iv", "-1 0 50.56 100 nan"),
        ("delta", "57 -1.5 nan"),
        ("index_price", "-1 0 nan"),
    ];
    for (column, values) in cases {
        let place = page
            .lines()
            .next()
            .unwrap()
            .split(',')
            .position(|n| n == column);
        for value in values.split(' ') {
            let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
            let mut cells: Vec<&str> = page.lines().nth(at).unwrap().split(',').collect();
            cells[place.unwrap()] = value;
            lines[at] = cells.join(",");
            std::fs::write(&good, lines.join("\n")).unwrap();
            let refused = refusal(&optio(&["surface", "fit", file], ""));
            let said = format!("line {}: {option}: {column} {value} is ", at + 1);
            assert!(refused.contains(&said), "{refused}");
        }
    }
    // What real files have: no quotes, asks far above all worth, deltas that round to zero.
    let real = page
        .replacen(",,,", ",0,15,", 9)
        .replacen(",0.5,0.5,1,", ",0.5,0,1,", 9);
    std::fs::write(&good, real).unwrap();
    json(&optio(&["surface", "fit", file, "--format", "json"], ""));
    std::fs::remove_file(good).unwrap();
}

/// One strike is a flat surface; one too far to say anything of the volatility is refused as that.
#[test]
fn surface_fit_of_one_strike() {
    let good = snapshot("one");
    let page = std::fs::read_to_string(&good).unwrap();
    let file = good.to_str().unwrap();
    let only = |strike: &str| {
        let kept = page
            .lines()
            .filter(|l| l.starts_with("timestamp") || l.contains(strike));
        kept.collect::<Vec<_>>().join("\n")
    };
    for strike in ["-50000-", "-52500-"] {
        std::fs::write(&good, only(strike)).unwrap();
        let answer = json(&optio(&["surface", "fit", file, "--format", "json"], ""));
        for expiry in answer["expiries"].as_array().unwrap() {
            assert_eq!(
                (&expiry["verdict"], &expiry["strikes"]),
                (&"accepted".into(), &1.into())
            );
            let vol =
                number(&expiry["components"][0]["total_vol"]) / number(&expiry["years"]).sqrt();
            assert!((vol - 0.5).abs() < 1e-6, "{expiry}");
        }
    }
    std::fs::write(&good, only("-85000-")).unwrap();
    let refused = refusal(&optio(&["surface", "fit", file], ""));
    assert!(
        refused.contains("no quoted strike is near enough"),
        "{refused}"
    );
    std::fs::remove_file(good).unwrap();
}

/// Times that no calendar has are wrong input, however large.
#[test]
fn times_beyond_all_calendars_are_refused() {
    let good = snapshot("times");
    let page = std::fs::read_to_string(&good).unwrap();
    let file = good.to_str().unwrap();
    let late = [
        "surface",
        "fit",
        file,
        "--at",
        "300000000000-01-01T00:00:00Z",
    ];
    assert!(refusal(&optio(&late, "")).contains("bad timestamp"));
    for (from, to, said) in [
        ("2026-03-", "2026-9223372036854775807-", "bad timestamp"),
        ("2026-03-02", "2026-3-2", "bad timestamp"),
        ("26JUN26", "9223372036854775807JUN26", "bad instrument name"),
        ("26JUN26", "+26JUN26", "bad instrument name"),
        ("26JUN26", "26JUN+26", "bad instrument name"),
    ] {
        std::fs::write(&good, page.replace(from, to)).unwrap();
        let refused = refusal(&optio(&["surface", "fit", file], ""));
        assert!(refused.contains(said), "{refused}");
    }
    std::fs::remove_file(good).unwrap();
}

/// What a long run would end on is told before it starts.
#[test]
fn long_runs_are_refused_at_once() {
    let folder = std::env::temp_dir().join(format!("optio-{}-coins", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let good = snapshot("coins");
    let page = std::fs::read_to_string(&good).unwrap();
    std::fs::write(folder.join("20260302.csv"), page.replace("BTC-", "XRP-")).unwrap();
    let data = ["--data", folder.to_str().unwrap()];
    let asked =
        |command: &[&str], more: &[&str]| refusal(&optio(&[command, &data, more].concat(), ""));
    let none = asked(&["replay", "--native"], &[]);
    assert!(
        none.ends_with("no snapshot has options of BTC or ETH"),
        "{none}"
    );
    for command in [&["surface", "measure"][..], &["adversary"]] {
        let every = asked(command, &["--every", "0"]);
        assert!(every.ends_with("every must be 1 or more"), "{every}");
    }
    std::fs::write(folder.join("20260302.csv"), "nothing").unwrap();
    for command in [
        "surface measure",
        "replay",
        "backtest",
        "adversary",
        "stress",
    ] {
        let command: Vec<&str> = command.split(' ').collect();
        let page = asked(&command, &["--page", "/nowhere/at/all.md"]);
        assert!(
            page.starts_with("error: E_OPTIO_FILE: /nowhere/at/all.md"),
            "{page}"
        );
    }
    std::fs::remove_file(good).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

/// A strike in parts of a USD is in a snapshot, and told to be what no margin is taken of.
#[test]
fn margin_refuses_fractional_strikes() {
    let path = snapshot("fraction");
    let page = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, page.replace("-50000-", "-50000d5-")).unwrap();
    let book = r#"{"legs":[{"instrument_name":"BTC-26JUN26-50000d5-C","quantity":1}]}"#;
    let refused = refusal(&margin(&path, "fraction", book));
    let said = "BTC-26JUN26-50000d5-C: only strikes in whole USD can be margined";
    assert!(refused.ends_with(said), "{refused}");
    std::fs::remove_file(path).unwrap();
}

/// Every file of the folder that `OPTIO_MARKET_DATA` names, or of `../shared/market-data` beside the repository, is read.
#[test]
fn real_files_are_read() {
    let named = std::env::var_os("OPTIO_MARKET_DATA").map(PathBuf::from);
    let beside = Some(root().join("../shared/market-data")).filter(|folder| folder.is_dir());
    let Some(folder) = named.or(beside) else {
        return;
    };
    // Reading comes before the time, which no file has.
    for file in std::fs::read_dir(folder.join("options")).unwrap() {
        let path = file.unwrap().path();
        let never = [
            "surface",
            "fit",
            path.to_str().unwrap(),
            "--at",
            "1971-01-01T00:00:00Z",
        ];
        let refused = refusal(&optio(&never, ""));
        assert!(refused.contains("no snapshot at that time"), "{refused}");
    }
}

fn margin_table(path: &Path, book: &str) -> String {
    let file = std::env::temp_dir().join(format!("optio-{}-table.json", std::process::id()));
    std::fs::write(&file, book).unwrap();
    let (data, book) = (path.to_str().unwrap(), file.to_str().unwrap());
    let output = optio(&["margin", "--data", data, "--book", book], "");
    std::fs::remove_file(&file).unwrap();
    text(&output.stdout)
}

fn margin(path: &Path, name: &str, book: &str) -> Output {
    let file = std::env::temp_dir().join(format!("optio-{}-{name}.json", std::process::id()));
    std::fs::write(&file, book).unwrap();
    let (data, book) = (path.to_str().unwrap(), file.to_str().unwrap());
    let output = optio(
        &["margin", "--data", data, "--book", book, "--format", "json"],
        "",
    );
    std::fs::remove_file(file).unwrap();
    output
}

#[test]
fn margin_of_books_with_known_answers() {
    let path = snapshot("margin");
    let leg = |strike: u32, side: &str, quantity: f64| {
        format!(
            "{{\"instrument_name\": \"BTC-27MAR26-{strike}-{side}\", \"quantity\": {quantity}}}"
        )
    };
    // A box pays 10,000 at any price and needs nothing.
    let legs = [
        leg(50_000, "C", 1.0),
        leg(50_000, "P", -1.0),
        leg(60_000, "C", -1.0),
        leg(60_000, "P", 1.0),
    ];
    let book = format!(
        "{{\"cash_usd\": 5, \"note\": 1, \"legs\": [{}]}}",
        legs.join(",")
    );
    let answer = json(&margin(&path, "box", &book));
    assert!(
        (number(&answer["equity"]) - 10_005.0).abs() < 0.01,
        "{answer}"
    );
    assert!(
        number(&answer["maintenance"]) < 0.01 && number(&answer["initial"]) < 0.01,
        "{answer}"
    );
    assert!(number(&answer["max_loss"]).abs() < 0.01, "{answer}");
    // A short put loses at most its strike less what it is worth: with cash for the strike it is covered.
    let book = format!(
        "{{\"cash_usd\": 25000, \"legs\": [{}]}}",
        leg(50_000, "P", -0.5)
    );
    let put = json(&margin(&path, "put", &book));
    let worth = -number(&put["legs"][0]["mark"]);
    // 0.5 x 50,000 x (2 N(v/2) - 1) with v = 0.5 sqrt(25.1667 days).
    assert!((worth - 1_308.0).abs() < 5.0, "{worth}");
    assert!(
        (number(&put["max_loss"]) - (25_000.0 - worth)).abs() < 0.01,
        "{put}"
    );
    assert!(number(&put["initial"]) >= number(&put["maintenance"]));
    // A short call has no bound; coins count at the index.
    let book = format!(
        "{{\"coins\": {{\"BTC\": 2}}, \"legs\": [{}]}}",
        leg(60_000, "C", -1.0)
    );
    let call = json(&margin(&path, "call", &book));
    assert!(call["max_loss"].is_null(), "{call}");
    let legs = number(&call["legs"][0]["mark"]);
    assert!(
        (number(&call["equity"]) - (99_980.0 + legs)).abs() < 0.01,
        "{call}"
    );
    // Digits that no float has, and a mark of the order of bytes before.
    let cash = json(&margin(
        &path,
        "cash",
        "\u{feff}{\"cash_usd\": 98765432109.876543}",
    ));
    assert_eq!(cash["equity"], "98765432109.876543");
    // A coin, then all of it: what the rows come to is the equity.
    let book = "{\"coins\": {\"BTC\": 2}, \"legs\": []}";
    assert!(margin_table(&path, book).contains("99980.00"));
    for wrong in [
        "{\"cash\": 5}",
        "{}",
        "{\"legs\": [{\"instrument_name\": \"BTC-27MAR26-51-C\", \"quantity\": 1}]}",
        "{\"legs\": [{\"instrument_name\": \"BTC\", \"quantity\": 1}]}",
        "{\"coins\": {\"DOGE\": 1}}",
        "{\"cash_usd\": \"a lot\"}",
        "[10, {}, [], null]",
        "[",
        "{\"legs\": [[\"BTC-27MAR26-50000-C\", 1]]}",
        "{\"legs\": {}}",
        // Twice, finer than a millionth, and more than is counted exactly.
        "{\"cash_usd\": 1, \"cash_usd\": 2}",
        "{\"coins\": {\"BTC\": 1, \"BTC\": 2}}",
        "{\"cash_usd\": 1.00000000000000001}",
        "{\"cash_usd\": 1e16}",
        "{\"cash_usd\": -1e25}",
        "{\"coins\": {\"BTC\": 1e12}}",
    ] {
        refusal(&margin(&path, "wrong", wrong));
    }
    std::fs::remove_file(path).unwrap();
}

#[test]
fn demo_ends_conserved_natively() {
    let page = std::env::temp_dir().join(format!("optio-{}-demo.html", std::process::id()));
    let output = optio(&["demo", "--native", "--html", page.to_str().unwrap()], "");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("Conserved: every invariant held"));
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(html.matches("<svg").count() >= 8 && !html.contains("src="));
    std::fs::remove_file(page).unwrap();
}

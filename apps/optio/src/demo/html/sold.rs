//! Liquidations in the report: the steps, and who bore what.

use super::table;
use crate::demo::sold::Rung;
use crate::demo::story::Story;
use crate::demo::summary::slice_cells;
use crate::plot::{escape, number};

/// Width of a bar that bears all that was missing.
const WIDTH: f64 = 420.0;

/// The table of steps.
pub fn slices(story: &Story) -> String {
    let rows: Vec<Vec<String>> = story
        .slices
        .iter()
        .map(|slice| slice_cells(slice).iter().map(|c| escape(c)).collect())
        .collect();
    let note = "<p>One price falls with time. An account below maintenance is sold in slices until it is healthy again; whoever \
                takes pays a penalty on top of the price, of which the keeper gets a part and insurance the rest. Less than nothing is \
                what insurance pays.</p>";
    let head = [
        "hour",
        "account",
        "taker",
        "reward",
        "health before",
        "after",
        "paid, USD",
        "penalty of the step",
        "to the keeper",
    ];
    format!("{note}{}", table(&head, &rows))
}

/// Who bore the loss that was larger than the account, as a table with bars.
pub fn rungs(story: &Story) -> String {
    let Some(fall) = &story.waterfall else {
        return "<p>No account lost more than it had.</p>".to_owned();
    };
    // The account's own equity comes first, and is far the most; bars show who bore what it could not.
    let missing = fall.rungs.first().map_or(fall.lost, |own| own.left);
    let row = |(at, rung): (usize, &Rung)| {
        vec![
            escape(&rung.who),
            format!("{:.2}", rung.hour),
            number(rung.amount, 0.01),
            number(rung.left, 0.01),
            if at > 0 {
                bar(rung, missing)
            } else {
                String::new()
            },
        ]
    };
    let rows: Vec<Vec<String>> = fall.rungs.iter().enumerate().map(row).collect();
    let head = ["borne by", "hour", "USD", "left", "of what was missing"];
    let name = escape(&fall.account);
    let end = if fall.left() > 0.005 {
        format!("{} USD are still owed.", number(fall.left(), 0.01))
    } else {
        "Nothing is owed any more.".to_owned()
    };
    format!(
        "<p>ETH leaps between two reports and {name} loses {} USD, {} more than she has. Insurance pays what its \
         hourly cap lets it, the other sides of her legs give up a part of their gain, and what is left is a debt without legs \
         that insurance pays in later hours; the rest is shared, where the run waits for it, over the gains of the market's winners. {end}</p>{}",
        number(fall.lost, 0.01),
        number(missing, 0.01),
        table(&head, &rows).replace("<td><span", "<td class=\"text\"><span")
    )
}

/// A bar as long as what the rung bears of what was missing, where that begins.
fn bar(rung: &Rung, missing: f64) -> String {
    let scale = WIDTH / missing.max(1.0);
    let begins = ((missing - rung.left - rung.amount.max(0.0)) * scale).clamp(0.0, WIDTH);
    let width = (rung.amount.abs() * scale).clamp(1.0, WIDTH);
    format!(
        "<span class=\"bar {}\" style=\"margin-left:{begins:.0}px;width:{width:.0}px\"></span>",
        rung.kind()
    )
}

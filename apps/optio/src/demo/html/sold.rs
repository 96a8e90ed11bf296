//! Liquidations in the report: the steps, the health of those who were sold, who bore what.

use super::{moments, table};
use crate::demo::sold::{Rung, shown};
use crate::demo::story::Story;
use crate::demo::summary::slice_cells;
use crate::plot::{Plot, Style, escape, number};

/// Health is drawn from here up.
const LOWEST: f64 = -2.5;
/// Width of a bar that bears everything.
const WIDTH: f64 = 420.0;

/// Health of the accounts that were sold.
pub fn health(story: &Story) -> Plot {
    let mut plot = Plot::new(
        "Accounts that were sold: health",
        "hours since the start",
        "health",
    );
    let sold = |name: &str| story.slices.iter().any(|s| s.account == name);
    let parties = story.parties.iter().filter(|p| sold(&p.name));
    for (colour, party) in parties.enumerate() {
        let points = party.readings.iter();
        let points = points.filter_map(|r| Some((r.hour, r.health?.clamp(LOWEST, 2.5))));
        plot.add(&party.name, Style::Line, colour, points.collect());
    }
    plot.levels.push((1.0, "1: liquidation below".to_owned()));
    plot.levels.push((0.0, "0: insolvent below".to_owned()));
    moments(&mut plot, story);
    plot
}

/// The table of steps.
pub fn slices(story: &Story) -> String {
    let rows: Vec<Vec<String>> = story
        .slices
        .iter()
        .map(|slice| slice_cells(slice).iter().map(|c| escape(c)).collect())
        .collect();
    let note = "<p>One price falls with time. An account below maintenance is sold in slices until it is healthy again; whoever \
                takes pays a penalty on top, of which the keeper gets a part and insurance the rest. A price below zero is what \
                insurance pays.</p>";
    let head = [
        "hour",
        "account",
        "taker",
        "reward",
        "health before",
        "after",
        "price, USD",
        "penalty",
        "to the keeper",
    ];
    format!("{note}{}", table(&head, &rows))
}

/// Who bore the loss that was larger than the account, as a table with bars.
pub fn rungs(story: &Story) -> String {
    let Some(fall) = &story.waterfall else {
        return "<p>No account lost more than it had.</p>".to_owned();
    };
    let scale = WIDTH / fall.lost.max(1.0);
    let row = |rung: &Rung| {
        let begins = ((fall.lost - rung.left - rung.amount.max(0.0)) * scale).clamp(0.0, WIDTH);
        let width = (rung.amount.abs() * scale).clamp(1.0, WIDTH);
        let class = rung.kind();
        vec![
            format!("{:.2}", rung.hour),
            escape(&rung.who),
            number(rung.amount, 0.01),
            number(rung.left, 0.01),
            format!(
                "<span class=\"bar {class}\" style=\"margin-left:{begins:.0}px;width:{width:.0}px\"></span>"
            ),
        ]
    };
    let rows: Vec<Vec<String>> = fall.rungs.iter().map(row).collect();
    let head = ["hour", "borne by", "USD", "left", "of the whole loss"];
    let name = escape(&fall.account);
    let end = if fall.left() > 0.0 {
        format!("{} USD are still owed.", number(fall.left(), 0.01))
    } else {
        "Nothing is owed any more.".to_owned()
    };
    let low = story.parties.iter().filter(|p| p.name == fall.account);
    let low = low.flat_map(|p| &p.readings).filter_map(|r| r.health);
    let low = shown(low.reduce(f64::min));
    format!(
        "<p>ETH leaps between two reports and {name} loses {} USD, more than she has: health {low}. Insurance pays what its \
         hourly cap lets it, the other sides of her legs give up a part of their gain, and what is left is a debt without legs \
         that insurance pays in later hours. {end}</p>{}",
        number(fall.lost, 0.01),
        table(&head, &rows).replace("<td><span", "<td class=\"text\"><span")
    )
}

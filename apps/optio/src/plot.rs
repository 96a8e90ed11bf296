//! Charts as inline SVG: lines, dots and bars with readable axes.

use std::fmt::Write as _;

/// Colours that stay apart in print and for colour-blind eyes.
pub const COLOURS: [&str; 8] = [
    "#3366cc", "#d9622b", "#2b8a5a", "#8a4fbf", "#b08900", "#c2395b", "#1b9aaa", "#5b6472",
];

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Joined by lines.
    Line,
    /// Joined by dashed lines.
    Dashed,
    /// Small circles.
    Dots,
}

/// A named series of points.
#[derive(Debug, Clone)]
pub struct Series {
    /// Shown in the legend; empty: not shown.
    pub name: String,
    /// Points in data units.
    pub points: Vec<(f64, f64)>,
    /// How it is drawn.
    pub style: Style,
    /// Index into [`COLOURS`].
    pub colour: usize,
}

/// One chart.
#[derive(Debug, Clone)]
pub struct Plot {
    /// Title above the chart.
    pub title: String,
    /// Name and unit of the horizontal axis.
    pub x_label: String,
    /// Name and unit of the vertical axis.
    pub y_label: String,
    /// What is drawn.
    pub series: Vec<Series>,
    /// Horizontal reference lines with a label.
    pub levels: Vec<(f64, String)>,
    /// Vertical reference lines with a label.
    pub moments: Vec<(f64, String)>,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 48.0;
/// Height of a row of names below the chart.
const ROW: f64 = 16.0;

/// Writes text so that it is only text in SVG and HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A step of 1, 2 or 5 times a power of ten that cuts `span` into about `parts`.
fn nice_step(span: f64, parts: f64) -> f64 {
    let raw = span / parts;
    let power = 10f64.powf(raw.log10().floor());
    let lead = raw / power;
    let nice = if lead < 1.5 {
        1.0
    } else if lead < 3.5 {
        2.0
    } else if lead < 7.5 {
        5.0
    } else {
        10.0
    };
    nice * power
}

/// The round values of a range that cut it into about `parts`, and how they are written.
fn ticks((low, high): (f64, f64), parts: f64) -> impl Iterator<Item = (f64, String)> {
    let step = nice_step(high - low, parts);
    let first = (low / step).ceil() * step;
    std::iter::successors(Some(first), move |value| Some(value + step))
        .take_while(move |value| *value <= high + 1e-9 * step)
        .map(move |value| (value, number(value, step)))
}

/// A number with thousands separated and no more decimals than its step needs.
pub fn number(value: f64, step: f64) -> String {
    let decimals = if step >= 1.0 {
        0
    } else {
        (-step.log10()).ceil().clamp(0.0, 8.0) as usize
    };
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text
        .split_once('.')
        .map_or((text.as_str(), ""), |(w, r)| (w, r));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let zero = text.chars().all(|c| c == '0' || c == '.');
    let sign = if value < 0.0 && !zero { "\u{2212}" } else { "" };
    if rest.is_empty() {
        format!("{sign}{grouped}")
    } else {
        format!("{sign}{grouped}.{rest}")
    }
}

struct Frame {
    x: (f64, f64),
    y: (f64, f64),
}

impl Frame {
    fn px(&self, x: f64) -> f64 {
        LEFT + (x - self.x.0) / (self.x.1 - self.x.0) * (WIDTH - LEFT - RIGHT)
    }

    fn py(&self, y: f64) -> f64 {
        HEIGHT - BOTTOM - (y - self.y.0) / (self.y.1 - self.y.0) * (HEIGHT - TOP - BOTTOM)
    }
}

fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.filter(|v| v.is_finite()) {
        low = low.min(value);
        high = high.max(value);
    }
    if low > high {
        return (0.0, 1.0);
    }
    if high - low < 1e-12 * high.abs().max(1e-6) {
        let pad = 0.5 * high.abs().max(1e-6);
        return (low - pad, high + pad);
    }
    (low, high)
}

impl Plot {
    /// An empty chart.
    pub fn new(title: &str, x_label: &str, y_label: &str) -> Self {
        Self {
            title: title.to_owned(),
            x_label: x_label.to_owned(),
            y_label: y_label.to_owned(),
            series: Vec::new(),
            levels: Vec::new(),
            moments: Vec::new(),
        }
    }

    /// Adds a series.
    pub fn add(&mut self, name: &str, style: Style, colour: usize, points: Vec<(f64, f64)>) {
        self.series.push(Series {
            name: name.to_owned(),
            points,
            style,
            colour,
        });
    }

    fn frame(&self) -> Frame {
        let points = || self.series.iter().flat_map(|s| s.points.iter());
        let x = range(
            points()
                .map(|p| p.0)
                .chain(self.moments.iter().map(|m| m.0)),
        );
        let y = range(points().map(|p| p.1).chain(self.levels.iter().map(|l| l.0)));
        let pad = 0.06 * (y.1 - y.0);
        Frame {
            x,
            y: (y.0 - pad, y.1 + pad),
        }
    }

    /// The chart as an SVG element, complete in itself.
    pub fn svg(&self) -> String {
        let (frame, rows) = (self.frame(), self.legend());
        let below = if rows.len() > 1 {
            ROW * rows.len() as f64
        } else {
            0.0
        };
        let height = HEIGHT + below;
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
             aria-label=\"{}\" font-family=\"system-ui, sans-serif\" font-size=\"11\">\n\
             <text x=\"{LEFT}\" y=\"18\" font-size=\"14\" font-weight=\"600\" fill=\"#1d2733\">{}</text>\n",
            escape(&self.title),
            escape(&self.title),
        );
        self.axes(&frame, &mut out);
        self.references(&frame, &mut out);
        for series in &self.series {
            draw(series, &frame, &mut out);
        }
        names(&rows, &mut out);
        out.push_str("</svg>\n");
        out
    }

    fn axes(&self, frame: &Frame, out: &mut String) {
        let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
        for (x, label) in ticks(frame.x, 7.0) {
            let at = frame.px(x);
            let _ = writeln!(
                out,
                "<line x1=\"{at:.1}\" y1=\"{TOP}\" x2=\"{at:.1}\" y2=\"{bottom}\" stroke=\"#e6eaf0\"/>\
                 <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#4a5563\">{label}</text>",
                bottom + 15.0,
            );
        }
        for (y, label) in ticks(frame.y, 6.0) {
            let at = frame.py(y);
            let _ = writeln!(
                out,
                "<line x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{right}\" y2=\"{at:.1}\" stroke=\"#e6eaf0\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#4a5563\">{label}</text>",
                LEFT - 6.0,
                at + 4.0,
            );
        }
        let (middle, centre) = ((LEFT + right) / 2.0, (TOP + bottom) / 2.0);
        let _ = writeln!(
            out,
            "<rect x=\"{LEFT}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"none\" stroke=\"#b9c2ce\"/>\
             <text x=\"{middle}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#1d2733\">{}</text>\
             <text x=\"14\" y=\"{centre}\" text-anchor=\"middle\" fill=\"#1d2733\" \
             transform=\"rotate(-90 14 {centre})\">{}</text>",
            right - LEFT,
            bottom - TOP,
            HEIGHT - 12.0,
            escape(&self.x_label),
            escape(&self.y_label),
        );
    }

    fn references(&self, frame: &Frame, out: &mut String) {
        let right = WIDTH - RIGHT;
        for (y, label) in &self.levels {
            let at = frame.py(*y);
            let _ = writeln!(
                out,
                "<line x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{right}\" y2=\"{at:.1}\" stroke=\"#7b8794\" \
                 stroke-dasharray=\"2 3\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" \
                 fill=\"#4a5563\">{}</text>",
                right - 4.0,
                at - 4.0,
                escape(label),
            );
        }
        for (at, (x, label)) in self.moments.iter().enumerate() {
            let px = frame.px(*x);
            let (anchor, shift) = if px > WIDTH - 140.0 {
                ("end", -4.0)
            } else {
                ("start", 4.0)
            };
            let _ = writeln!(
                out,
                "<line x1=\"{px:.1}\" y1=\"{TOP}\" x2=\"{px:.1}\" y2=\"{:.1}\" stroke=\"#7b8794\" \
                 stroke-dasharray=\"4 3\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" \
                 fill=\"#4a5563\">{}</text>",
                HEIGHT - BOTTOM,
                px + shift,
                TOP + 13.0 + 13.0 * (at % 3) as f64,
                escape(label),
            );
        }
    }

    /// The names in rows that fit the chart's width.
    fn legend(&self) -> Vec<Vec<&Series>> {
        let mut rows: Vec<Vec<&Series>> = Vec::new();
        let mut left = 0.0;
        for series in self.series.iter().filter(|s| !s.name.is_empty()) {
            left -= series.width();
            match rows.last_mut() {
                Some(row) if left >= 0.0 => row.push(series),
                _ => {
                    rows.push(vec![series]);
                    left = WIDTH - LEFT - RIGHT - series.width();
                }
            }
        }
        rows
    }
}

impl Series {
    /// What its name takes in a legend.
    fn width(&self) -> f64 {
        30.0 + 6.2 * self.name.chars().count() as f64
    }

    /// Its line or dot and its name, at a place in a legend.
    fn name_at(&self, (x, y): (f64, f64), out: &mut String) {
        let colour = COLOURS[self.colour % COLOURS.len()];
        let line = y - 4.0;
        let _ = if self.style == Style::Dots {
            writeln!(
                out,
                "<circle cx=\"{:.1}\" cy=\"{line:.1}\" r=\"3\" fill=\"{colour}\"/>",
                x + 9.0
            )
        } else {
            let dash = if self.style == Style::Dashed {
                "5 3"
            } else {
                "none"
            };
            writeln!(
                out,
                "<line x1=\"{x:.1}\" y1=\"{line:.1}\" x2=\"{:.1}\" y2=\"{line:.1}\" stroke=\"{colour}\" \
                 stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>",
                x + 18.0
            )
        };
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{y:.1}\" fill=\"#1d2733\">{}</text>",
            x + 22.0,
            escape(&self.name)
        );
    }
}

/// One row beside the title, more of them below the chart.
fn names(rows: &[Vec<&Series>], out: &mut String) {
    for (at, row) in rows.iter().enumerate() {
        let wide: f64 = row.iter().map(|series| series.width()).sum();
        let (mut x, y) = if rows.len() == 1 {
            (WIDTH - RIGHT - wide, 35.0)
        } else {
            (LEFT, HEIGHT + ROW * (at as f64 + 0.5))
        };
        for series in row {
            series.name_at((x, y), out);
            x += series.width();
        }
    }
}

fn draw(series: &Series, frame: &Frame, out: &mut String) {
    let colour = COLOURS[series.colour % COLOURS.len()];
    let sound = series
        .points
        .iter()
        .filter(|p| p.0.is_finite() && p.1.is_finite());
    if series.style == Style::Dots {
        for (x, y) in sound {
            let _ = writeln!(
                out,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"2.2\" fill=\"{colour}\" fill-opacity=\"0.75\"/>",
                frame.px(*x),
                frame.py(*y)
            );
        }
        return;
    }
    let path: Vec<String> = sound
        .map(|(x, y)| format!("{:.1},{:.1}", frame.px(*x), frame.py(*y)))
        .collect();
    let dash = if series.style == Style::Dashed {
        " stroke-dasharray=\"5 3\""
    } else {
        ""
    };
    let _ = writeln!(
        out,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.8\"{dash}/>",
        path.join(" ")
    );
}

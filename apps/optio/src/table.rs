//! Readable tables: columns padded, numbers to the right.

/// A table of text cells.
#[derive(Debug, Clone, Default)]
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column names.
    pub fn new(head: &[&str]) -> Self {
        Self {
            head: head.iter().map(ToString::to_string).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// For the terminal.
    pub fn plain(&self) -> String {
        let width = |at: usize| {
            let cells = self
                .rows
                .iter()
                .chain([&self.head])
                .filter_map(|r| r.get(at));
            cells.map(|c| c.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.head.len()).map(width).collect();
        let line = |row: &Vec<String>| {
            let pad = |(at, cell): (usize, &String)| {
                let space = " ".repeat(widths[at].saturating_sub(cell.chars().count()));
                if at == 0 {
                    format!("{cell}{space}")
                } else {
                    format!("{space}{cell}")
                }
            };
            row.iter()
                .enumerate()
                .map(pad)
                .collect::<Vec<_>>()
                .join("  ")
                .trim_end()
                .to_owned()
        };
        let rule: usize = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
        let mut out = vec![line(&self.head), "-".repeat(rule)];
        out.extend(self.rows.iter().map(line));
        out.join("\n")
    }

    /// For a Markdown page.
    pub fn markdown(&self) -> String {
        let line = |row: &Vec<String>| format!("| {} |", row.join(" | "));
        let rule = format!("|{}", "---|".repeat(self.head.len()));
        let mut out = vec![line(&self.head), rule];
        out.extend(self.rows.iter().map(line));
        out.join("\n")
    }
}

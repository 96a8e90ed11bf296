//! Lists that come in pages. The suites of other contracts use it too.

use std::fmt::Debug;

/// Whatever a caller asks for, one page after the other shows all of a list, in its order and each record once, then none; a
/// page holds 30 unless he says how many, and from one to `most` if he does. `ask` answers with a page's keys: start after,
/// limit.
#[track_caller]
pub fn check_pages<K: Clone + Debug + PartialEq>(
    most: u32,
    all: &[K],
    ask: impl Fn(Option<K>, Option<u32>) -> Vec<K>,
) {
    let sizes = [
        (None, 30),
        (Some(0), 1),
        (Some(7), 7),
        (Some(most), most),
        (Some(most + 1), most),
        (Some(u32::MAX), most),
    ];
    for (limit, size) in sizes {
        let mut rest = all;
        let mut last = None;
        while !rest.is_empty() {
            let (next, later) = rest.split_at(rest.len().min(size as usize));
            assert_eq!(ask(last, limit), next, "limit {limit:?}");
            (last, rest) = (next.last().cloned(), later);
        }
        assert_eq!(ask(last, limit), [], "limit {limit:?}: it ends");
    }
}

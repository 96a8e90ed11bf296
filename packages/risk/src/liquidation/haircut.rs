//! The haircut: a loss that nobody else pays, shared over what accounts have gained in its market.

use fixed_math::int::umul_div_ceil;

/// A round while it runs, base units of the market's settlement coin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// The loss it shares; falls while it runs only when somebody else pays.
    pub due: u128,
    /// Sum of the gains that were counted.
    pub gains: u128,
    /// Sum of what is withheld of them.
    pub withheld: u128,
}

/// What an account has gained and is not withheld.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gains {
    /// In cash.
    pub at_hand: u128,
    /// Of that, what it could withdraw.
    pub free: u128,
}

/// One account in a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Its gains.
    pub gains: u128,
    /// What is withheld of them: no more than all that was lost.
    pub withheld: u128,
}

/// A round that has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// What it raised.
    pub raised: u128,
    /// Sum of the gains that raised it.
    pub gains: u128,
    /// Sum of the gains of those who have not been given back their rest.
    pub waiting: u128,
    /// What is still to be given back.
    pub left: u128,
}

impl Round {
    /// Counts an account, while `lost` is what this round shares and what waits for the next one; returns what is withheld now:
    /// never more than it could withdraw. Where all that is lost is withheld any share is covered, and all its gains count,
    /// else those that it could withdraw. Counting again adds nothing but what was gained or came free, or was lost by the
    /// market, since. `None`: beyond the type.
    #[must_use]
    pub fn count(&mut self, part: &mut Part, found: Gains, lost: u128) -> Option<u128> {
        let reach = part.withheld.checked_add(found.free)?;
        let withheld = reach.min(lost).max(part.withheld);
        let counted = if withheld >= lost {
            found.at_hand
        } else {
            found.free
        };
        let gains = part.withheld.checked_add(counted)?.max(part.gains);
        let more = withheld.checked_sub(part.withheld)?;
        let new = gains.checked_sub(part.gains)?;
        self.gains = self.gains.checked_add(new)?;
        self.withheld = self.withheld.checked_add(more)?;
        *part = Part { gains, withheld };
        Some(more)
    }

    /// Ends the round: the loss, or all gains if they are less.
    #[must_use]
    pub fn end(&self) -> Ended {
        let raised = self.due.min(self.gains);
        Ended {
            raised,
            gains: self.gains,
            waiting: self.gains,
            left: self.withheld.saturating_sub(raised),
        }
    }
}

impl Ended {
    /// What an account loses: the same share of its gains as all others, rounded up; the units that this leaves go to the
    /// fees. Never more than was withheld.
    #[must_use]
    pub fn cut_ceil(&self, part: &Part) -> u128 {
        umul_div_ceil(self.raised, part.gains, self.gains).unwrap_or(0)
    }

    /// Takes an account out; returns what it gets back, and, from the last one, the units that rounding left.
    #[must_use]
    pub fn give_back(&mut self, part: &Part) -> Option<(u128, u128)> {
        let back = part.withheld.checked_sub(self.cut_ceil(part))?;
        self.waiting = self.waiting.checked_sub(part.gains)?;
        self.left = self.left.checked_sub(back)?;
        let rest = if self.waiting == 0 { self.left } else { 0 };
        self.left = self.left.checked_sub(rest)?;
        Some((back, rest))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all_free(gains: u128) -> Gains {
        Gains {
            at_hand: gains,
            free: gains,
        }
    }

    fn counted(due: u128, gains: &[u128]) -> (Round, Vec<Part>) {
        let mut round = Round {
            due,
            ..Round::default()
        };
        let mut parts = vec![Part::default(); gains.len()];
        for (part, gains) in parts.iter_mut().zip(gains) {
            let _ = round.count(part, all_free(*gains), due).unwrap();
        }
        (round, parts)
    }

    #[test]
    fn spec_example_three_winners_share_a_loss() {
        let (round, parts) = counted(1_000, &[6_000, 1_500, 501]);
        let withheld: Vec<u128> = parts.iter().map(|part| part.withheld).collect();
        assert_eq!(withheld, [1_000, 1_000, 501]);
        let mut ended = round.end();
        assert_eq!((ended.raised, ended.left), (1_000, 1_501));
        let back: Vec<_> = parts
            .iter()
            .map(|part| ended.give_back(part).unwrap())
            .collect();
        // 749.9, 187.5 and 62.6 are paid as 750, 188 and 63.
        assert_eq!(back, [(250, 0), (812, 0), (438, 1)]);
        assert_eq!((ended.waiting, ended.left), (0, 0));
    }

    #[test]
    fn spec_example_gains_that_do_not_suffice_go_whole() {
        let (round, parts) = counted(1_000, &[300, 0, 200]);
        let mut ended = round.end();
        assert_eq!((ended.raised, round.due - ended.raised), (500, 500));
        for part in &parts {
            assert_eq!(ended.give_back(part), Some((0, 0)));
        }
    }

    #[test]
    fn what_is_lost_meanwhile_is_withheld_for_the_next_round() {
        let (mut round, mut parts) = counted(1_000, &[3_000, 1_000]);
        assert_eq!(
            round.count(&mut parts[0], all_free(2_000), 1_500),
            Some(500)
        );
        assert_eq!(round.count(&mut parts[1], Gains::default(), 1_500), Some(0));
        let mut ended = round.end();
        assert_eq!(ended.give_back(&parts[0]), Some((750, 0)));
        assert_eq!(ended.give_back(&parts[1]), Some((750, 0)));
    }

    #[test]
    fn tied_up_gains_count_once_any_share_is_covered_and_are_never_withheld() {
        let (mut round, mut parts) = counted(1_000, &[0, 3_000]);
        let tied = |free| Gains {
            at_hand: 9_000,
            free,
        };
        assert_eq!(round.count(&mut parts[0], tied(400), 1_000), Some(400));
        assert_eq!(parts[0].gains, 400);
        let rest = Gains {
            at_hand: 8_600,
            free: 600,
        };
        assert_eq!(round.count(&mut parts[0], rest, 1_000), Some(600));
        assert_eq!((parts[0].gains, round.gains), (9_000, 12_000));
        // More is lost: what it could withdraw by then is withheld, and no more.
        assert_eq!(
            round.count(
                &mut parts[0],
                Gains {
                    at_hand: 50,
                    free: 50
                },
                5_000
            ),
            Some(50)
        );
        let mut ended = round.end();
        assert_eq!(ended.give_back(&parts[0]), Some((1_050 - 750, 0)));
        assert_eq!(ended.give_back(&parts[1]), Some((1_000 - 250, 0)));
    }

    #[test]
    fn insurance_that_pays_meanwhile_lowers_every_cut() {
        let (mut round, mut parts) = counted(1_000, &[3_000, 1_000]);
        round.due = 400;
        // Counted again after the loss has shrunk: nothing moves.
        assert_eq!(round.count(&mut parts[0], all_free(2_000), 400), Some(0));
        let mut ended = round.end();
        assert_eq!(ended.give_back(&parts[0]), Some((700, 0)));
        assert_eq!(ended.give_back(&parts[1]), Some((900, 0)));
    }

    proptest! {
        /// Whatever the order and however often somebody is named: the same part for each, never more than his gains or the
        /// loss, what is raised is the loss (or all gains), and not a unit is lost.
        #[test]
        fn everybody_pays_the_same_share_in_any_order(
            due in 1_u128..1 << 80,
            gains in prop::collection::vec(0_u128..1 << 78, 1..12),
            order in prop::collection::vec(0_usize..12, 0..24),
        ) {
            let (round, parts) = counted(due, &gains);
            let mut again = Round { due, ..Round::default() };
            let mut other = vec![Part::default(); gains.len()];
            for who in order.into_iter().chain((0..gains.len()).rev()) {
                let who = who % gains.len();
                let free = gains[who] - other[who].withheld;
                let _ = again.count(&mut other[who], all_free(free), due).unwrap();
            }
            prop_assert_eq!(round, again);
            prop_assert_eq!(&parts, &other);

            let ended = round.end();
            prop_assert_eq!(ended.raised, due.min(gains.iter().sum()));
            let (mut forth, mut back) = (ended, ended);
            let (mut given, mut rests) = (0, 0);
            for (part, gains) in parts.iter().zip(&gains) {
                let cut = ended.cut_ceil(part);
                prop_assert!(cut <= *gains && cut <= due && part.withheld <= due);
                // Each pays what is exact, rounded up, of what is raised.
                let exact = long_division_ceil(ended.raised, *gains, ended.gains);
                prop_assert_eq!(cut, exact);
                let (amount, rest) = forth.give_back(part).unwrap();
                prop_assert_eq!(amount, part.withheld - cut);
                given += amount;
                rests += rest;
            }
            for part in parts.iter().rev() {
                let _ = back.give_back(part).unwrap();
            }
            prop_assert_eq!(forth, back);
            prop_assert_eq!((forth.waiting, forth.left), (0, 0));
            prop_assert_eq!(given + rests + ended.raised, round.withheld);
            prop_assert!(rests < gains.len() as u128);
        }
    }

    proptest! {
        /// Gains that come, go and are tied up, a loss that grows and is paid: no count takes what cannot be withdrawn, and
        /// no cut is larger than what is withheld.
        #[test]
        fn no_count_and_no_cut_takes_what_is_not_there(
            due in 1_u128..1 << 60,
            steps in prop::collection::vec((0_u8..4, 0_usize..4, 0_u128..1 << 60, 0_u128..1 << 60), 1..40),
        ) {
            let mut round = Round { due, ..Round::default() };
            let (mut parts, mut later) = ([Part::default(); 4], 0);
            for (what, who, at_hand, other) in steps {
                match what {
                    0 => later += other,
                    1 => round.due -= other.min(round.due - 1),
                    _ => {
                        let free = at_hand.min(other);
                        let found = Gains { at_hand, free };
                        let more = round.count(&mut parts[who], found, round.due + later);
                        prop_assert!(more.unwrap() <= free);
                    }
                }
            }
            let mut ended = round.end();
            for part in &parts {
                prop_assert!(ended.cut_ceil(part) <= part.withheld);
                prop_assert!(ended.give_back(part).is_some());
            }
            prop_assert_eq!((ended.waiting, ended.left), (0, 0));
        }
    }

    /// `ceil(a b / c)` by long division, bit by bit; `a <= c`.
    fn long_division_ceil(a: u128, b: u128, c: u128) -> u128 {
        let (mut whole, mut rest) = (0_u128, 0_u128);
        for bit in (0..128).rev() {
            // whole and rest of a (b >> bit) / c, from those of the next higher bit.
            (whole, rest) = (whole * 2, rest * 2);
            if b >> bit & 1 == 1 {
                rest += a;
            }
            whole += rest.checked_div(c).unwrap_or(0);
            rest = rest.checked_rem(c).unwrap_or(rest);
        }
        whole + u128::from(rest > 0)
    }
}

//! Reports, windows and fixings of a life.

use cosmwasm_std::{Decimal, Uint128};
use protocol_api::oracle::FeedKind;
use protocol_api::oracle::report::{Domain, Report, SourcePrice};
use protocol_std::expiry::seconds;
use sandbox::keys::Signer;
use sandbox::report::{SurfaceExpiry, build, sign, stored};
use sandbox::setup::{self, BTC, THRESHOLD};

use crate::life::Life;
use crate::model::oracle::{BUCKET, BUCKETS, Oracle, Said, Told};
use crate::model::series::{EXPIRIES, expires};
use crate::steps::{ReportDraft, SourceDraft};

/// Beyond the feed's bounds, dollars.
const WILD: u64 = 6_000_000;
/// Seconds of a block.
const BLOCK: u64 = 3;

fn plain(basis_points: i16) -> ReportDraft {
    let said = SourceDraft {
        beside: 0,
        age: 0,
        wild: false,
    };
    ReportDraft {
        basis_points,
        beside: 0,
        sources: [Some(said); 5],
        signers: THRESHOLD.into(),
    }
}

impl Life {
    /// A report by everybody, at 90,000 dollars.
    pub fn report_plainly(&mut self) {
        self.send_report(&plain(0));
    }

    pub fn publish(&mut self, draft: &ReportDraft) {
        self.world.chain.advance(BLOCK);
        self.send_report(draft);
    }

    fn send_report(&mut self, draft: &ReportDraft) {
        self.spot = 90_000_u64.saturating_add_signed(9 * i64::from(draft.basis_points));
        let time = self.now().saturating_add_signed(draft.beside.into());
        let report = self.report(time, &draft.sources);
        let said = |said: &SourceDraft| Said {
            dollars: self.dollars(said),
            age: said.age,
        };
        let told = Told {
            time,
            said: draft.sources.iter().flatten().map(said).collect(),
            signed: draft.signers >= usize::from(THRESHOLD),
        };
        self.carry_report(&report, &told, draft.signers);
    }

    fn dollars(&self, said: &SourceDraft) -> u64 {
        if said.wild {
            WILD
        } else {
            self.spot.saturating_add_signed(said.beside.into())
        }
    }

    fn report(&self, time: u64, sources: &[Option<SourceDraft>; 5]) -> Report {
        let spot = self.spot as f64;
        let after = self.now().max(time);
        let slice = |expiry: &u32| {
            let left = u64::from(*expiry) * 60 - after;
            let vol = 0.5 * (left as f64 / 31_536_000.0).sqrt();
            SurfaceExpiry::flat(*expiry, spot, vol.max(1e-3))
        };
        let live = EXPIRIES
            .iter()
            .filter(|expiry| u64::from(**expiry) * 60 > after);
        let surface: Vec<SurfaceExpiry> = live.map(slice).collect();
        let mut report = build(BTC, time, spot, &surface).expect("longer is dearer");
        let price = |(source, said): (u8, &Option<SourceDraft>)| {
            let said = said.as_ref()?;
            Some(SourcePrice {
                source,
                price: stored(self.dollars(said) as f64),
                confidence: 0,
                age: said.age,
            })
        };
        report.sources = (0..).zip(sources).filter_map(price).collect();
        report
    }

    /// The newest report once more, signed as it was.
    pub fn carry(&mut self) {
        if let Some((report, told, signers)) = self.newest.clone() {
            self.carry_report(&report, &told, signers);
        }
    }

    fn carry_report(&mut self, report: &Report, told: &Told, signers: usize) {
        let expect = self.model.oracle.expect_report(told, self.now());
        let chain_id = self.world.chain.chain_id();
        let oracle = self.world.oracle.clone();
        let domain = Domain {
            chain_id: &chain_id,
            contract: oracle.as_str(),
            feed: BTC,
            kind: FeedKind::Market,
        };
        let keys = setup::publishers();
        let signed: Vec<(u8, &Signer)> = (0..).zip(&keys).take(signers).collect();
        let msg = sign(report, &domain, &signed);
        let keeper = self.world.keeper.clone();
        let sent = self.send(&expect, |world| {
            world.chain.execute(&keeper, &oracle, &msg, &[])
        });
        let Some(outcome) = sent else { return };
        self.model.oracle.take(told);
        if let Some(mid) = outcome.attribute("mid") {
            let atomics = (self.model.oracle.index() as u128 * 10_u128.pow(18)) >> 32;
            let expected = Decimal::new(Uint128::new(atomics));
            assert_eq!(mid, expected.to_string(), "the middle of the band");
        }
        self.newest = Some((report.clone(), told.clone(), signers));
        self.check(false);
    }

    /// Goes to the next window and through it, with a report in some of its buckets, and asks for the price after it.
    pub fn window(&mut self, filled: u8, (level, moves): (i16, &[i16; 6]), after: bool) {
        let Some(date) = Oracle::next_window(self.now()) else {
            return;
        };
        let end = expires(date);
        for (bucket, basis_points) in (0..BUCKETS).zip(moves) {
            self.world
                .chain
                .set_time(end - (BUCKETS - bucket) * BUCKET + 5);
            if filled >> bucket & 1 == 1 {
                self.send_report(&plain(level + basis_points));
            }
        }
        self.world.chain.set_time(end + 10);
        if after {
            self.report_plainly();
        }
        self.fix(date);
    }

    pub fn fix(&mut self, date: usize) {
        let now = self.now();
        let expect = self.model.oracle.expect_fix(date, now);
        if self
            .send(&expect, |world| world.fix(BTC, seconds(EXPIRIES[date])))
            .is_some()
        {
            self.model.oracle.fix(date, now);
            let rung = self.model.oracle.rungs[&date];
            self.saw(&format!("rung {rung}"));
            self.check(false);
        }
    }
}

//! Stored bytes of accounts and ledgers: variable-length integers, small where numbers are small.
//!
//! An unsigned integer is stored seven bits a byte, low bits first, the top bit telling that more
//! follow; a signed one is folded first (0, -1, 1, -2 ... become 0, 1, 2, 3 ...). An account:
//!
//! ```text
//! cash count (+ 64 while fills must reduce, + 128 with an escrow, + 256 with gains withheld, + 512 when insurance has it),
//!                              [escrow, number of its contract], [how many markets withhold], then per coin:
//!                              coin x 4 + (2 if an index follows) + (1 if a time follows),
//!                              folded amount, [index], [unix seconds]
//! sum count, then per market:  market, folded sum
//! leg count, then per leg:     strike x 16 + (8 if market and expiry follow) + kind,
//!                              [market, 4 bytes expiry (unix minutes)], folded quantity
//! ```
//!
//! A leg takes at most 4 + 2 + 4 + 6 = 16 bytes (strike counts below 2^24, markets below 2^14,
//! quantities below 2^40), and usually 4 to 6: neighbours share market and expiry.

use std::io::{Error, ErrorKind, Read, Result, Write};

use borsh::{BorshDeserialize, BorshSerialize};
use protocol_std::binary::Record;
use risk::{Kind, Leg, SeriesKey};

use crate::core::account::{Account, Cash};
use crate::core::ledger::Ledger;

fn invalid() -> Error {
    Error::new(ErrorKind::InvalidData, "malformed record")
}

/// Writes an unsigned integer, seven bits a byte.
pub(super) fn write_uint<W: Write>(mut value: u128, writer: &mut W) -> Result<()> {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or(0);
        value >>= 7;
        if value == 0 {
            return writer.write_all(&[low]);
        }
        writer.write_all(&[low | 0x80])?;
    }
}

/// Reads an unsigned integer; refuses more than 128 bits.
pub(super) fn read_uint<R: Read>(reader: &mut R) -> Result<u128> {
    let mut value = 0_u128;
    let mut shift = 0_u32;
    loop {
        let byte = u8::deserialize_reader(reader)?;
        let part = u128::from(byte & 0x7f);
        let placed = part
            .checked_shl(shift)
            .filter(|placed| placed >> shift == part);
        value |= placed.ok_or_else(invalid)?;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
        shift = shift.saturating_add(7);
    }
}

/// Writes a signed integer, folded.
pub(super) fn write_int<W: Write>(value: i128, writer: &mut W) -> Result<()> {
    // The sign bit goes below the others; where it is set, they are inverted.
    write_uint(((value << 1) ^ (value >> 127)).cast_unsigned(), writer)
}

/// Reads a signed integer.
pub(super) fn read_int<R: Read>(reader: &mut R) -> Result<i128> {
    let folded = read_uint(reader)?;
    let half = i128::try_from(folded >> 1).map_err(|_| invalid())?;
    Ok(if folded & 1 == 0 { half } else { !half })
}

pub(super) fn read_small<T: TryFrom<u128>, R: Read>(reader: &mut R) -> Result<T> {
    T::try_from(read_uint(reader)?).map_err(|_| invalid())
}

pub(super) fn write_count<W: Write>(count: usize, writer: &mut W) -> Result<()> {
    write_uint(u128::try_from(count).map_err(|_| invalid())?, writer)
}

fn write_cash<W: Write>(cash: &Cash, writer: &mut W) -> Result<()> {
    let flags = (u128::from(cash.index != 0) << 1) | u128::from(cash.since != 0);
    write_uint((u128::from(cash.coin) << 2) | flags, writer)?;
    write_int(cash.amount, writer)?;
    if cash.index != 0 {
        write_uint(cash.index, writer)?;
    }
    if cash.since != 0 {
        write_uint(cash.since.into(), writer)?;
    }
    Ok(())
}

fn read_cash<R: Read>(reader: &mut R) -> Result<Cash> {
    let head = read_uint(reader)?;
    let coin = u16::try_from(head >> 2).map_err(|_| invalid())?;
    let amount = read_int(reader)?;
    let index = if head & 2 == 0 { 0 } else { read_uint(reader)? };
    let since = if head & 1 == 0 {
        0
    } else {
        read_small(reader)?
    };
    Ok(Cash {
        coin,
        amount,
        index,
        since,
    })
}

fn write_leg<W: Write>(leg: &Leg, group: Option<(u16, u32)>, writer: &mut W) -> Result<()> {
    let fresh = group != Some((leg.key.market, leg.key.expiry));
    let head = (u128::from(leg.key.strike) << 4)
        | (u128::from(fresh) << 3)
        | u128::from(leg.key.kind.code());
    write_uint(head, writer)?;
    if fresh {
        write_uint(leg.key.market.into(), writer)?;
        writer.write_all(&leg.key.expiry.to_be_bytes())?;
    }
    write_int(leg.quantity.into(), writer)
}

fn read_leg<R: Read>(group: Option<(u16, u32)>, reader: &mut R) -> Result<Leg> {
    let head = read_uint(reader)?;
    let code = u8::try_from(head & 7).map_err(|_| invalid())?;
    let kind = Kind::from_code(code).map_err(|_| invalid())?;
    let strike = u32::try_from(head >> 4).map_err(|_| invalid())?;
    let (market, expiry) = if head & 8 == 0 {
        group.ok_or_else(invalid)?
    } else {
        let market = read_small(reader)?;
        (
            market,
            u32::from_be_bytes(<[u8; 4]>::deserialize_reader(reader)?),
        )
    };
    let quantity = i64::try_from(read_int(reader)?).map_err(|_| invalid())?;
    Ok(Leg {
        key: SeriesKey {
            market,
            expiry,
            strike,
            kind,
        },
        quantity,
    })
}

// An account's head is the count of its coins, at most 32, and one of these for each that holds.
/// Its fills must reduce.
const RESTRICTED: usize = 64;
/// It has an escrow.
const ESCROW: usize = 128;
/// It has gains withheld.
const WITHHELD: usize = 256;
/// Insurance has taken it over.
const ESTATE: usize = 512;
/// The largest head there is.
const ALL_SET: usize = 2 * ESTATE - 1;

impl Record for Account {
    const VERSION: u8 = 1;
}

impl BorshSerialize for Account {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        let flag = |set: bool, flag: usize| if set { flag } else { 0 };
        let head = self.cash.len()
            | flag(self.restricted, RESTRICTED)
            | flag(self.escrow > 0, ESCROW)
            | flag(self.withheld_in > 0, WITHHELD)
            | flag(self.estate, ESTATE);
        write_count(head, writer)?;
        if self.escrow > 0 {
            write_uint(self.escrow, writer)?;
            write_uint(self.escrow_with.into(), writer)?;
        }
        if self.withheld_in > 0 {
            write_uint(self.withheld_in.into(), writer)?;
        }
        self.cash
            .iter()
            .try_for_each(|cash| write_cash(cash, writer))?;
        write_count(self.profits.len(), writer)?;
        for (market, sum) in &self.profits {
            write_uint((*market).into(), writer)?;
            write_int(*sum, writer)?;
        }
        write_count(self.legs.len(), writer)?;
        let mut group = None;
        for leg in &self.legs {
            write_leg(leg, group, writer)?;
            group = Some((leg.key.market, leg.key.expiry));
        }
        Ok(())
    }
}

impl BorshDeserialize for Account {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        let mut account = Self::default();
        let head: usize = read_small(reader)?;
        account.restricted = head & RESTRICTED != 0;
        account.estate = head & ESTATE != 0;
        if head & ESCROW != 0 {
            account.escrow = read_uint(reader)?;
            account.escrow_with = read_small(reader)?;
        }
        if head & WITHHELD != 0 {
            account.withheld_in = read_small(reader)?;
        }
        let flags = (account.escrow > 0, account.withheld_in > 0);
        if head > ALL_SET || flags != (head & ESCROW != 0, head & WITHHELD != 0) {
            return Err(invalid());
        }
        for _ in 0..head & (RESTRICTED - 1) {
            account.cash.push(read_cash(reader)?);
        }
        for _ in 0..read_small::<u8, _>(reader)? {
            account
                .profits
                .push((read_small(reader)?, read_int(reader)?));
        }
        let mut group = None;
        for _ in 0..read_small::<u8, _>(reader)? {
            let leg = read_leg(group, reader)?;
            group = Some((leg.key.market, leg.key.expiry));
            account.legs.push(leg);
        }
        Ok(account)
    }
}

impl Record for Ledger {
    const VERSION: u8 = 1;
}

impl BorshSerialize for Ledger {
    fn serialize<W: Write>(&self, writer: &mut W) -> Result<()> {
        let terms = [
            self.held,
            self.fees,
            self.reserved,
            self.insurance,
            self.withheld,
            self.lost,
            self.escrow,
            self.shortfall,
            self.uncollected,
            self.debt,
            self.debt_index,
            self.pay_index,
            self.indexed_at.into(),
        ];
        terms
            .iter()
            .try_for_each(|term| write_uint(*term, writer))?;
        write_int(self.interest, writer)?;
        write_int(self.unsettled, writer)
    }
}

impl BorshDeserialize for Ledger {
    fn deserialize_reader<R: Read>(reader: &mut R) -> Result<Self> {
        Ok(Self {
            held: read_uint(reader)?,
            fees: read_uint(reader)?,
            reserved: read_uint(reader)?,
            insurance: read_uint(reader)?,
            withheld: read_uint(reader)?,
            lost: read_uint(reader)?,
            escrow: read_uint(reader)?,
            shortfall: read_uint(reader)?,
            uncollected: read_uint(reader)?,
            debt: read_uint(reader)?,
            debt_index: read_uint(reader)?,
            pay_index: read_uint(reader)?,
            indexed_at: read_small(reader)?,
            interest: read_int(reader)?,
            unsettled: read_int(reader)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<T: BorshSerialize>(value: &T) -> Vec<u8> {
        borsh::to_vec(value).unwrap()
    }

    #[test]
    fn integers_come_back() {
        for value in [
            0,
            1,
            -1,
            63,
            64,
            -64,
            -65,
            i128::from(i64::MAX),
            i128::MAX,
            i128::MIN + 1,
            i128::MIN,
        ] {
            let mut out = Vec::new();
            write_int(value, &mut out).unwrap();
            assert_eq!(read_int(&mut out.as_slice()).unwrap(), value, "{value}");
        }
        let written = |value: i128| {
            let mut out = Vec::new();
            write_int(value, &mut out).unwrap();
            out
        };
        let all = |last: u8| [[last].as_slice(), &[0xff; 17], &[3]].concat();
        assert_eq!([written(0), written(-1), written(1)], [[0], [1], [2]]);
        assert_eq!(written(i128::MAX), all(0xfe));
        assert_eq!(written(i128::MIN), all(0xff));
        assert!(read_uint(&mut [0xff_u8; 19].as_slice()).is_err());
    }

    /// `docs/spec/ledger.md`, section 1, byte for byte.
    #[test]
    fn spec_example_a_stored_account() {
        let cash = |coin, amount, index| Cash {
            coin,
            amount,
            index,
            since: 0,
        };
        let leg = |strike, kind, quantity| Leg {
            key: SeriesKey {
                market: 1,
                expiry: 29_969_760,
                strike,
                kind,
            },
            quantity,
        };
        let account = Account {
            cash: vec![cash(0, 1_000, 0), cash(1, 7, 9)],
            profits: vec![(1, -250)],
            legs: vec![leg(80, Kind::Put, -3), leg(100, Kind::Call, 5)],
            escrow: 300,
            escrow_with: 1,
            ..Account::default()
        };
        let mut storage = cosmwasm_std::testing::MockStorage::new();
        crate::state::save_account(&mut storage, 6, &account).unwrap();
        let stored = cosmwasm_std::Storage::get(&storage, b"\x01a\0\0\0\0\0\0\0\x06").unwrap();
        let shown =
            "01 8201 ac02 01  00 d00f  06 0e 09  01 01 f303  02 890a 01 01c94d60 05 c00c 0a";
        let hex = cosmwasm_std::HexBinary::from(stored).to_hex();
        assert_eq!(hex, shown.replace(' ', ""));
        assert_eq!(crate::state::load_account(&storage, 6).unwrap(), account);
    }

    #[test]
    fn a_leg_takes_at_most_sixteen_bytes() {
        let account = |legs: Vec<Leg>| Account {
            legs,
            ..Account::default()
        };
        let leg = |market, expiry, strike, quantity| Leg {
            key: SeriesKey {
                market,
                expiry,
                strike,
                kind: Kind::Future,
            },
            quantity,
        };
        let empty = bytes(&Account::default()).len();
        let worst = leg((1 << 14) - 1, u32::MAX, (1 << 24) - 1, -((1 << 40) - 1));
        let one = account(vec![worst]);
        assert_eq!(bytes(&one).len() - empty, 16);
        assert_eq!(borsh::from_slice::<Account>(&bytes(&one)).unwrap(), one);
        // 32 ordinary legs over 4 expiries.
        let ordinary: Vec<Leg> = (0..32)
            .map(|n| leg(1, 30_000_000 + n / 8, 900 + n, 250))
            .collect();
        let many = account(ordinary);
        assert_eq!(bytes(&many).len() - empty, 32 * 4 + 4 * 5);
        assert_eq!(borsh::from_slice::<Account>(&bytes(&many)).unwrap(), many);
    }

    #[test]
    fn cut_or_foreign_bytes_are_refused() {
        let account = Account {
            cash: vec![Cash {
                coin: 3,
                amount: -5,
                index: 9,
                since: 77,
            }],
            profits: vec![(2, -8)],
            legs: vec![],
            restricted: true,
            escrow: 1 << 100,
            escrow_with: 1,
            withheld_in: 300,
            estate: true,
        };
        let good = bytes(&account);
        assert_eq!(borsh::from_slice::<Account>(&good).unwrap(), account);
        for cut in 0..good.len() {
            assert!(borsh::from_slice::<Account>(&good[..cut]).is_err());
        }
        // A first leg must name market and expiry; kind 7 does not exist.
        assert!(borsh::from_slice::<Account>(&[0, 0, 1, 0, 2]).is_err());
        assert!(borsh::from_slice::<Account>(&[0, 0, 1, 15, 0, 0, 0, 0, 0, 2]).is_err());
        // An escrow that is said to follow is not zero; there is no flag of 1,024.
        assert!(borsh::from_slice::<Account>(&[128, 1, 0, 1, 0, 0]).is_err());
        assert!(borsh::from_slice::<Account>(&[128, 8, 0, 0]).is_err());
    }
}

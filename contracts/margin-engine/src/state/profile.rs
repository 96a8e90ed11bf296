//! Stored margin profiles and betas.

use borsh::{BorshDeserialize, BorshSerialize};
use protocol_std::binary::Record;
use risk::{Beta, BetaEntry, Profile, Tail, VolShock};

/// A margin profile as it is stored; fields as `risk::Profile`.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ProfileRecord {
    spot_moves: Vec<i32>,
    vol_shocks: Vec<(u16, u32, u32)>,
    tails: Vec<(i32, u32)>,
    smile_moves: Vec<i32>,
    gamma_vols: Vec<u32>,
    shares: [u32; 10],
    vega_limit: u64,
}
impl Record for ProfileRecord {
    const VERSION: u8 = 1;
}

impl From<&Profile> for ProfileRecord {
    fn from(profile: &Profile) -> Self {
        Self {
            spot_moves: profile.spot_moves.clone(),
            vol_shocks: profile
                .vol_shocks
                .iter()
                .map(|v| (v.days, v.up, v.down))
                .collect(),
            tails: profile
                .tails
                .iter()
                .map(|tail| (tail.spot_move, tail.share))
                .collect(),
            smile_moves: profile.smile_moves.clone(),
            gamma_vols: profile.gamma_vols.clone(),
            shares: [
                profile.zero_share,
                profile.infinity_share,
                profile.smile_vol_share,
                profile.skew,
                profile.curvature,
                profile.forward,
                profile.forward_per_year,
                profile.theta_seconds,
                profile.alpha_initial,
                profile.alpha_maintenance,
            ],
            vega_limit: profile.vega_limit,
        }
    }
}

impl From<&ProfileRecord> for Profile {
    fn from(record: &ProfileRecord) -> Self {
        let [
            zero,
            infinity,
            smile_vol,
            skew,
            curvature,
            forward,
            forward_per_year,
            theta,
            initial,
            maintenance,
        ] = record.shares;
        let shock = |&(days, up, down): &(u16, u32, u32)| VolShock { days, up, down };
        Self {
            spot_moves: record.spot_moves.clone(),
            vol_shocks: record.vol_shocks.iter().map(shock).collect(),
            tails: record
                .tails
                .iter()
                .map(|&(spot_move, share)| Tail { spot_move, share })
                .collect(),
            zero_share: zero,
            infinity_share: infinity,
            smile_moves: record.smile_moves.clone(),
            smile_vol_share: smile_vol,
            skew,
            curvature,
            forward,
            forward_per_year,
            theta_seconds: theta,
            gamma_vols: record.gamma_vols.clone(),
            alpha_initial: initial,
            alpha_maintenance: maintenance,
            vega_limit: record.vega_limit,
        }
    }
}

/// Betas as they are stored: driver, follower, `2^-16`.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Betas(pub Vec<(u16, u16, i32)>);
impl Record for Betas {
    const VERSION: u8 = 1;
}

impl From<&Betas> for Beta {
    fn from(betas: &Betas) -> Self {
        let entry = |&(driver, follower, beta): &(u16, u16, i32)| BetaEntry {
            driver,
            follower,
            beta,
        };
        Self {
            entries: betas.0.iter().map(entry).collect(),
        }
    }
}

use std::fs;

use anyhow::{Result, ensure};
use xshell::cmd;

use super::{Depth, Size, county, county_quarter, stays, visits};
use crate::workspace::Workspace;

const SMALL: Size = Size { persons: 200, stays: 40, visits: 600, seed: 65 };

fn files(seed: u64) -> Result<[String; 2]> {
    let persons = county::persons(seed, 2000);
    let stays = stays::stays(seed, &persons, 400)?;
    let visits = visits::visits(seed, &persons, 6000)?;
    Ok([stays::csv(&persons, &stays)?, visits::csv(&persons, &visits)?])
}

#[test]
fn the_same_seed_gives_the_same_files() -> Result<()> {
    assert!(files(65)? == files(65)?);
    assert!(files(65)? != files(66)?);
    Ok(())
}

#[test]
fn every_kind_of_claim_is_there() -> Result<()> {
    let [stays, visits] = files(65)?;
    for kind in ["城乡居民", "在职", "退休", "特困", "低保", "日间手术", "甲类", "乙类", "谈判药,是", "丙类", "待核"]
    {
        ensure!(stays.contains(kind), "no stay has {kind}");
    }
    for kind in ["村级", "乡级", "县级", "市级以上", "2022-10-01", "2022-12-31"] {
        ensure!(visits.contains(kind), "no visit has {kind}");
    }
    Ok(())
}

/// The driver itself stops where a claim is lost or its payers do not add up.
#[test]
fn a_small_county_runs_through() -> Result<()> {
    let workspace = Workspace::open()?;
    cmd!(workspace.shell, "cargo build --workspace --bin fen").quiet().run()?;
    let folder = workspace.target.join("tmp/demo-test");
    let report = county_quarter(&workspace, workspace.target.join("debug/fen"), &folder, SMALL, Depth::Settlement)?;
    let amended = workspace.root.join("xtask/src/demo/条款对照.fen");
    let fen = workspace.target.join("debug/fen");
    // Measured by the command alone, as every clause needs a settlement of its own.
    cmd!(workspace.shell, "{fen} check {amended}").quiet().run()?;
    let page = fs::read_to_string(report)?;
    assert!(page.contains("合成") && page.contains("medfee_sumamt") && page.contains("医共体留用"));
    assert!(!page.contains("http") && !page.contains("<script"));
    Ok(())
}

//! The measures against OFIQ's formulas on the same frames. `evaluation/vision/quality_ofiq.py` computed the formulas
//! independently, with landmarks and at full resolution. `evaluation/vision/quality.md` describes the method and its
//! limits.
#![allow(clippy::expect_used)]

mod support;

use std::sync::LazyLock;

use akiba_vision::Measure;
use support::{Place, rank_correlation, shot};

/// A row of the table: the frame and the results of OFIQ's formulas.
struct Row {
    inter_eye: f64,
    recipe: String,
    ours: Vec<Option<f64>>,
    theirs: Vec<Option<f64>>,
    /// Their sharpness if the picture is aligned first.
    aligned: f64,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let table = include_str!("../../../evaluation/vision/quality_ofiq.csv");
    let mut lines = table.lines();
    let columns: Vec<&str> = lines.next().expect("a head").split(',').collect();
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let number = |name: &str| {
                let column = columns.iter().position(|column| *column == name)?;
                cells[column].parse::<f64>().ok()
            };
            let given = |name: &str| number(name).expect("a number");
            let place = |name: &str| given(name) as f32;
            let place = Place { inter_eye: place("interEye"), turned: place("turned"), x: place("x"), y: place("y") };
            let mut frame = shot(place).spoilt(cells[4]);
            frame.unscaled = true;
            let readings = frame.read();
            Row {
                inter_eye: given("interEye"),
                recipe: cells[4].to_owned(),
                ours: readings.iter().map(|reading| reading.map(|reading| f64::from(reading.value))).collect(),
                theirs: Measure::ALL.into_iter().map(|measure| number(measure.name())).collect(),
                aligned: given("sharpnessAligned"),
            }
        })
        .collect()
});

/// Returns our values and theirs. Shares of pixels are rounded to thousandths: most frames have almost no over-exposed
/// pixel, and it is chance which of them has two.
fn pairs<'a>(rows: impl IntoIterator<Item = &'a Row>, measure: Measure) -> (Vec<f64>, Vec<f64>) {
    let exposure = matches!(measure, Measure::UnderExposurePrevention | Measure::OverExposurePrevention);
    let round = |value: f64| if exposure { (value * 1000.0).round() / 1000.0 } else { value };
    let both = |row: &Row| row.ours[measure as usize].zip(row.theirs[measure as usize]);
    rows.into_iter().filter_map(both).map(|(ours, theirs)| (round(ours), round(theirs))).unzip()
}

fn blurred(row: &&Row) -> bool {
    row.recipe.is_empty()
        || (!row.recipe.contains(' ') && (row.recipe.contains("blur") || row.recipe.contains("motion")))
}

#[test]
fn measures_rank_frames_like_ofiq() {
    assert!(ROWS.len() >= 150);
    for (measure, least) in [
        (Measure::LuminanceMean, 0.99),
        (Measure::LuminanceVariance, 0.95),
        (Measure::UnderExposurePrevention, 0.95),
        (Measure::OverExposurePrevention, 0.95),
        (Measure::DynamicRange, 0.98),
        (Measure::NaturalColour, 0.98),
        (Measure::IlluminationUniformity, 0.88),
        (Measure::HeadSize, 0.98),
    ] {
        let (ours, theirs) = pairs(&*ROWS, measure);
        let found = rank_correlation(&ours, &theirs);
        println!("{} over {} frames: {found:.3}", measure.name(), ours.len());
        assert!(found >= least, "{measure:?}: {found}");
    }
    let (ours, theirs) = pairs(
        ROWS.iter().filter(|row| row.recipe.is_empty() || row.recipe.starts_with("jpeg")),
        Measure::CompressionArtefacts,
    );
    let found = -rank_correlation(&ours, &theirs);
    println!("compressionArtefacts to the loss of SSIM over {} compressed frames: {found:.3}", ours.len());
    assert!(found >= 0.9, "{found}");
}

/// OFIQ measures detail in pixels of the frame, so a more distant face has more of it. Ours is relative to the size of the
/// face. So they agree if the face has one size, or if OFIQ aligns the picture first. OFIQ's features also fall with
/// brightness and contrast, ours does not. Over all frames, most of which are dark or flat and not blurred, they agree
/// less; that figure is printed but not checked.
#[test]
fn sharpness_ranks_frames_like_features_of_ofiq() {
    let spearman = |rows: Vec<&Row>, aligned: bool| {
        let (ours, theirs) = pairs(rows.iter().copied(), Measure::Sharpness);
        let theirs = if aligned { rows.iter().map(|row| row.aligned).collect() } else { theirs };
        rank_correlation(&ours, &theirs)
    };
    for size in [70.0, 100.0, 130.0] {
        let found = spearman(ROWS.iter().filter(|row| row.inter_eye == size).filter(blurred).collect(), false);
        let all = spearman(ROWS.iter().filter(|row| row.inter_eye == size).collect(), false);
        println!("sharpness at {size} pixels between the eyes, blurred frames: {found:.3}, all: {all:.3}");
        assert!(found >= 0.9, "{found}");
    }
    let found = spearman(ROWS.iter().filter(blurred).collect(), true);
    let all = spearman(ROWS.iter().collect(), true);
    println!("sharpness to OFIQ's features of the aligned picture, blurred frames: {found:.3}, all: {all:.3}");
    assert!(found >= 0.9, "{found}");
}

/// For measures with the same unit: the mean difference.
#[test]
fn values_are_close_to_ofiq() {
    for (measure, most) in [
        (Measure::LuminanceMean, 0.03),
        (Measure::LuminanceVariance, 0.005),
        (Measure::UnderExposurePrevention, 0.02),
        (Measure::OverExposurePrevention, 0.02),
        (Measure::DynamicRange, 0.15),
        (Measure::IlluminationUniformity, 0.04),
        (Measure::NaturalColour, 4.0),
        (Measure::HeadSize, 0.02),
        (Measure::LeftwardCrop, 0.15),
        (Measure::RightwardCrop, 0.15),
        (Measure::MarginAbove, 0.1),
        (Measure::MarginBelow, 0.1),
    ] {
        let (ours, theirs) = pairs(&*ROWS, measure);
        let apart = ours.iter().zip(&theirs).map(|(one, other)| (one - other).abs()).sum::<f64>() / ours.len() as f64;
        println!("{:24} mean difference {apart:.4}", measure.name());
        assert!(apart <= most, "{measure:?}: {apart}");
    }
}

//! Line plots and bars as SVG, without a dependency: a page of numbers needs no more.

use std::fmt::Write;

/// Lines over a common axis, both from zero.
pub struct Plot {
    pub name: &'static str,
    pub title: &'static str,
    pub x: &'static str,
    pub y: &'static str,
    pub series: Vec<Series>,
}

pub struct Series {
    pub name: &'static str,
    pub points: Vec<(f64, f64)>,
}

const COLOURS: [&str; 4] = ["#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce"];
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;

impl Plot {
    /// # Errors
    /// Never: text takes everything.
    pub fn svg(&self) -> Result<String, std::fmt::Error> {
        let points = || self.series.iter().flat_map(|series| &series.points);
        let (right, top) = (ceiling(points().map(|point| point.0)), ceiling(points().map(|point| point.1)));
        let place = |(x, y): (f64, f64)| {
            (LEFT + x / right * (WIDTH - LEFT - 20.0), BOTTOM - y / top * (BOTTOM - 50.0))
        };
        let mut svg = head(self.title, HEIGHT)?;
        for step in 0..=4 {
            let part = f64::from(step) / 4.0;
            let (x, y) = place((right * part, top * part));
            writeln!(svg, r##"<path d="M{LEFT} {y:.1}H{:.1}" stroke="#ddd"/>"##, WIDTH - 20.0)?;
            writeln!(
                svg,
                r#"<text x="{:.1}" y="{:.1}" text-anchor="end">{}</text>"#,
                LEFT - 6.0,
                y + 4.0,
                top * part
            )?;
            writeln!(
                svg,
                r#"<text x="{x:.1}" y="{:.1}" text-anchor="middle">{}</text>"#,
                BOTTOM + 18.0,
                right * part
            )?;
        }
        writeln!(
            svg,
            r#"<text x="{:.1}" y="{:.1}" text-anchor="middle">{}</text>"#,
            WIDTH / 2.0,
            BOTTOM + 38.0,
            self.x
        )?;
        writeln!(svg, r#"<text x="{LEFT}" y="40">{}</text>"#, self.y)?;
        for (number, (series, colour)) in self.series.iter().zip(COLOURS).enumerate() {
            let places = series.points.iter().map(|&point| place(point));
            let line: Vec<String> = places.map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            writeln!(
                svg,
                r#"<polyline points="{}" fill="none" stroke="{colour}" stroke-width="2"/>"#,
                line.join(" ")
            )?;
            let y = 66.0 + 18.0 * number as f64;
            writeln!(
                svg,
                r#"<path d="M{:.1} {:.1}h20" stroke="{colour}" stroke-width="2"/>"#,
                LEFT + 16.0,
                y - 4.0
            )?;
            writeln!(svg, r#"<text x="{:.1}" y="{y:.1}">{}</text>"#, LEFT + 42.0, series.name)?;
        }
        svg.push_str("</svg>\n");
        Ok(svg)
    }
}

/// Bars of names and numbers, on a logarithmic scale from one.
///
/// # Errors
/// Never: text takes everything.
pub fn bars(title: &str, rows: &[(String, f64)]) -> Result<String, std::fmt::Error> {
    let longest = rows.iter().map(|row| row.1).fold(2.0, f64::max).ln();
    let mut svg = head(title, 50.0 + 26.0 * rows.len() as f64)?;
    for (number, (name, ratio)) in rows.iter().enumerate() {
        let y = 40.0 + 26.0 * number as f64;
        let length = (ratio.max(1.0).ln() / longest * 330.0).max(1.0);
        writeln!(svg, r#"<text x="190" y="{:.1}" text-anchor="end">{name}</text>"#, y + 14.0)?;
        writeln!(svg, r#"<rect x="200" y="{y:.1}" width="{length:.1}" height="18" fill="{}"/>"#, COLOURS[0])?;
        writeln!(svg, r#"<text x="{:.1}" y="{:.1}">{ratio:.2} ×</text>"#, 206.0 + length, y + 14.0)?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

const LEFT: f64 = 60.0;
const BOTTOM: f64 = HEIGHT - 50.0;

fn head(title: &str, height: f64) -> Result<String, std::fmt::Error> {
    let mut svg = String::new();
    writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">"#
    )?;
    writeln!(svg, r#"<rect width="100%" height="100%" fill="white"/>"#)?;
    writeln!(
        svg,
        r#"<text x="{:.1}" y="20" text-anchor="middle" font-size="14">{title}</text>"#,
        WIDTH / 2.0
    )?;
    Ok(svg)
}

/// The next number with one digit and zeros that a multiple of four divides well.
fn ceiling(numbers: impl Iterator<Item = f64>) -> f64 {
    let most = numbers.fold(1.0, f64::max);
    let unit = 10f64.powf(most.log10().floor()) * 0.4;
    (most / unit).ceil() * unit
}

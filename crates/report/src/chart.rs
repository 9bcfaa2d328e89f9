//! A line chart, drawn by plotters.

use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use std::ops::Range;

/// Lines and dots over two axes.
#[derive(Clone, Debug)]
pub struct Chart {
    title: String,
    x: Axis,
    y: Axis,
    series: Vec<Series>,
    legend: SeriesLabelPosition,
}

/// An axis: its name and whether it is logarithmic.
#[derive(Clone, Debug)]
pub struct Axis {
    name: String,
    logarithmic: bool,
}

/// Numbers further from 0 are drawn here: so sums, means and differences of the drawn values are finite. With infinite
/// ones, drawing the axes would never end.
pub(crate) const LARGEST: f64 = 1e300;

/// A named series of points.
#[derive(Clone, Debug)]
pub struct Series {
    name: String,
    mark: Mark,
    points: Vec<(f64, f64)>,
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mark {
    /// A line from point to point.
    Line,
    /// A dashed line.
    Dashes,
    /// A thin, pale line, for the background.
    Faint,
    /// Open circles.
    Dots,
    /// Bars from 0, each this wide around its x.
    Bars {
        /// In units of the x axis.
        width: f64,
    },
}

/// Why a chart was not drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChartError {
    /// There are no points that can be drawn: finite, and above 0 on a logarithmic axis.
    #[error("no points to draw")]
    Empty,
    /// plotters could not draw it.
    #[error("cannot draw: {0}")]
    Drawing(String),
}

impl Axis {
    /// A linear axis.
    pub fn linear(name: impl Into<String>) -> Self {
        Self { name: name.into(), logarithmic: false }
    }

    /// A logarithmic axis, by powers of ten; points at 0 or below are left out.
    pub fn logarithmic(name: impl Into<String>) -> Self {
        Self { name: name.into(), logarithmic: true }
    }

    /// The position of a value.
    fn place(&self, value: f64) -> f64 {
        let place = if self.logarithmic { value.log10() } else { value };
        if place.is_finite() { place.clamp(-LARGEST, LARGEST) } else { place }
    }

    fn label(&self, place: f64) -> String {
        match place.abs() {
            _ if self.logarithmic => format!("1e{place:.0}"),
            1e6.. => format!("{place:.1e}"),
            1e3.. => format!("{place:.0}"),
            _ => format!("{}", (place * 1e6).round() / 1e6),
        }
    }
}

impl Mark {
    /// The values that the axes must include so that the point is visible.
    fn corners(self, (x, y): (f64, f64)) -> [(f64, f64); 2] {
        match self {
            Self::Bars { width } => [(x - width / 2.0, 0.0), (x + width / 2.0, y)],
            _ => [(x, y); 2],
        }
    }
}

impl Series {
    /// A series of points (x, y) with a name.
    pub fn new(name: impl Into<String>, mark: Mark, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self { name: name.into(), mark, points: points.into_iter().collect() }
    }
}

/// Colours that differ in brightness as well as hue (Okabe and Ito's palette for colour-blind readers).
const COLOURS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(120, 120, 120),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
];

impl Chart {
    /// A chart of these series; later ones are drawn over earlier ones.
    pub fn new(title: impl Into<String>, x: Axis, y: Axis, series: Vec<Series>) -> Self {
        Self { title: title.into(), x, y, series, legend: SeriesLabelPosition::LowerRight }
    }

    /// Moves the legend to the lower left; by default it is at the lower right.
    pub fn legend_at_the_left(self) -> Self {
        Self { legend: SeriesLabelPosition::LowerLeft, ..self }
    }

    /// Moves the legend to the upper right.
    pub fn legend_at_the_right_top(self) -> Self {
        Self { legend: SeriesLabelPosition::UpperRight, ..self }
    }

    /// The chart as an SVG document of `width` x `height` pixels. Points that are not finite, or not above 0 on a
    /// logarithmic axis, are left out; those beyond 1e300 are drawn at 1e300. Names are escaped.
    ///
    /// # Errors
    ///
    /// If no points are left.
    pub fn to_svg(&self, width: u32, height: u32) -> Result<String, ChartError> {
        let series: Vec<(&Series, Vec<(f64, f64)>)> = self.series.iter().map(|one| (one, self.placed(one))).collect();
        let corners =
            || series.iter().flat_map(|(one, points)| points.iter().flat_map(|point| one.mark.corners(*point)));
        let x = span(corners().map(|p| p.0)).ok_or(ChartError::Empty)?;
        let y = span(corners().map(|p| p.1)).ok_or(ChartError::Empty)?;
        let mut svg = String::new();
        let area = SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area();
        self.draw(&area, x, y, &series).map_err(|error| ChartError::Drawing(error.to_string()))?;
        drop(area);
        Ok(svg)
    }

    fn placed(&self, series: &Series) -> Vec<(f64, f64)> {
        let placed = series.points.iter().map(|&(x, y)| (self.x.place(x), self.y.place(y)));
        placed.filter(|(x, y)| x.is_finite() && y.is_finite()).collect()
    }

    fn draw<'a>(
        &self,
        area: &DrawingArea<SVGBackend<'a>, Shift>,
        x: Range<f64>,
        y: Range<f64>,
        series: &[(&Series, Vec<(f64, f64)>)],
    ) -> Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>> {
        area.fill(&WHITE)?;
        let mut builder = ChartBuilder::on(area);
        if !self.title.is_empty() {
            builder.caption(&self.title, ("sans-serif", 18));
        }
        let mut chart = builder.margin(12).x_label_area_size(44).y_label_area_size(56).build_cartesian_2d(x, y)?;
        chart
            .configure_mesh()
            .x_desc(&self.x.name)
            .y_desc(&self.y.name)
            .x_label_formatter(&|place| self.x.label(*place))
            .y_label_formatter(&|place| self.y.label(*place))
            .light_line_style(WHITE)
            .bold_line_style(RGBColor(225, 225, 225))
            .label_style(("sans-serif", 13))
            .draw()?;
        for ((one, points), colour) in series.iter().zip(COLOURS.iter().cycle()) {
            let (style, faint) = (colour.stroke_width(2), colour.mix(0.4).stroke_width(1));
            let drawn = match one.mark {
                Mark::Line => chart.draw_series(LineSeries::new(points.iter().copied(), style))?,
                Mark::Dashes => chart.draw_series(DashedLineSeries::new(points.iter().copied(), 6, 4, style))?,
                Mark::Faint => chart.draw_series(LineSeries::new(points.iter().copied(), faint))?,
                Mark::Bars { .. } => chart.draw_series(points.iter().map(|&point| {
                    let [from, to] = one.mark.corners(point);
                    Rectangle::new([from, to], colour.filled())
                }))?,
                Mark::Dots => chart.draw_series(points.iter().map(|&point| Circle::new(point, 4, style)))?,
            };
            if one.name.is_empty() {
                continue;
            }
            let drawn = drawn.label(&one.name);
            let ends = |(x, y): (i32, i32)| [(x, y), (x + 18, y)];
            match one.mark {
                Mark::Dashes => drawn.legend(move |at| DashedPathElement::new(ends(at), 6, 4, style)),
                Mark::Faint => drawn.legend(move |at| PathElement::new(ends(at), faint.stroke_width(2))),
                _ => drawn.legend(move |at| PathElement::new(ends(at), style)),
            };
        }
        if self.series.iter().all(|one| one.name.is_empty()) {
            return area.present();
        }
        chart
            .configure_series_labels()
            .position(self.legend.clone())
            .background_style(WHITE.mix(0.85))
            .border_style(RGBColor(200, 200, 200))
            .label_font(("sans-serif", 13))
            .margin(10)
            .draw()?;
        area.present()
    }
}

/// The range from the smallest to the largest value, with a small margin; `None` without values.
fn span(values: impl Iterator<Item = f64> + Clone) -> Option<Range<f64>> {
    let (low, high) = (values.clone().reduce(f64::min)?, values.reduce(f64::max)?);
    let room = if high > low { (high - low) * 0.03 } else { 0.5 };
    // Compared with 1e17, half a unit is nothing; and between limits that differ only in their last digits there is no
    // room for ticks.
    let room = room.max(low.abs().max(high.abs()) * 1e-9);
    Some(low - room..high + room)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(points: Vec<(f64, f64)>, x: Axis) -> Result<String, ChartError> {
        let series = vec![Series::new("a <b> & \"c\"", Mark::Line, points)];
        Chart::new("t<script>", x, Axis::linear("y"), series).to_svg(400, 300)
    }

    #[test]
    fn a_chart_is_one_svg_document_and_names_cannot_inject_anything() {
        let svg = chart(vec![(0.0, 0.0), (1.0, 2.0)], Axis::linear("x")).unwrap();
        assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"));
        assert!(svg.contains("a &lt;b&gt; &amp;") && !svg.contains("<script>"), "{svg}");
    }

    #[test]
    fn what_cannot_be_placed_is_left_out() {
        let svg = chart(vec![(0.0, 1.0), (1e-3, f64::NAN), (1e-2, 1.0), (1e-1, 2.0)], Axis::logarithmic("x")).unwrap();
        assert!(svg.contains("1e-2") && !svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }

    #[test]
    fn values_of_any_size_and_next_to_each_other_are_drawn() {
        let pairs = [
            (0.0, f64::MAX),
            (-1.7e308, 1.7e308),
            (f64::MIN, f64::MAX),
            (f64::MAX, f64::MAX),
            (1e300, 1e300),
            (1e17, 1e17 + 16.0),
            (1e17, 1e17),
            (-1e200, 1.0),
            (0.0, f64::MIN_POSITIVE),
            (5e-324, 1e-323),
            (1.0, 1.0 + f64::EPSILON),
            (2.3, 2.3 + 1e-12),
        ];
        for (low, high) in pairs {
            for points in [vec![(0.0, low), (1.0, high)], vec![(low, 0.0), (high, 1.0)]] {
                let svg = chart(points, Axis::linear("x")).unwrap();
                assert!(!svg.contains("NaN") && !svg.contains("inf"), "{low} {high}: {svg}");
                assert!(svg.len() < 100_000, "{low} {high}: {}", svg.len());
            }
        }
        let svg = chart(vec![(0.0, 0.0), (1.0, f64::MAX)], Axis::linear("x")).unwrap();
        assert!(svg.contains("5.0e299") || svg.contains("1.0e300"), "{svg}");
    }

    #[test]
    fn the_legend_shows_a_line_as_it_is_drawn() {
        let lines = |mark| {
            let series = vec![Series::new("a", mark, [(0.0, 0.0), (1.0, 0.0)])];
            let svg = Chart::new("", Axis::linear("x"), Axis::linear("y"), series).to_svg(400, 300).unwrap();
            let of_the_legend = svg.rsplit_once("<text").unwrap().1.to_owned();
            of_the_legend.matches("<polyline").count()
        };
        assert_eq!((lines(Mark::Line), lines(Mark::Faint)), (1, 1));
        assert!(lines(Mark::Dashes) > 1, "{}", lines(Mark::Dashes));
    }

    #[test]
    fn no_point_is_an_error_and_one_is_not() {
        assert!(matches!(chart(vec![], Axis::linear("x")), Err(ChartError::Empty)));
        assert!(matches!(chart(vec![(-1.0, 1.0)], Axis::logarithmic("x")), Err(ChartError::Empty)));
        assert!(chart(vec![(5.0, 5.0)], Axis::linear("x")).is_ok());
    }
}

//! A drawing of boxes, arrows and words as SVG, legible on light and dark pages.

use std::fmt::Write as _;

/// Boxes of the book's letters: data that flows through the network, parameters that are learned, and functions.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Data,
    Parameter,
    Function,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Parameter => "parameter",
            Self::Function => "function",
        }
    }
}

/// How large, and in which typeface.
#[derive(Clone, Copy)]
pub(super) enum Letters {
    /// Names, bold.
    Name,
    /// Shapes and code, in a typewriter's letters.
    Code,
    Words,
}

impl Letters {
    fn class(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Code => "code",
            Self::Words => "words",
        }
    }
}

/// A card of its own colour, so that the drawing can be read on any page, and darker for readers who prefer that.
const STYLE: &str = "\
.card{fill:#fff;stroke:#d0d7de}
.data{fill:#ddf4ff;stroke:#0969da}
.parameter{fill:#fff1d6;stroke:#9a6700}
.function{fill:#f6f8fa;stroke:#57606a}
.arrow{fill:none;stroke:#57606a;stroke-width:2;marker-end:url(#head)}
#head path{fill:#57606a}
text{fill:#1f2328;font-family:system-ui,'Noto Sans KR','Noto Sans CJK KR','Malgun Gothic','Apple SD Gothic Neo',sans-serif;\
text-anchor:middle}
.name{font-size:21px;font-weight:600}
.code{font-size:16px;font-family:ui-monospace,'DejaVu Sans Mono',Consolas,Menlo,monospace}
.words{font-size:16px}
@media (prefers-color-scheme:dark){
.card{fill:#0d1117;stroke:#30363d}
.data{fill:#0c2d6b;stroke:#58a6ff}
.parameter{fill:#4b2900;stroke:#d29922}
.function{fill:#161b22;stroke:#8b949e}
.arrow{stroke:#8b949e}
#head path{fill:#8b949e}
text{fill:#e6edf3}
}
";

/// An SVG file that grows.
pub(super) struct Canvas {
    svg: String,
}

impl Canvas {
    /// An empty card. `title` names the drawing and `description` says what it shows, for those who do not see it.
    pub(super) fn new((width, height): (u32, u32), language: &str, title: &str, description: &str) -> Self {
        let (title, description) = (escaped(title), escaped(description));
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
             lang=\"{language}\" role=\"img\" aria-labelledby=\"title description\">\n\
             <title id=\"title\">{title}</title>\n<desc id=\"description\">{description}</desc>\n\
             <style>\n{STYLE}</style>\n\
             <defs><marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"6\" markerHeight=\"6\" \
             orient=\"auto\"><path d=\"M0 0L10 5L0 10z\"/></marker></defs>\n\
             <rect class=\"card\" x=\"1\" y=\"1\" width=\"{}\" height=\"{}\" rx=\"10\"/>\n",
            width - 2,
            height - 2
        );
        Self { svg }
    }

    /// A box with its upper left corner at (x, y).
    pub(super) fn rectangle(&mut self, kind: Kind, (x, y): (u32, u32), (width, height): (u32, u32)) {
        let class = kind.class();
        let _ = writeln!(
            self.svg,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>"
        );
    }

    /// A line of text whose baseline is centred at (x, y).
    pub(super) fn text(&mut self, letters: Letters, (x, y): (u32, u32), text: &str) {
        let _ = writeln!(self.svg, "<text class=\"{}\" x=\"{x}\" y=\"{y}\">{}</text>", letters.class(), escaped(text));
    }

    /// An arrow along these points.
    pub(super) fn arrow(&mut self, points: &[(u32, u32)]) {
        let path: String =
            points.iter().enumerate().map(|(i, (x, y))| format!("{}{x} {y}", if i == 0 { 'M' } else { 'L' })).collect();
        let _ = writeln!(self.svg, "<path class=\"arrow\" d=\"{path}\"/>");
    }

    pub(super) fn finish(self) -> String {
        self.svg + "</svg>\n"
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

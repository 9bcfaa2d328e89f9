//! Reads grey pictures from an image file: PNG, JPEG, BMP, GIF, WebP, PNM or IDX.

use crate::PictureError;
use dataset::{Idx, IdxData};
use image::metadata::Orientation;
use image::{DynamicImage, GrayAlphaImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// A limit for the pixels of one picture, above the size of any camera's pictures: 100 million.
pub const MOST_PIXELS: u64 = 100_000_000;

/// A header that claims more pixels per byte than this is wrong: a PNG with one bit per pixel, compressed by deflate's
/// limit of 1,032.
const MOST_PIXELS_A_BYTE: u64 = 10_000;

/// The same limit for a JPEG: 64 pixels need at least one bit in each pass.
const MOST_PIXELS_A_BYTE_OF_JPEG: u64 = 600;

/// A compressed IDX file that unpacks to more than this many times its size holds no pictures; MNIST's files unpack to
/// six times theirs.
const MOST_RATIO_OF_IDX: u64 = 200;

/// On white paper, ink darker than this is visible.
const NEARLY_WHITE: u8 = 247;

/// Grey pictures of one size, one after another, row by row; 0 is black, 255 is white. There is at least one picture with
/// at least one pixel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pictures {
    /// The pixels of all pictures.
    pub pixels: Vec<u8>,
    /// The height of each picture.
    pub rows: usize,
    /// The width of each picture.
    pub cols: usize,
    /// Whether the file can contain several: an IDX file with three dimensions.
    pub is_list: bool,
}

impl Pictures {
    /// Reads a file whose pictures have at most `most_pixels` pixels each.
    ///
    /// # Errors
    ///
    /// [`PictureError`] if the file has another format, or is damaged, too large or empty.
    pub fn read(bytes: &[u8], most_pixels: u64) -> Result<Self, PictureError> {
        let pictures = match image::guess_format(bytes) {
            Ok(format) if name(format).is_some() => decode(bytes, format, most_pixels)?,
            Ok(ImageFormat::Avif) | Err(_) if is_heic_or_avif(bytes) => return Err(PictureError::HeicOrAvif),
            Ok(format) => {
                let extension = format.extensions_str().first().unwrap_or(&"unknown");
                return Err(PictureError::Unsupported { extension });
            }
            Err(_) if bytes.starts_with(&[0, 0]) || bytes.starts_with(&[0x1f, 0x8b]) => idx(bytes, most_pixels)?,
            Err(_) if bytes.is_empty() => return Err(PictureError::Empty),
            Err(_) => return Err(PictureError::NotAnImage { start: bytes.iter().take(4).copied().collect() }),
        };
        if pictures.pixels.is_empty() { Err(PictureError::Empty) } else { Ok(pictures) }
    }

    fn one(pixels: Vec<u8>, rows: u32, cols: u32) -> Self {
        Self { pixels, rows: rows as usize, cols: cols as usize, is_list: false }
    }

    /// The number of pixels per picture.
    #[must_use]
    pub fn size(&self) -> usize {
        self.rows * self.cols
    }

    /// The number of pictures.
    #[must_use]
    pub fn count(&self) -> usize {
        self.iter().len()
    }

    /// The pixels of each picture, one picture after another.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        // no panic if you changed the public fields to pictures without pixels
        self.pixels.chunks_exact(self.size().max(1))
    }
}

/// An iPhone photo or a similar file: it begins with four bytes of length, `ftyp` and a brand.
fn is_heic_or_avif(bytes: &[u8]) -> bool {
    const BRANDS: [&[u8]; 9] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"];
    bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..12).is_some_and(|brand| BRANDS.contains(&brand))
}

fn decode(bytes: &[u8], format: ImageFormat, most: u64) -> Result<Pictures, PictureError> {
    let format_name = name(format).unwrap_or("an image");
    let damaged = |error: ImageError| PictureError::Damaged { format: format_name, source: error.into() };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(most.saturating_mul(8)); // four channels of 16 bits
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| match error {
        ImageError::Limits(_) => PictureError::HeaderTooLarge { most },
        error => damaged(error),
    })?;

    let (cols, rows) = decoder.dimensions();
    let size = u64::from(cols) * u64::from(rows);
    let (cols, rows) = (cols as usize, rows as usize);
    if size > most {
        return Err(PictureError::TooLarge { cols, rows, most });
    }
    let most_a_byte = if format == ImageFormat::Jpeg { MOST_PIXELS_A_BYTE_OF_JPEG } else { MOST_PIXELS_A_BYTE };
    if size > most_a_byte * bytes.len() as u64 {
        return Err(PictureError::HeaderLies { cols, rows, bytes: bytes.len() });
    }
    if format == ImageFormat::Jpeg && !is_whole_jpeg(bytes) {
        return Err(PictureError::CutShort { format: format_name });
    }
    let orientation = decoder.orientation().map_err(damaged)?;
    let copies = if orientation == Orientation::NoTransforms { 1 } else { 2 }; // rotating makes another copy
    let needed = decoder.total_bytes().saturating_mul(copies).saturating_add(2 * size); // plus the grey picture
    let has_room = usize::try_from(needed).is_ok_and(|bytes| Vec::<u8>::new().try_reserve_exact(bytes).is_ok());
    if !has_room {
        return Err(PictureError::OutOfMemory { cols, rows, needed });
    }

    let mut image = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    image.apply_orientation(orientation);
    let (cols, rows) = (image.width(), image.height());
    let grey = match image {
        DynamicImage::ImageLuma8(grey) => grey.into_raw(),
        image if image.color().has_alpha() => on_paper(&image.into_luma_alpha8()),
        image => image.into_luma8().into_raw(),
    };
    Ok(Pictures::one(grey, rows, cols))
}

/// Returns whether a JPEG has its end. Decoders fill missing parts with grey, and the network would classify that.
fn is_whole_jpeg(bytes: &[u8]) -> bool {
    let mut at = 0;
    // markers: 0xff and a byte; between them are segments, which say how long they are, and scans
    while let Some(&[first, marker]) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        at += match (first, marker) {
            (0xff, 0xd9) => return true,
            (0xff, 0xff) => 1,                // fills a gap
            (0xff, 0 | 1 | 0xd0..=0xd8) => 2, // the value 0xff of a scan, a restart, the start
            (0xff, _) => match bytes.get(at + 2..).and_then(<[u8]>::first_chunk) {
                Some(&length) => 2 + usize::from(u16::from_be_bytes(length)),
                None => return false,
            },
            _ => 1,
        };
    }
    false
}

/// The name of the format; `None` for one that is not read.
fn name(format: ImageFormat) -> Option<&'static str> {
    match format {
        ImageFormat::Bmp => Some("BMP"),
        ImageFormat::Gif => Some("GIF"),
        ImageFormat::Jpeg => Some("JPEG"),
        ImageFormat::Png => Some("PNG"),
        ImageFormat::Pnm => Some("PNM"),
        ImageFormat::WebP => Some("WebP"),
        _ => None,
    }
}

/// The visible part of a picture on white paper; if nothing is visible there, on black, for white ink.
fn on_paper(picture: &GrayAlphaImage) -> Vec<u8> {
    let on = |paper: u32| -> Vec<u8> {
        let over = |grey: u8, alpha: u8| {
            let (grey, alpha) = (u32::from(grey), u32::from(alpha));
            #[expect(clippy::cast_possible_truncation, reason = "an average of bytes")]
            let shown = ((grey * alpha + paper * (255 - alpha) + 127) / 255) as u8;
            shown
        };
        picture.pixels().map(|pixel| over(pixel.0[0], pixel.0[1])).collect()
    };
    let on_white = on(255);
    if on_white.iter().all(|grey| *grey > NEARLY_WHITE) { on(0) } else { on_white }
}

fn idx(bytes: &[u8], most: u64) -> Result<Pictures, PictureError> {
    let limit = Idx::MAX_BYTES.min(MOST_RATIO_OF_IDX.saturating_mul(bytes.len() as u64));
    let read = Idx::read_with_limit(bytes, limit);
    let Idx { shape, data } = read.map_err(|source| PictureError::Idx { source })?;
    let (rows, cols, is_list) = match shape[..] {
        [rows, cols] => (rows, cols, false),
        [_, rows, cols] => (rows, cols, true),
        _ => return Err(PictureError::IdxShape { shape }),
    };
    if rows as u64 * cols as u64 > most {
        return Err(PictureError::IdxTooLarge { cols, rows, most });
    }
    match data {
        IdxData::U8(pixels) => Ok(Pictures { pixels, rows, cols, is_list }),
        other => Err(PictureError::IdxType { found: other.type_name() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, ImageBuffer, LumaA, RgbImage, Rgba, RgbaImage};
    use std::error::Error;
    use std::io::Write as _;

    fn bytes_of(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.into().write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[track_caller]
    fn read(bytes: &[u8]) -> Pictures {
        Pictures::read(bytes, 1000).unwrap()
    }

    #[track_caller]
    fn refused(bytes: &[u8], words: &[&str]) {
        let error = Pictures::read(bytes, 1000).unwrap_err();
        let cause = error.source().map_or_else(String::new, |source| format!(": {source}"));
        let error = format!("{error}{cause}");
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
    }

    #[test]
    fn every_format_gives_the_same_rows_and_columns() {
        let grey = GrayImage::from_fn(5, 3, |x, y| image::Luma([u8::try_from(x * 40 + y * 10).unwrap()]));
        let expected = Pictures::one(grey.as_raw().clone(), 3, 5);
        for format in [ImageFormat::Png, ImageFormat::Pnm, ImageFormat::Bmp] {
            assert_eq!(read(&bytes_of(grey.clone(), format)), expected);
        }
        let colours = DynamicImage::from(grey).into_rgba8();
        for format in [ImageFormat::Gif, ImageFormat::WebP] {
            assert_eq!(read(&bytes_of(colours.clone(), format)), expected, "{format:?}");
        }
        let jpeg = read(&bytes_of(GrayImage::from_pixel(5, 3, image::Luma([77])), ImageFormat::Jpeg));
        assert_eq!((jpeg.rows, jpeg.cols), (3, 5));
        assert!(jpeg.pixels.iter().all(|grey| grey.abs_diff(77) <= 2), "{jpeg:?}");
        let idx = [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2][..], &[1, 2, 3, 4]].concat();
        assert_eq!(read(&idx), Pictures { pixels: vec![1, 2, 3, 4], rows: 1, cols: 2, is_list: true });
        assert_eq!(read(&idx).iter().collect::<Vec<_>>(), [[1, 2], [3, 4]]);
        assert_eq!((read(&idx).count(), read(&idx).size()), (2, 2));
    }

    #[test]
    fn colours_become_grey_by_luma_and_what_is_transparent_becomes_paper() {
        let colours = RgbImage::from_fn(3, 1, |x, _| image::Rgb([[255, 0, 0], [0, 255, 0], [0, 0, 255]][x as usize]));
        assert_eq!(read(&bytes_of(colours, ImageFormat::Png)).pixels, [54, 182, 18]);
        let clear = RgbaImage::from_fn(3, 1, |x, _| Rgba([[0, 0, 0, 0], [0, 0, 0, 255], [0, 0, 0, 128]][x as usize]));
        assert_eq!(read(&bytes_of(clear, ImageFormat::Png)).pixels, [255, 0, 127]);
        // white ink on a transparent background is visible only on black
        let white = RgbaImage::from_fn(3, 1, |x, _| Rgba([[9, 9, 9, 0], [255; 4], [255, 255, 255, 128]][x as usize]));
        assert_eq!(read(&bytes_of(white, ImageFormat::Png)).pixels, [0, 255, 128]);
        let deep = ImageBuffer::<LumaA<u16>, _>::from_pixel(1, 1, LumaA([0x4040, 0xffff]));
        assert_eq!(read(&bytes_of(deep, ImageFormat::Png)).pixels, [0x40]);
    }

    #[test]
    fn a_photo_that_says_how_it_was_held_is_turned() {
        // EXIF, big-endian, one entry: orientation 6, the camera rotated to the left
        let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let jpeg = bytes_of(GrayImage::new(5, 3), ImageFormat::Jpeg);
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let turned = [&jpeg[..2], &[0xff, 0xe1], &length, exif, &jpeg[2..]].concat();
        assert_eq!((read(&jpeg).rows, read(&turned).rows), (3, 5));
    }

    #[test]
    fn what_is_no_image_says_what_it_is() {
        refused(b"\x68\x65\x80", &["begins with 68 65 80, "]);
        refused(b"hello", &["begins with the text \"hell\", ", "PNG, JPEG, BMP, GIF, WebP, PGM, PPM or IDX"]);
        refused(b"", &["it holds no pixels, expected an image"]);
        refused(b"II\x2a\0\x08\0\0\0", &[".tiff", "save it as PNG"]);
        refused(b"\0\0\x01\0\x01\0", &[".ico"]);
        for brand in ["heic", "heix", "mif1", "avif"] {
            let start = [b"\0\0\0\x18ftyp", brand.as_bytes(), b"\0\0\0\0mif1heic"].concat();
            refused(&start, &["it is a HEIC or AVIF image, which cannot be read", "save it as PNG or JPEG"]);
        }
        refused(b"\0\0\0\x18ftypisom\0\0\0\0", &["not a complete IDX file"]); // a film
        refused(&[0, 0, 8, 1, 0, 0, 0, 2, 3, 4], &["shape [2]", "(images, rows, columns)"]);
        refused(&[0, 0, 0x0d, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0], &["f32", "u8"]);
        refused(&[0, 0, 8, 2, 0, 0, 0, 9, 0, 0, 0, 9, 1], &["not a complete IDX file", "cut short"]);
        refused(&[0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 9], &["it holds no pixels, expected an image"]);
        refused(&[0, 0, 8, 2, 0, 0, 0, 99, 0, 0, 0, 99], &["not a complete IDX file"]);
    }

    #[test]
    fn size_is_checked_before_anything_is_decoded() {
        refused(b"P5 100000 100000 255 ", &["100000 x 100000", "at most 1,000"]);
        let idx = [&[0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 4, 0][..], &[7; 1024]].concat();
        refused(&idx, &["its images have 1024 x 1 pixels, at most 1,000"]);
        let error = Pictures::read(b"P5 9999 9999 255 ", MOST_PIXELS).unwrap_err().to_string();
        assert!(error.contains("9999 x 9999") && error.contains("17 bytes"), "{error}");
        // 24 bits per pixel, none of which exist; and a JPEG of one colour with larger sizes than its bytes can hold
        let mut bmp = bytes_of(RgbImage::new(2, 2), ImageFormat::Bmp);
        bmp[18..26].copy_from_slice(&[0x00, 0x20, 0, 0, 0x00, 0x20, 0, 0]);
        let error = Pictures::read(&bmp, MOST_PIXELS).unwrap_err().to_string();
        assert!(error.contains("8192 x 8192") && error.contains("70 bytes"), "{error}");
        let mut jpeg = bytes_of(GrayImage::new(8, 8), ImageFormat::Jpeg);
        let frame = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
        jpeg[frame + 5..frame + 9].copy_from_slice(&[0x04, 0, 0x04, 0]);
        let error = Pictures::read(&jpeg, MOST_PIXELS).unwrap_err().to_string();
        assert!(error.contains("1024 x 1024") && error.contains("damaged or cut short"), "{error}");
        for side in [1_u32 << 15, (1 << 31) - 1, 1 << 31] {
            // a PNG of one bit per pixel, up to its header
            let mut header = b"IHDR".to_vec();
            header.extend([side.to_be_bytes(), side.to_be_bytes()].concat());
            header.extend([1, 0, 0, 0, 0]);
            let check = crc32fast::hash(&header).to_be_bytes();
            let end = [&b"\0\0\0\x0aIDATx\x9c\x03\0\0\0\0\x01"[..], &[0; 6]].concat();
            refused(
                &[b"\x89PNG\r\n\x1a\n\0\0\0\x0d", &header[..], &check, &end].concat(),
                &["1,000", "save it smaller"],
            );
        }
    }

    #[test]
    fn a_small_file_that_unpacks_to_a_large_one_is_refused() {
        let gzip = |pictures: u8, pixels: &[u8]| {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            packed.write_all(&[0, 0, 8, 3, 0, pictures, 0, 0, 0, 0, 0, 1, 0, 0, 0, 10]).unwrap(); // x 65,536
            packed.write_all(pixels).unwrap();
            packed.finish().unwrap()
        };
        let bomb = gzip(2, &vec![0; 20 << 16]);
        refused(&bomb, &["not a complete IDX file", &format!("continues after {} bytes", 200 * bomb.len())]);
        let noise: Vec<u8> = (0..10 << 16).map(|i: u32| (i.wrapping_mul(i) / 7).to_le_bytes()[0]).collect();
        assert_eq!(read(&gzip(1, &noise)).count(), 1 << 16);
    }

    #[test]
    fn a_cut_file_is_refused() {
        let grey = GrayImage::from_fn(20, 20, |x, y| image::Luma([u8::try_from(x * y % 256).unwrap()]));
        let png = bytes_of(grey.clone(), ImageFormat::Png);
        refused(&png[..png.len() / 2], &["begins like a PNG file", "cut short"]);
        let pgm = bytes_of(grey.clone(), ImageFormat::Pnm);
        refused(&pgm[..pgm.len() / 2], &["begins like a PNM file"]);
        let jpeg = bytes_of(grey, ImageFormat::Jpeg);
        (0..jpeg.len()).for_each(|length| drop(Pictures::read(&jpeg[..length], 1000).unwrap_err()));
        refused(&jpeg[..jpeg.len() - 2], &["it is a JPEG that was cut short", "copy or download it again"]);
        // phones append a film to a photo
        for after in [&b"\0\0"[..], b"\xff\xda", b"\xff\xd9\xff\xda\0"] {
            assert_eq!(read(&[&jpeg[..], after].concat()), read(&jpeg), "what follows the end does not count");
        }
        // a comment that contains an end
        let commented = [&jpeg[..2], b"\xff\xfe\0\x04\xff\xd9", &jpeg[2..]].concat();
        assert_eq!(read(&commented), read(&jpeg));
        refused(&commented[..commented.len() - 2], &["it is a JPEG that was cut short"]);
    }
}

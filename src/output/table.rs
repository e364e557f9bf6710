//! Tables as Parquet files: the one place that uses polars.
//!
//! Rows are written in groups, so that memory does not grow with the table. A column that few values
//! repeat in is stored as a dictionary, which the writer finds out by itself.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{
    Column, DataFrame, DataType, Int64Chunked, IntoColumn, ListBuilderTrait, ListStringChunkedBuilder, NewChunkedArray,
    ParquetCompression, ParquetWriter, PolarsError, PolarsResult, Schema, StringChunkedBuilder, TimeUnit, TimeZone,
};

use super::events::Writer;
use crate::analysis::count::Counted;
use crate::analysis::field::{FIELDS, Kind, Labels, Value};
use crate::event::Entry;

/// Rows of a group. A group is what a reader can pass over as a whole.
const ROWS: usize = 64 * 1024;
/// Bytes of text after which a group is written, however few its rows.
const BYTES: usize = 32 << 20;

/// Writes a table of events.
pub struct Events<W: Write + Send> {
    labels: Labels,
    rows: Rows,
    /// Rows of a group.
    most: usize,
    file: BatchedWriter<Shared<W>>,
    out: Shared<W>,
}

impl<W: Write + Send> Events<W> {
    /// A table without rows.
    ///
    /// # Errors
    /// What the place that it is written to says.
    pub fn new(out: W, labels: Labels) -> io::Result<Events<W>> {
        let rows = Rows::new(FIELDS.iter().map(|field| (field.name, field.kind)));
        let out = Shared::new(out);
        let file = rows.begin(out.clone()).map_err(|error| out.failed(error))?;
        Ok(Events { labels, rows, most: ROWS, file, out })
    }

    fn write(&mut self) -> io::Result<()> {
        let written = self.rows.take().and_then(|group| self.file.write_batch(&group));
        written.map_err(|error| self.out.failed(error))
    }
}

impl<W: Write + Send> Writer<W> for Events<W> {
    fn event(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        self.rows.add(FIELDS.iter().map(|field| field.of(entry, &self.labels)));
        if self.rows.is_full(self.most) { self.write() } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>) -> io::Result<W> {
        if self.rows.count > 0 {
            self.write()?;
        }
        self.file.finish().map_err(|error| self.out.failed(error))?;
        drop(self.file);
        let mut out = self.out.into_inner().ok_or_else(|| io::Error::other("the table is still being written"))?;
        out.flush()?;
        Ok(out)
    }
}

/// Counted events, as the bytes of a table.
///
/// # Errors
/// If the table cannot be made, which nothing in the counts should bring about.
pub fn counted(counted: &Counted) -> io::Result<Vec<u8>> {
    let by = &counted.by;
    let time = by.every.map(|_| ("time", Kind::Time));
    let fields = by.fields.iter().map(|field| (field.name, field.kind));
    let mut rows = Rows::new(time.into_iter().chain(fields).chain([("events", Kind::Number)]));
    let out = Shared::new(Vec::new());
    let failed = |error| out.failed(error);
    let mut file = rows.begin(out.clone()).map_err(failed)?;
    for group in &counted.groups {
        let time = by.every.map(|_| group.start.map_or(Value::Absent, Value::Time));
        let values = by.fields.iter().zip(&group.values).map(|(field, value)| match (value, field.kind) {
            (Some(text), Kind::Number) => text.parse().map_or(Value::Absent, Value::Number),
            (Some(text), _) => Value::Text(text.into()),
            (None, _) => Value::Absent,
        });
        let events = Value::Number(i64::try_from(group.events).unwrap_or(i64::MAX));
        rows.add(time.into_iter().chain(values).chain([events]));
        if rows.is_full(ROWS) {
            file.write_batch(&rows.take().map_err(failed)?).map_err(failed)?;
        }
    }
    if rows.count > 0 {
        file.write_batch(&rows.take().map_err(failed)?).map_err(failed)?;
    }
    file.finish().map_err(failed)?;
    drop(file);
    out.into_inner().ok_or_else(|| io::Error::other("the table is still being written"))
}

/// The rows of a group, column by column.
struct Rows {
    names: Vec<(&'static str, Kind)>,
    cells: Vec<Cells>,
    count: usize,
    bytes: usize,
}

enum Cells {
    Numbers(Vec<Option<i64>>),
    Texts(StringChunkedBuilder),
    Lists(ListStringChunkedBuilder),
}

impl Cells {
    fn new(name: &'static str, kind: Kind) -> Cells {
        match kind {
            Kind::Time | Kind::Number => Cells::Numbers(Vec::new()),
            Kind::Text => Cells::Texts(StringChunkedBuilder::new(name.into(), 0)),
            Kind::List => Cells::Lists(ListStringChunkedBuilder::new(name.into(), 0, 0)),
        }
    }

    /// Adds a value, or nothing where it is of another kind; gives the bytes it takes.
    fn add(&mut self, value: &Value<'_>) -> usize {
        match (self, value) {
            (Cells::Numbers(cells), Value::Time(number) | Value::Number(number)) => {
                cells.push(Some(*number));
                0
            }
            (Cells::Texts(cells), Value::Text(text)) => {
                cells.append_value(text);
                text.len()
            }
            (Cells::Lists(cells), Value::List(lines)) => {
                cells.append_values_iter(lines.split('\n').filter(|line| !line.is_empty()));
                lines.len()
            }
            (cells, _) => {
                match cells {
                    Cells::Numbers(cells) => cells.push(None),
                    Cells::Texts(cells) => cells.append_null(),
                    Cells::Lists(cells) => cells.append_null(),
                }
                0
            }
        }
    }

    fn finish(self, name: &'static str, kind: Kind) -> Column {
        let series = match self {
            Cells::Texts(cells) => return cells.finish().into_column(),
            Cells::Lists(mut cells) => return cells.finish().into_column(),
            Cells::Numbers(cells) => Int64Chunked::from_slice_options(name.into(), &cells),
        };
        match kind {
            Kind::Time => series.into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_column(),
            _ => series.into_column(),
        }
    }
}

impl Rows {
    fn new(names: impl Iterator<Item = (&'static str, Kind)>) -> Rows {
        let names: Vec<(&'static str, Kind)> = names.collect();
        let cells = names.iter().map(|(name, kind)| Cells::new(name, *kind)).collect();
        Rows { names, cells, count: 0, bytes: 0 }
    }

    fn add<'a>(&mut self, values: impl Iterator<Item = Value<'a>>) {
        self.bytes += self.cells.iter_mut().zip(values).map(|(cells, value)| cells.add(&value)).sum::<usize>();
        self.count += 1;
    }

    fn is_full(&self, most: usize) -> bool {
        self.count >= most || self.bytes >= BYTES
    }

    /// All of them as a frame; none are left.
    fn take(&mut self) -> PolarsResult<DataFrame> {
        let Rows { names, cells, count, .. } = std::mem::replace(self, Rows::new(self.names.iter().copied()));
        let columns = names.into_iter().zip(cells).map(|((name, kind), cells)| cells.finish(name, kind));
        DataFrame::new(count, columns.collect())
    }

    /// Begins a file with these columns.
    fn begin<W: Write + Send>(&self, out: W) -> PolarsResult<BatchedWriter<W>> {
        let schema: Schema = self.names.iter().map(|(name, kind)| ((*name).into(), data_type(*kind))).collect();
        ParquetWriter::new(out).with_compression(ParquetCompression::Zstd(None)).batched(&schema)
    }
}

fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Time => DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)),
        Kind::Text => DataType::String,
        Kind::Number => DataType::Int64,
        Kind::List => DataType::List(Box::new(DataType::String)),
    }
}

/// What is written to. It is wanted back when all is written, and its errors, which the writer tells
/// in its own words: a reader that went away must be known as such.
struct Shared<W>(Arc<Mutex<Target<W>>>);

struct Target<W> {
    out: W,
    error: Option<io::Error>,
}

impl<W> Clone for Shared<W> {
    fn clone(&self) -> Self {
        Shared(self.0.clone())
    }
}

impl<W> Shared<W> {
    fn new(out: W) -> Shared<W> {
        Shared(Arc::new(Mutex::new(Target { out, error: None })))
    }

    /// What is written to, if nobody else has it any more.
    fn into_inner(self) -> Option<W> {
        Arc::into_inner(self.0).map(|target| target.into_inner().unwrap_or_else(PoisonError::into_inner).out)
    }

    /// Why writing failed: what the disk or pipe said, if it said anything.
    fn failed(&self, error: PolarsError) -> io::Error {
        self.target().error.take().unwrap_or_else(|| io::Error::other(error.to_string()))
    }

    fn target(&self) -> MutexGuard<'_, Target<W>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Write> Write for Shared<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut target = self.target();
        let written = target.out.write(bytes);
        target.keep(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut target = self.target();
        let flushed = target.out.flush();
        target.keep(flushed)
    }
}

impl<W> Target<W> {
    /// Keeps an error for whoever asks later.
    fn keep<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let same = io::Error::from(error.kind());
            self.error = Some(error);
            same
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use polars::prelude::{AnyValue, ParquetReader, SerReader};
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::count::{By, Group};
    use crate::event::{Ids, Names, Operation, Outcome, Place, Provider, Said, Subject};
    use crate::text::every::Every;

    /// A cell as the reader gives it.
    fn read_back(value: &AnyValue<'_>) -> Value<'static> {
        match value {
            AnyValue::Null => Value::Absent,
            AnyValue::Datetime(at, TimeUnit::Microseconds, Some(zone)) if zone.as_str() == "UTC" => Value::Time(*at),
            AnyValue::DatetimeOwned(at, TimeUnit::Microseconds, Some(zone)) if zone.as_str() == "UTC" => {
                Value::Time(*at)
            }
            AnyValue::Int64(number) => Value::Number(*number),
            AnyValue::String(text) => Value::Text((*text).to_owned().into()),
            AnyValue::StringOwned(text) => Value::Text(text.to_string().into()),
            AnyValue::List(series) => {
                let texts: Vec<String> = series.str().unwrap().iter().map(|text| text.unwrap().to_owned()).collect();
                Value::List(texts.join("\n").into())
            }
            other => panic!("{other:?}"),
        }
    }

    /// Takes so many bytes.
    struct Limited(usize);

    impl Write for Limited {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::BrokenPipe)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn wherever_the_reader_goes_away_it_is_known_that_it_did() {
        let entry = Entry::new(Place::default(), Provider::Okta, "okta-system-log");
        let write = |room| {
            let mut events = Box::new(Events::new(Limited(room), Labels::default())?);
            events.most = 2;
            (0..5).try_for_each(|_| events.event(&entry))?;
            (events as Box<dyn Writer<Limited>>).finish()
        };
        let all = 1 << 20;
        let needed = all - write(all).unwrap().0;
        for room in [0, 3, 4, 100, needed / 2, needed - 20, needed - 1] {
            assert_eq!(write(room).err().map(|error| error.kind()), Some(io::ErrorKind::BrokenPipe), "{room}");
        }
        assert_eq!(write(needed).unwrap().0, 0);
    }

    fn read(bytes: Vec<u8>) -> DataFrame {
        ParquetReader::new(Cursor::new(bytes)).finish().unwrap()
    }

    fn table(entries: &[Entry<'_>], most: usize) -> DataFrame {
        let mut events = Box::new(Events::new(Vec::new(), Labels::default()).unwrap());
        events.most = most;
        entries.iter().for_each(|entry| events.event(entry).unwrap());
        read((events as Box<dyn Writer<Vec<u8>>>).finish().unwrap())
    }

    #[test]
    fn a_table_without_rows_has_its_columns() {
        let table = table(&[], ROWS);
        assert_eq!(table.height(), 0);
        let types: Vec<String> = table.columns().iter().map(|c| format!("{} {}", c.name(), c.dtype())).collect();
        assert_eq!(types.len(), FIELDS.len());
        for wanted in ["time datetime[μs, UTC]", "app str", "http_status i64", "changed list[str]"] {
            assert!(types.iter().any(|found| found == wanted), "{wanted}: {types:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn every_value_comes_back(
            rows in prop::collection::vec((
                prop::array::uniform8(prop::option::of(".{0,20}|[ab]{1,2}")),
                prop::option::of(any::<i64>()),
                any::<(u64, Option<u16>)>(),
                prop::collection::vec("[a-z .]{1,9}", 0..3),
            ), 0..20),
            most in 1..8usize,
        ) {
            let lines: Vec<String> = rows.iter().map(|row| row.3.join("\n")).collect();
            let entries: Vec<Entry<'_>> = rows.iter().zip(&lines).map(|((texts, number, (offset, status), _), lines)| {
                let [app, login, message, remote, event, code, path, actor] = texts.each_ref().map(|t| t.as_deref());
                Entry {
                    time: *number,
                    operation: Operation::Update,
                    outcome: if app.is_some() { Outcome::Failure } else { Outcome::Success },
                    app,
                    subject: Subject { login, ..Subject::default() },
                    actor,
                    said: Said { code, message, remote, http_status: *status, ..Said::default() },
                    ids: Ids { event, ..Ids::default() },
                    duration_ms: *number,
                    changed: Names::of_lines(lines),
                    shape: message,
                    ..Entry::new(
                        Place { path: path.unwrap_or_default(), offset: offset >> 1, ..Place::default() },
                        Provider::Okta,
                        "okta-system-log",
                    )
                }
            }).collect();
            let table = table(&entries, most);
            prop_assert_eq!(table.height(), entries.len());
            let labels = Labels::default();
            for (column, field) in table.columns().iter().zip(&FIELDS) {
                prop_assert_eq!(column.name().as_str(), field.name);
                for (row, entry) in entries.iter().enumerate() {
                    prop_assert_eq!(read_back(&column.get(row).unwrap()), field.of(entry, &labels));
                }
            }
        }
    }

    #[test]
    fn counted_events_come_back() {
        let fields =
            ["app", "http_status"].map(|name| FIELDS.iter().find(|field| field.name == name).unwrap()).to_vec();
        let by = By { fields, every: Some(Every::Day), zone: jiff::tz::TimeZone::UTC };
        let group = |start, app: Option<&str>, status: Option<&str>, events| Group {
            start,
            values: vec![app.map(str::to_owned), status.map(str::to_owned)],
            events,
        };
        let groups = vec![group(None, Some("Chat"), Some("409"), 7), group(Some(86_400_000_000), None, None, 2)];
        let table = read(counted(&Counted { by, groups, beyond: 0 }).unwrap());
        let row = |row: usize| -> Vec<Value<'static>> {
            table.columns().iter().map(|column| read_back(&column.get(row).unwrap())).collect()
        };
        use Value::{Absent, Number, Text, Time};
        let names: Vec<&str> = table.get_column_names().iter().map(|name| name.as_str()).collect();
        assert_eq!(names, ["time", "app", "http_status", "events"]);
        assert_eq!(row(0), [Absent, Text("Chat".into()), Number(409), Number(7)]);
        assert_eq!(row(1), [Time(86_400_000_000), Absent, Absent, Number(2)]);
    }
}

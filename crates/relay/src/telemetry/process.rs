//! The metrics of the process ([`Process`]), under the names that all Prometheus clients use. Linux only: elsewhere they have
//! no samples.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;
use rustix::param::{clock_ticks_per_second, page_size};
use rustix::process::{Resource, getrlimit};

/// Reads the metrics of the process for each scrape.
#[derive(Debug)]
pub(super) struct Process;

/// Numbers of `/proc/self/stat`.
struct Stat {
    cpu_seconds: f64,
    virtual_bytes: i64,
    resident_bytes: i64,
    start_seconds: f64,
}

impl Stat {
    fn read() -> Option<Self> {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        let system = std::fs::read_to_string("/proc/stat").ok()?;
        let boot = system.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse::<f64>().ok()?;
        // The program's name, in brackets, may hold spaces and brackets.
        let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        // proc_pid_stat(5) counts from 1 and has two fields before these.
        let field = |number: usize| fields.get(number - 3)?.parse::<i64>().ok();
        let ticks = clock_ticks_per_second() as f64;
        Some(Self {
            cpu_seconds: field(14)?.saturating_add(field(15)?) as f64 / ticks,
            virtual_bytes: field(23)?,
            resident_bytes: field(24)?.saturating_mul(i64::try_from(page_size()).ok()?),
            start_seconds: boot + field(22)? as f64 / ticks,
        })
    }
}

fn open_files() -> Option<i64> {
    // One of them is the folder itself.
    i64::try_from(std::fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1)).ok()
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let stat = Stat::read();
        let cpu = ConstCounter::new(stat.as_ref().map_or(0.0, |stat| stat.cpu_seconds));
        let help = "Time that the process has used on all cores";
        let counter = encoder.encode_descriptor("process_cpu", help, Some(&Unit::Seconds), cpu.metric_type())?;
        if stat.is_some() {
            cpu.encode(counter)?;
        }
        let start = ConstGauge::new(stat.as_ref().map_or(0.0, |stat| stat.start_seconds));
        let help = "When the process started, as a Unix time";
        let gauge = encoder.encode_descriptor("process_start_time", help, Some(&Unit::Seconds), start.metric_type())?;
        if stat.is_some() {
            start.encode(gauge)?;
        }
        let limit = getrlimit(Resource::Nofile).current.and_then(|limit| i64::try_from(limit).ok());
        for (name, help, unit, value) in [
            (
                "process_resident_memory",
                "Memory of the process",
                Some(&Unit::Bytes),
                stat.as_ref().map(|stat| stat.resident_bytes),
            ),
            (
                "process_virtual_memory",
                "Address space of the process",
                Some(&Unit::Bytes),
                stat.as_ref().map(|stat| stat.virtual_bytes),
            ),
            ("process_open_fds", "Open file descriptors", None, open_files()),
            ("process_max_fds", "The most open file descriptors", None, limit),
        ] {
            let gauge = ConstGauge::new(value.unwrap_or_default());
            let encoder = encoder.encode_descriptor(name, help, unit, gauge.metric_type())?;
            if value.is_some() {
                gauge.encode(encoder)?;
            }
        }
        Ok(())
    }
}

//! Sends the requests of a test, and checks the responses.

use crate::capture::{capture, Captured, Outputs};
use crate::expectation::Requests;
use crate::host::{Program, Setup, Stdio};
use crate::http::log::Log;
use crate::http::service::Service;
use crate::requests::case::RequestCase;
use crate::requests::check::check;
use crate::requests::send::send;
use crate::text::indent;
use rules_wit_common::Result;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use wasmtime_wasi::runtime::in_tokio;

/// A component, and what its server logs.
pub struct Tester {
    service: Arc<Service>,
    lines: Arc<Mutex<Vec<String>>>,
    /// Whether each request has an instance of its own, whose output can be told apart.
    is_isolated: bool,
}

impl Tester {
    /// Prepares a component. Errors: it handles no requests.
    pub fn new(program: Program, setup: Setup, requests: &Requests) -> Result<Self> {
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let log: Log = {
            let lines = Arc::clone(&lines);
            Arc::new(move |line| lock(&lines).push(line.to_owned()))
        };
        let options = requests.options.clone();
        let is_isolated = options.requests_per_instance == 1;
        Ok(Tester {
            service: Service::new(program, setup, options, log, false)?,
            lines,
            is_isolated,
        })
    }

    /// Sends a request and checks the response, after the guest has nothing left to do. The error is the
    /// failure of the case.
    pub fn check(
        &self,
        case: &RequestCase,
        outputs: Option<&Outputs>,
        captured: &mut Captured,
    ) -> Result<(), String> {
        let run = || {
            in_tokio(async {
                let result = check_one(&self.service, case).await;
                self.service.finished().await;
                result
            })
        };
        let result = match self.is_isolated {
            false => run(),
            true => {
                let (result, streams) = capture(outputs, |stdio| {
                    self.service.set_stdio(stdio);
                    let result = run();
                    // The streams end with the last one who can write.
                    self.service.set_stdio(Stdio::Output);
                    result
                })
                .map_err(|e| e.render(false))?;
                *captured = streams;
                result
            }
        };
        let log = self.take_log();
        result.map_err(|failure| failure + &log)
    }

    /// The log of the server until now, as a part of a failure.
    fn take_log(&self) -> String {
        let lines = std::mem::take(&mut *lock(&self.lines));
        match lines.is_empty() {
            true => String::new(),
            false => format!("\nlog:\n{}", indent(&lines.join("\n"))),
        }
    }

    /// Sends all requests at the same time, and checks the responses as [`Tester::check`]. The first failure
    /// has the log of all.
    pub fn check_all(
        &self,
        cases: impl Iterator<Item = RequestCase>,
    ) -> Vec<(RequestCase, Result<(), String>, Duration)> {
        in_tokio(async {
            let started: Vec<_> = cases
                .map(|case| {
                    let service = Arc::clone(&self.service);
                    let task = {
                        let case = case.clone();
                        async move {
                            let start = Instant::now();
                            let result = check_one(&service, &case).await;
                            (result, start.elapsed())
                        }
                    };
                    (case, tokio::spawn(task))
                })
                .collect();
            let mut done = Vec::new();
            for (case, task) in started {
                let (result, time) = task
                    .await
                    .unwrap_or_else(|e| (Err(e.to_string()), Duration::ZERO));
                done.push((case, result, time));
            }
            self.service.finished().await;
            // The lines of several requests are mixed.
            let log = self.take_log();
            let failure = done
                .iter_mut()
                .find_map(|(_, result, _)| result.as_mut().err());
            if let Some(first) = failure {
                first.push_str(&log);
            }
            done
        })
    }
}

async fn check_one(service: &Arc<Service>, case: &RequestCase) -> Result<(), String> {
    check(&case.expect, &send(service, case).await?)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

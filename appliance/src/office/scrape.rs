//! The meters by HTTP.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::exposition::expose;
use crate::meters::Meters;

/// How long a connection may take in all: it has one request.
const WHOLE: Duration = Duration::from_secs(10);
/// Bytes that are kept of a request.
const BUFFER: usize = 16 * 1024;

/// The types that are answered.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// What stands at the root.
const PAGE: &str = "The meters of an Outcry venue are at /metrics.\n";

/// Answers one request.
pub(super) async fn serve(stream: TcpStream, meters: Arc<Meters>) {
    let answer = service_fn(move |request: Request<Incoming>| {
        let response = respond(&request, &meters);
        async move { Ok::<_, Infallible>(response) }
    });
    let mut http = http1::Builder::new();
    http.keep_alive(false).max_buf_size(BUFFER).header_read_timeout(None);
    let connection = http.serve_connection(TokioIo::new(stream), answer);
    // What a client does wrong is answered by hyper; one that has gone needs no answer.
    drop(timeout(WHOLE, connection).await);
}

fn respond<B>(request: &Request<B>, meters: &Arc<Meters>) -> Response<Full<Bytes>> {
    let path = request.uri().path();
    if !matches!(path, "/" | "/metrics") {
        let text = format!("there is nothing at {path}; the meters are at /metrics\n");
        return response(StatusCode::NOT_FOUND, TEXT, text);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let text = format!("{} is not done here: only GET and HEAD\n", request.method());
        let mut refused = response(StatusCode::METHOD_NOT_ALLOWED, TEXT, text);
        refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    if path == "/" {
        return response(StatusCode::OK, TEXT, PAGE.to_owned());
    }
    let metrics = expose(meters);
    if wants_open_metrics(request) {
        response(StatusCode::OK, OPEN_METRICS, metrics)
    } else {
        response(StatusCode::OK, PROMETHEUS, plain(&metrics))
    }
}

/// Whether the client reads OpenMetrics, the newer of the two formats.
fn wants_open_metrics<B>(request: &Request<B>) -> bool {
    let accepts = request.headers().get_all(ACCEPT);
    let mut types = accepts.iter().filter_map(|value| value.to_str().ok());
    types.any(|types| types.contains("application/openmetrics-text"))
}

/// The same in the older format: there a family has the name of its samples, words in labels are a
/// number, and units and the end are not told.
fn plain(metrics: &str) -> String {
    let of = |line| str::strip_prefix(line, "# TYPE ")?.split_once(' ');
    let types: BTreeMap<&str, &str> = metrics.lines().filter_map(of).collect();
    let mut text = String::with_capacity(metrics.len());
    for line in metrics.lines() {
        if line.starts_with("# UNIT ") || line == "# EOF" {
            continue;
        }
        text += &described(line, &types).unwrap_or_else(|| line.to_owned());
        text.push('\n');
    }
    text
}

/// A line that describes a family whose samples have another name.
fn described(line: &str, types: &BTreeMap<&str, &str>) -> Option<String> {
    let (what, rest) = line.strip_prefix("# ")?.split_once(' ')?;
    let (name, told) = rest.split_once(' ')?;
    let (suffix, of) = match *types.get(name)? {
        "counter" => ("total", "counter"),
        "info" => ("info", "gauge"),
        _ => return None,
    };
    let told = if what == "TYPE" { of } else { told };
    Some(format!("# {what} {name}_{suffix} {told}"))
}

fn response(code: StatusCode, of: &'static str, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = code;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(of));
    response
}

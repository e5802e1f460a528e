/**
 * Asks a server over and over on connections that stay open, each request after the answer to the one before.
 *
 *   node bench/load.mjs URL BODY_FILE CONTENT_TYPE CONNECTIONS SECONDS     prints one line of JSON
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const [target, file, type, connections, seconds] = process.argv.slice(2);
const url = new URL(target);
const body = readFileSync(file);
const head = `POST ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: ${type}\r\nAccept: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`;
const request = Buffer.concat([Buffer.from(head), body]);
/** Answers by tenths of a millisecond; the last holds all that took longer. */
const latencies = new Uint32Array(100_000);
let [answers, errors] = [0, 0];
const began = performance.now();
const until = began + Number(seconds) * 1000;

await Promise.all(Array.from({ length: Number(connections) }, ask));
const elapsed = (performance.now() - began) / 1000;
console.log(
  JSON.stringify({
    answers,
    errors,
    seconds: elapsed,
    perSecond: answers / elapsed,
    p50: quantile(0.5),
    p99: quantile(0.99),
    most: quantile(1),
  }),
);

function ask() {
  return new Promise((resolve) => {
    const socket = connect(Number(url.port), url.hostname);
    socket.setNoDelay(true);
    let [sent, text] = [0, ''];
    const send = () => {
      sent = performance.now();
      text = '';
      socket.write(request);
    };
    socket.on('connect', send);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
      if (!(text.length >= end + 4 + length)) return;
      const now = performance.now();
      if (text.startsWith('HTTP/1.1 200')) answers++;
      else errors++;
      latencies[Math.min(latencies.length - 1, Math.floor((now - sent) * 10))]++;
      if (now < until) send();
      else socket.end();
    });
    socket.on('error', () => {
      errors++;
    });
    socket.on('close', resolve);
  });
}

/** Milliseconds that a share of the answers took at most. */
function quantile(share) {
  const wanted = share * latencies.reduce((sum, count) => sum + count, 0);
  let [seen, at] = [0, -1];
  while (seen < wanted && at < latencies.length - 1) seen += latencies[++at];
  return (at + 1) / 10;
}

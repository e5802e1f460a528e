/**
 * Frees memory at once that only the collector would free: what is sent to nobody is gone. The pieces that a body comes in are as many bytes as
 * the body, and the collector, which sees a small heap grow by them, goes through all of it ten times a second.
 */

/** Less is not worth the call. */
const LEAST_BYTES = 1 << 13;

/** Frees pieces that are large and the only view of their memory; they are empty then. */
export function memoryFreer(): (piece: Uint8Array) => void {
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return ({ buffer, byteLength }) => {
    if (buffer instanceof ArrayBuffer && byteLength >= LEAST_BYTES && byteLength === buffer.byteLength)
      port1.postMessage(undefined, [buffer]);
  };
}

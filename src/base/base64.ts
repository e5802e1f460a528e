/** Bytes as texts that survive in JSON and HTML, in Node and in browsers. */

export function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  // Few enough that each fits into the arguments of a call, and a multiple of three, so that the pieces can be joined.
  const step = 3 * 8192;
  for (let at = 0; at < bytes.length; at += step)
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + step))));
  return pieces.join('');
}

/** @throws DOMException for a text that is no base64. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

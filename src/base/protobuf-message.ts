/** Writes messages of Protocol Buffers, field by field: https://protobuf.dev/programming-guides/encoding. */

/** One protobuf message under construction: chunks are kept and joined once, so large constants are copied only once. */
export class Message {
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  varint(field: number, value: number): void {
    this.#push(varintBytes(field * 8));
    this.#push(varintBytes(value));
  }

  /** Eight bytes. */
  double(field: number, value: number): void {
    this.#push(varintBytes(field * 8 + 1));
    this.#push(new Uint8Array(new Float64Array([value]).buffer));
  }

  float(field: number, value: number): void {
    this.#push(varintBytes(field * 8 + 5));
    this.#push(new Uint8Array(new Float32Array([value]).buffer));
  }

  text(field: number, value: string): void {
    this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: number, value: Uint8Array): void {
    this.#push(varintBytes(field * 8 + 2));
    this.#push(varintBytes(value.length));
    this.#push(value);
  }

  message(field: number, value: Message): void {
    this.#push(varintBytes(field * 8 + 2));
    this.#push(varintBytes(value.#size));
    for (const chunk of value.#chunks) this.#push(chunk);
  }

  finish(): Uint8Array {
    const bytes = new Uint8Array(this.#size);
    let offset = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    return bytes;
  }

  #push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }
}

/** Base-128 varint of an integer; negative ones as 64-bit two's complement. */
function varintBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

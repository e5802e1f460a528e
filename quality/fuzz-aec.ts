/**
 * Alters .aec files of both codecs, of single pictures and of sets, at random and reads them: an error with a name, or, where only the head changed harmlessly, a picture; never a crash, never
 * more than a second of processor time.
 *
 *   npx tsx quality/fuzz-aec.ts [mutations [seed]]
 */
import {
  AutoencoderError,
  createRandom,
  drawn,
  loadData,
  nodeEngine,
  type Picture,
  pictureCodec,
  pictureSetCodec,
  picturesOf,
} from 'autoencoder';

const [mutations = 100_000, seed = 1] = process.argv.slice(2).map(Number);
const random = createRandom(seed);
const engine = nodeEngine({ threads: 1 });

/** A file, and what reads it. */
interface Original {
  readonly bytes: Uint8Array;
  readonly read: (bytes: Uint8Array) => Promise<unknown>;
}
const originals: Original[] = [];

const textures = await picturesIn('textures', 64);
const codec = await pictureCodec(textures, { engine, epochs: 1, patches: 256 });
const ofPicture = (bytes: Uint8Array): Promise<unknown> => codec.decompress(bytes, 'altered');
for (const [at, picture] of textures.slice(0, 8).entries())
  originals.push({ bytes: await codec.compress(picture, 1 + at), read: ofPicture });
originals.push({ bytes: await codec.compress(textures[8], 'lossless'), read: ofPicture });

const digits = await picturesIn('digits', 500);
const setCodec = await pictureSetCodec(digits, { engine, epochs: 5, hidden: [64], latent: 12 });
const ofSet = (bytes: Uint8Array): Promise<unknown> => setCodec.decompress(bytes, 'altered');
for (const count of [1, 3, 10, 40, 150])
  originals.push({
    bytes: (await setCodec.compress(digits.slice(0, count).map((digit) => drawn(digit, random)))).bytes,
    read: ofSet,
  });

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

let [read, refused, slowest] = [0, 0, 0];
for (let time = 0; time < mutations; time++) {
  const original = originals[random.integer(originals.length)];
  const bytes = altered(original.bytes);
  const began = process.cpuUsage();
  try {
    await original.read(bytes);
    read++;
  } catch (error) {
    if (!(error instanceof AutoencoderError)) throw error;
    refused++;
  }
  const { user, system } = process.cpuUsage(began);
  slowest = Math.max(slowest, (user + system) / 1000);
  if ((time + 1) % 10_000 === 0)
    console.error(`${time + 1}: ${refused} refused, ${read} read, slowest ${slowest.toFixed(0)} ms`);
}
console.log(JSON.stringify({ mutations, refused, read, slowestMs: slowest }));
if (slowest > 1000) process.exitCode = 1;

/** Bits flipped, bytes set, cut out, doubled or cut off; for half of them with a right checksum, so that what is behind it is tried. */
function altered(original: Uint8Array): Uint8Array {
  let bytes = original.slice();
  for (let change = 0; change <= random.integer(4); change++) {
    const at = random.integer(bytes.length);
    const length = 1 + random.integer(16);
    const kind = random.integer(5);
    if (kind === 0) bytes[at] ^= 1 << random.integer(8);
    if (kind === 1) bytes[at] = random.integer(256);
    if (kind === 2) bytes = Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(at + length));
    if (kind === 3) bytes = Uint8Array.of(...bytes.subarray(0, at + length), ...bytes.subarray(at));
    if (kind === 4) bytes = bytes.slice(0, at + 1);
  }
  if (random.integer(2) === 0 || bytes.length < 8) return bytes;
  let crc = -1;
  for (const byte of bytes.subarray(0, bytes.length - 4)) crc = CRC_TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(bytes.length - 4, ~crc >>> 0);
  return bytes;
}

async function picturesIn(name: string, limit: number): Promise<Picture[]> {
  const { train } = await loadData(name, { limit });
  const pictures = train.form === 'array' ? picturesOf(train) : undefined;
  if (!pictures) throw new Error(`${name} are pictures of bytes`);
  return pictures;
}

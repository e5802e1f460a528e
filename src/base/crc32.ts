/** CRC-32 of ISO 3309, by table: finds every single damaged run of up to 32 bits, and all but one in 2³² of other changes. */
export function crc32(bytes: Uint8Array): number {
  return crcBy(0xedb88320, bytes);
}

/** CRC-32C of Castagnoli et al. 1993, as iSCSI has it (RFC 3720). */
export function crc32c(bytes: Uint8Array): number {
  return crcBy(0x82f63b78, bytes);
}

/** `polynomial` with its bits in the order of the lowest first. */
function crcBy(polynomial: number, bytes: Uint8Array): number {
  const table = Int32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? polynomial ^ (value >>> 1) : value >>> 1;
    return value;
  });
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

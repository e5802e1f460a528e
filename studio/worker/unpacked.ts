/** The bytes of a file that was given to a page; of one that ends in .gz, what is packed in it. */
export async function unpacked(file: File): Promise<Uint8Array> {
  const isPacked = /\.gz$/i.test(file.name);
  const stream = isPacked ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream();
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

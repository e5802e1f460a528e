/** A file for the user. */
export function download(name: string, type: string, content: Uint8Array | string): void {
  const blob = new Blob([typeof content === 'string' ? content : content.slice()], { type });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Texts as there is room for them. */

export function clipped(text: string): string {
  return text.length > 60 ? `${text.slice(0, 58)}…` : text;
}

/** `learningRate` → `learning rate`. */
export function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

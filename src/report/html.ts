/** HTML by tagged template: whatever is filled in is escaped, unless it is HTML made here. */

/** Text that is HTML already. */
export interface Html {
  readonly html: string;
}

type Hole = Html | string | number | undefined | false | readonly Hole[];

/** `` html`<p>${text}</p>` `` escapes `text`; arrays are joined, `undefined` and `false` leave nothing. */
export function html(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  return { html: strings.reduce((before, string, i) => before + fill(holes[i - 1]) + string) };
}

/** Escapes text for element content and quoted attributes. */
function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** JSON that can stand inside a script element: no `</script>`, no `<!--`, no line separators. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

/** JavaScript that can stand inside a script element; `</script` and `<!--` occur in strings and patterns only. */
export function scriptCode(code: string): string {
  return code.replaceAll(/<\/(?=script)/gi, '<\\/').replaceAll('<!--', '<\\!--');
}

function fill(hole: Hole): string {
  if (hole === undefined || hole === false) return '';
  if (typeof hole === 'string' || typeof hole === 'number') return escapeHtml(String(hole));
  if ('html' in hole) return hole.html;
  return hole.map(fill).join('');
}

/** What every page has: a header with its figures, navigation, sections, a footer. */
import { type Html, html } from './html.ts';

export interface Section {
  readonly id: string;
  readonly title: string;
  /** One sentence for a reader who sees this for the first time. */
  readonly lead: string;
  readonly body: Html;
}

/** A figure at the top of the page. */
export interface Tile {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}

export interface Frame {
  /** What sort of page it is, in two words. */
  readonly kicker: string;
  readonly title: string;
  /** One sentence: what was done to what. */
  readonly what: Html;
  /** One sentence: what came of it. */
  readonly verdict: Html;
  readonly tiles: readonly Tile[];
  /** What the reader should see before the sections. */
  readonly alerts?: Html;
  readonly sections: readonly Section[];
}

/** The body of a page. */
export function frame({ kicker, title, what, verdict, tiles, alerts, sections }: Frame): Html {
  return html`<a class="skip" href="#main">Skip to the report</a>
<header>
<p class="kicker">${kicker}</p>
<h1>${title}</h1>
<p class="what">${what}</p>
<p class="verdict">${verdict}</p>
<dl class="tiles">${tiles.map(
    ({ name, value, note }) => html`<div><dt>${name}</dt><dd><b>${value}</b> <span>${note}</span></dd></div>`,
  )}</dl>
<nav aria-label="Sections"><ul>${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>
<main id="main">
${alerts}
<noscript><p class="warning">The charts and pictures on this page are drawn by a script, which this browser does not run. The tables are all here.</p></noscript>
${sections.map(
  ({ id, title: name, lead, body }) => html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${name}</h2>
<p class="lead">${lead}</p>
${body}
</section>
`,
)}</main>
<footer><p>Written by <b>autoencoder</b>. This page is one file and loads nothing from any network: keep it, mail it, print it.</p></footer>`;
}

/** The place of a chart, which the script finds by `data-chart` and fills; where a page has several of a sort, `of` says which. */
export function chart(name: string, label: string, of = ''): Html {
  return html`<figure class="chart" data-chart="${name}" data-of="${of}" aria-label="${label}"></figure>`;
}

/** A table that may be wider than a phone: it scrolls by itself, by keyboard too. */
export function scrollable(label: string, table: Html): Html {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${table}</div>`;
}

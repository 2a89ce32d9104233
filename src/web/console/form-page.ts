import { attributes, html, type Html, nothing } from '../../platform/index.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** A button for one order. */
export interface Act {
  readonly action: string;
  readonly label: string;
  /** Hidden fields of the form. */
  readonly hidden?: Readonly<Record<string, string>>;
  /** Fields before the button, as HTML. */
  readonly before?: Html | undefined;
  /** The subject, for people whose screen reader reads the button alone. */
  readonly about?: string;
  /** Set for the main act of a page. */
  readonly isMain?: true;
}

/** Renders one order as one form: it works without a script. */
export function actForm({ action, label, hidden = {}, before, about, isMain }: Act): Html {
  const kept = Object.entries(hidden).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<form method="post" action="/console${action}">${kept}${before}<button${attributes({ class: isMain === true && 'main', 'aria-label': about !== undefined && `${label} ${about}` })}>${label}</button></form>`;
}

/** A field with its label above it, and its hint below. */
export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: string;
  readonly value?: string;
  readonly optional?: true;
}

/** Renders one line to fill in. */
export function field({ name, label, hint, type = 'text', value = '', optional }: FormField): Html {
  const hintId = `${name}-hint`;
  const rest = { 'aria-describedby': hint !== undefined && hintId, required: optional !== true };
  const below = hint !== undefined && html`<span class="faint" id="${hintId}">${hint}</span>`;
  return html`<div><label for="${name}">${label}</label><input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="off"${attributes(rest)}>${below}</div>`;
}

/** Renders the link to the next rows. */
export const onward = (path: string, next: string | null, language: Language): Html =>
  next === null
    ? nothing
    : html`<p class="acts"><a class="button" href="/console${path}${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(next)}">${wordsIn(language).consolePages.onward}</a></p>`;

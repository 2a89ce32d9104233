import { escaped } from '../page/escaped.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** A button that orders one thing. */
export interface Act {
  readonly action: string;
  readonly label: string;
  /** What is sent besides. */
  readonly hidden?: Readonly<Record<string, string>>;
  /** Fields that stand before the button, as HTML. */
  readonly before?: string;
  /** What it is about, for whoever hears the button alone. */
  readonly about?: string;
  /** The one that a page is there for. */
  readonly isMain?: true;
}

/** One order, one form: it works without a script. */
export function actForm({ action, label, hidden = {}, before = '', about, isMain }: Act): string {
  const kept = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  return `<form method="post" action="/console${escaped(action)}">${kept.join('')}${before}<button${isMain === true ? ' class="main"' : ''}${about === undefined ? '' : ` aria-label="${escaped(`${label} ${about}`)}"`}>${escaped(label)}</button></form>`;
}

/** A field with its label above it, and what it wants below. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: string;
  readonly value?: string;
  readonly optional?: true;
}

/** One line to fill in. */
export function field({ name, label, hint, type = 'text', value = '', optional }: Field): string {
  const [about, below] =
    hint === undefined
      ? ['', '']
      : [` aria-describedby="${name}-hint"`, `<span class="faint" id="${name}-hint">${escaped(hint)}</span>`];
  return `<div><label for="${name}">${escaped(label)}</label><input id="${name}" name="${name}" type="${type}" value="${escaped(value)}" autocomplete="off"${about}${optional === true ? '' : ' required'}>${below}</div>`;
}

/** The way to the rows after those shown. */
export const onward = (path: string, next: string | null, language: Language): string =>
  next === null
    ? ''
    : `<p class="acts"><a class="button" href="/console${escaped(path)}${path.includes('?') ? '&amp;' : '?'}after=${encodeURIComponent(next)}">${wordsIn(language).consolePages.onward}</a></p>`;

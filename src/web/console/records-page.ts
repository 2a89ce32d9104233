import { field, onward } from './form-page.ts';
import type { ConsolePage } from './frame-page.ts';
import { momentIn, type Reading } from './moment-page.ts';
import { tableOf } from './table-page.ts';
import { escaped } from '../page/escaped.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';

const PURPOSES: Readonly<Record<string, Words>> = bilingual.peoplePages.purposes;

interface Suppression {
  readonly purpose: string;
  readonly since: string;
  readonly source: string;
  readonly liftedAt: string | null;
  readonly contactId: string | null;
}

/** Numbers to leave alone; none is shown, and none is ever taken off. */
export function suppressionsPage(
  reading: Reading,
  given: { readonly items: readonly Suppression[]; readonly next: string | null; readonly mayAdd: boolean },
): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.records;
  const rows = given.items.map(({ since, purpose, source, liftedAt, contactId }) => [
    momentIn(since, reading),
    escaped(PURPOSES[purpose]?.[language] ?? purpose),
    escaped(source),
    liftedAt === null ? '–' : momentIn(liftedAt, reading),
    contactId === null ? '–' : `<a href="/console/people/${contactId}">${words.see}</a>`,
  ]);
  const columns = [words.since, words.purpose, words.source, words.lifted, words.person].map((head) => ({
    head,
  }));
  return {
    title: words.suppressions,
    main: `<p>${words.suppressionsLead}</p>
${given.mayAdd ? adding(language) : ''}
${tableOf({ caption: words.suppressions, columns, rows, empty: words.nobody })}
${onward('/suppressions', given.next, language)}`,
  };
}

function adding(language: Language): string {
  const words = wordsIn(language).peoplePages.records;
  const purposes = ['all', 'marketing', 'appointment', 'renewal', 'payment'].map(
    (purpose) => `<option value="${purpose}">${PURPOSES[purpose]?.[language] ?? purpose}</option>`,
  );
  return `<form method="post" action="/console/suppressions" class="acts" aria-label="${words.add}">${field({ name: 'phone', label: words.phone, type: 'tel' })}<div><label for="purpose">${words.purpose}</label> <select id="purpose" name="purpose">${purposes.join('')}</select></div><button>${words.record}</button></form>`;
}

interface Entry {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string | null;
}

/** Who did what; and whether the chains hold, when that was asked. */
export function auditPage(
  reading: Reading,
  given: {
    readonly items: readonly Entry[];
    readonly next: string | null;
    readonly holds?: boolean | undefined;
  },
): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.records;
  const rows = given.items.map(({ at, actor, action, subject }) => [
    momentIn(at, reading),
    escaped(actor),
    escaped(action),
    escaped(subject ?? '–'),
  ]);
  const columns = [words.at, words.actor, words.action, words.subject].map((head) => ({ head }));
  const verified =
    given.holds === undefined
      ? `<p class="acts"><a class="button" href="/console/audit?verify=1">${words.verify}</a></p>`
      : `<p class="${given.holds ? 'note' : 'alert'}" role="status">${given.holds ? words.holds : words.broken}</p>`;
  return {
    title: words.audit,
    main: `${verified}
${tableOf({ caption: words.audit, columns, rows, empty: words.none })}
${onward('/audit', given.next, language)}`,
  };
}

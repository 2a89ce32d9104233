import type { Language, Words } from '../law/rule.ts';
import { field, onward } from './console-form.ts';
import type { ConsolePage } from './console-frame.ts';
import { momentIn, type Reading } from './console-moment.ts';
import { tableOf } from './console-table.ts';
import { escaped } from './escaped.ts';

const WORDS = {
  fr: {
    suppressions: 'Oppositions',
    suppressionsLead:
      'Ces numéros ne reçoivent plus rien de cet usage. Aucune opposition n’est jamais supprimée.',
    nobody: 'Aucune opposition.',
    since: 'Depuis',
    purpose: 'Usage',
    source: 'Source',
    lifted: 'Levée',
    person: 'Personne',
    see: 'Voir',
    add: 'Ajouter un numéro',
    phone: 'Numéro',
    record: 'Inscrire',
    audit: 'Audit',
    none: 'Rien encore.',
    at: 'Quand',
    actor: 'Qui',
    action: 'Quoi',
    subject: 'Sur quoi',
    holds: 'Les chaînes sont intactes : accords et actes vérifiés.',
    broken: 'Une chaîne n’est plus intacte : voyez GET /v1/audit/verification.',
    verify: 'Vérifier les chaînes',
  },
  en: {
    suppressions: 'Suppressions',
    suppressionsLead: 'These numbers receive nothing more of that purpose. No suppression is ever deleted.',
    nobody: 'No suppression.',
    since: 'Since',
    purpose: 'Purpose',
    source: 'Source',
    lifted: 'Lifted',
    person: 'Person',
    see: 'See',
    add: 'Add a number',
    phone: 'Number',
    record: 'Record',
    audit: 'Audit',
    none: 'Nothing yet.',
    at: 'When',
    actor: 'Who',
    action: 'What',
    subject: 'On what',
    holds: 'Both chains hold.',
    broken: 'A chain does not hold any more: see GET /v1/audit/verification.',
    verify: 'Verify the chains',
  },
} as const satisfies Record<Language, Record<string, string>>;

const PURPOSES: Readonly<Record<string, Words>> = {
  marketing: { fr: 'offres', en: 'offers' },
  appointment: { fr: 'rendez-vous', en: 'appointments' },
  renewal: { fr: 'renouvellements', en: 'renewals' },
  payment: { fr: 'échéances', en: 'payments' },
  all: { fr: 'tout', en: 'everything' },
};

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
  const words = WORDS[language];
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
  const words = WORDS[language];
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
  const words = WORDS[language];
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

import type { Language, Words } from '../law/rule.ts';
import { actForm, field, onward } from './console-form.ts';
import type { ConsolePage } from './console-frame.ts';
import { figureIn, momentIn, type Reading } from './console-moment.ts';
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
    gateways: 'Opérateurs',
    name: 'Compte',
    state: 'État',
    rate: 'SMS par seconde',
    credit: 'Crédit',
    receipt: 'Dernier accusé',
    stop: 'Dernier STOP',
    halt: 'Arrêter',
    release: 'Laisser repartir',
    reason: 'Raison',
    halted: 'Arrêté',
    haltAll: 'Tout arrêter',
    releaseAll: 'Tout laisser repartir',
    everything: 'Tout ce que votre société envoie',
    default: 'par défaut',
    fake: 'factice',
    audit: 'Audit',
    none: 'Rien encore.',
    at: 'Quand',
    actor: 'Qui',
    action: 'Quoi',
    subject: 'Sur quoi',
    holds: 'Les deux chaînes tiennent.',
    broken: 'Une chaîne ne tient plus : voyez GET /v1/audit/verification.',
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
    gateways: 'Gateways',
    name: 'Account',
    state: 'State',
    rate: 'SMS a second',
    credit: 'Credit',
    receipt: 'Last receipt',
    stop: 'Last STOP',
    halt: 'Halt',
    release: 'Release',
    reason: 'Reason',
    halted: 'Halted',
    haltAll: 'Halt everything',
    releaseAll: 'Release everything',
    everything: 'Everything that your company sends',
    default: 'default',
    fake: 'fake',
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
    contactId === null ? '–' : `<a href="/console/timeline?contact=${contactId}">${words.see}</a>`,
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

interface Gateway {
  readonly name: string;
  readonly kind: string;
  readonly default: boolean;
  readonly fake: boolean;
  readonly state: string;
  readonly halted: boolean;
  readonly haltReason: string | null;
  readonly rate: number;
  readonly credit: string | null;
  readonly inbound: { readonly lastReceiptAt: string | null; readonly lastStopAt: string | null };
}

/** How each account is, and the switches that stop everything. */
export function gatewaysPage(
  reading: Reading,
  given: { readonly gateways: readonly Gateway[]; readonly mayHalt: boolean },
): ConsolePage {
  const { language } = reading;
  const words = WORDS[language];
  const rows = given.gateways.map((one) => [
    escaped(one.name) + about(one, language),
    one.halted ? `<strong>${words.halted}</strong> ${escaped(one.haltReason ?? '')}` : escaped(one.state),
    figureIn(one.rate, language),
    escaped(one.credit ?? '–'),
    momentIn(one.inbound.lastReceiptAt, reading),
    momentIn(one.inbound.lastStopAt, reading),
    given.mayHalt ? halting(one, language) : '',
  ]);
  const columns = [
    { head: words.name },
    { head: words.state },
    { head: words.rate, isFigure: true },
    ...[words.credit, words.receipt, words.stop, words.halt].map((head) => ({ head })),
  ];
  return {
    title: words.gateways,
    main: `${tableOf({ caption: words.gateways, columns, rows, empty: words.none })}
${given.mayHalt ? everything(language) : ''}`,
  };
}

function about({ kind, fake, default: isDefault }: Gateway, language: Language): string {
  const words = WORDS[language];
  const said = [kind, ...(isDefault ? [words.default] : []), ...(fake ? [words.fake] : [])];
  return ` <span class="faint">${escaped(said.join(', '))}</span>`;
}

function halting({ name, halted }: Gateway, language: Language): string {
  const words = WORDS[language];
  const action = `/gateways/${encodeURIComponent(name)}/halt`;
  if (halted) return actForm({ action, label: words.release, hidden: { halted: 'false' } });
  const before = `<input name="reason" aria-label="${escaped(`${words.reason} (${name})`)}" placeholder="${words.reason}" required maxlength="300">`;
  return actForm({ action, label: words.halt, hidden: { halted: 'true' }, before });
}

function everything(language: Language): string {
  const words = WORDS[language];
  const before = `<input name="reason" aria-label="${words.reason}" placeholder="${words.reason}" required maxlength="300">`;
  return `<h2>${words.everything}</h2>
<div class="acts">${actForm({ action: '/halt', label: words.haltAll, hidden: { halted: 'true' }, before })}${actForm({ action: '/halt', label: words.releaseAll, hidden: { halted: 'false' } })}</div>`;
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

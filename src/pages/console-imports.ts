import { exclusionWords } from '../contacts/exclusion-words.ts';
import type { Language, Words } from '../law/rule.ts';
import { onward } from './console-form.ts';
import type { ConsolePage } from './console-frame.ts';
import { figureIn, momentIn, type Reading } from './console-moment.ts';
import { tableOf } from './console-table.ts';
import { escaped } from './escaped.ts';
import { territoryIn } from './territory-words.ts';

const WORDS = {
  fr: {
    title: 'Importer',
    lead: 'Un fichier CSV tel qu’il sort de votre outil. La liste des désinscrits d’abord : rien ne part tant qu’elle n’est pas lue.',
    file: 'Fichier CSV (gzip accepté)',
    kind: 'De quoi',
    suppressions: 'Désinscrits',
    contacts: 'Personnes',
    appointments: 'Rendez-vous',
    subscriptions: 'Contrats',
    'payment-plans': 'Échéanciers',
    send: 'Importer',
    earlier: 'Fichiers reçus',
    none: 'Aucun fichier encore.',
    at: 'Reçu',
    state: 'État',
    rows: 'Lignes',
    accepted: 'Acceptées',
    rejected: 'Refusées',
    duplicates: 'Doublons',
    created: 'Nouvelles personnes',
    withdrawals: 'Retraits gardés',
    warnings: 'Remarques',
    nothingToSay: 'Aucune remarque.',
    code: 'Remarque',
    ignored: 'Colonnes laissées de côté, et non gardées',
    failed: 'Le fichier ne se lit pas',
    columns: 'Colonnes du fichier',
    shape:
      'Les premières lignes, sans ce qu’elles disent : x pour une lettre, 9 pour un chiffre. Renommez dans votre fichier les titres qui ne sont pas compris, puis importez-le de nouveau.',
    notUnderstood: 'non compris',
    noRow: 'Aucune ligne sous les titres.',
    notSendable: 'À qui l’on n’écrit pas, et pourquoi',
    everybody: 'On peut écrire à tout le monde.',
    number: 'Numéro',
    territory: 'Territoire',
    nameConflict: 'Deux noms pour un numéro : aucun n’est mis dans les textes.',
    why: 'Pourquoi',
    cure: 'Que faire',
    cancel: 'Annuler l’import',
  },
  en: {
    title: 'Import',
    lead: 'A CSV file as it comes out of your tool. The list of those who left first: nothing leaves until it is read.',
    file: 'CSV file (gzip allowed)',
    kind: 'Of what',
    suppressions: 'Those who left',
    contacts: 'People',
    appointments: 'Appointments',
    subscriptions: 'Subscriptions',
    'payment-plans': 'Payment plans',
    send: 'Import',
    earlier: 'Files received',
    none: 'No file yet.',
    at: 'Received',
    state: 'State',
    rows: 'Rows',
    accepted: 'Accepted',
    rejected: 'Rejected',
    duplicates: 'Duplicates',
    created: 'New people',
    withdrawals: 'Withdrawals kept',
    warnings: 'Remarks',
    nothingToSay: 'No remark.',
    code: 'Remark',
    ignored: 'Columns left aside, and not kept',
    failed: 'The file cannot be read',
    columns: 'Columns of the file',
    shape:
      'The first rows without what they say: x for a letter, 9 for a digit. Rename in your file the headings that are not understood, then import it again.',
    notUnderstood: 'not understood',
    noRow: 'No row under the headings.',
    notSendable: 'Who is not written to, and why',
    everybody: 'Everybody may be written to.',
    number: 'Number',
    territory: 'Territory',
    nameConflict: 'Two names for one number: none is put into texts.',
    why: 'Why',
    cure: 'What to do',
    cancel: 'Cancel the import',
  },
} as const satisfies Record<Language, Record<string, string>>;

const STATES: Readonly<Record<string, Words>> = {
  queued: { fr: 'attend son tour', en: 'queued' },
  reading: { fr: 'en lecture', en: 'being read' },
  finished: { fr: 'lu', en: 'read' },
  parked: { fr: 'arrêté sur une ligne', en: 'stopped at a row' },
  failed: { fr: 'illisible', en: 'cannot be read' },
  cancelled: { fr: 'annulé', en: 'cancelled' },
};

const stateIn = (state: string, language: Language): string => STATES[state]?.[language] ?? state;

/** What a file may hold. */
export type ImportKind = 'suppressions' | 'contacts' | 'appointments' | 'subscriptions' | 'payment-plans';

/** What became of a file. */
export interface ImportSeen {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly created: number;
  readonly withdrawals: number;
  readonly rejectedBy: Readonly<Record<string, number>>;
  readonly warningsBy: Readonly<Record<string, number>>;
  readonly ignoredColumns: readonly string[];
  readonly failure: string | null;
  readonly failureDetail: string | null;
  /** The columns of a file that could not be read. */
  readonly unread: {
    readonly headings: readonly string[];
    readonly unknown: readonly string[];
    readonly rows: readonly (readonly string[])[];
  } | null;
  readonly progress: { readonly read: number; readonly total: number };
  readonly createdAt: string;
}

const FIGURES = ['rows', 'accepted', 'rejected', 'duplicates', 'created', 'withdrawals'] as const;

/** Where a file is dropped, and those that came before. */
export function importsPage(
  reading: Reading,
  given: {
    readonly items: readonly ImportSeen[];
    readonly next: string | null;
    readonly kinds: readonly ImportKind[];
  },
): ConsolePage {
  const { language } = reading;
  const words = WORDS[language];
  const rows = given.items.map((one) => [
    `<a href="/console/imports/${one.id}">${momentIn(one.createdAt, reading)}</a>`,
    kindIn(one.kind, language),
    escaped(stateIn(one.state, language)),
    ...[one.rows, one.accepted, one.rejected].map((count) => figureIn(count, language)),
  ]);
  const columns = [
    ...[words.at, words.kind, words.state].map((head) => ({ head })),
    ...[words.rows, words.accepted, words.rejected].map((head) => ({ head, isFigure: true })),
  ];
  return {
    title: words.title,
    main: `<p>${words.lead}</p>
${given.kinds.length === 0 ? '' : dropping(given.kinds, language)}
<h2>${words.earlier}</h2>
${tableOf({ caption: words.earlier, columns, rows, empty: words.none })}
${onward('/imports', given.next, language)}`,
  };
}

function dropping(kinds: readonly ImportKind[], language: Language): string {
  const words = WORDS[language];
  // What a file holds is said in the address: the fields of a form come in any order, and the file is never held.
  const forms = kinds.map(
    (kind) =>
      `<form method="post" enctype="multipart/form-data" action="/console/imports?kind=${kind}" class="acts"><label for="file-${kind}">${words[kind]}</label><input id="file-${kind}" type="file" name="file" accept=".csv,.gz,text/csv" required><button aria-label="${words.send} (${words[kind]})">${words.send}</button></form>`,
  );
  return `<section aria-label="${words.file}">${forms.join('')}</section>`;
}

const kindIn = (kind: string, language: Language): string => {
  const words: Readonly<Record<string, string>> = WORDS[language];
  return escaped(words[kind] ?? kind);
};

/** One file: how far it is, and the funnel of its rows, as HTML. */
export function importPage(
  reading: Reading,
  {
    view,
    funnel,
    mayCancel,
  }: { readonly view: ImportSeen; readonly funnel: string; readonly mayCancel: boolean },
): ConsolePage {
  const { language } = reading;
  const words = WORDS[language];
  const isOpen = view.state === 'queued' || view.state === 'reading';
  const figures = FIGURES.map(
    (name) =>
      `<div><dt>${words[name]}</dt><dd data-value="${name}">${figureIn(view[name], language)}</dd></div>`,
  );
  return {
    title: `${words.title} : ${kindIn(view.kind, language).toLowerCase()}`,
    live: isOpen ? { events: `/console/imports/${view.id}/events`, status: view.state } : undefined,
    main: `<p>${momentIn(view.createdAt, reading)} · <strong>${escaped(stateIn(view.state, language))}</strong></p>
${view.failure === null ? '' : `<p class="alert">${escaped(view.failureDetail ?? words.failed)} <span>(${escaped(view.failure)})</span></p>`}
${view.unread === null ? '' : unreadTable(view.unread, language)}
${progressBar(view)}
${mayCancel && (isOpen || view.state === 'parked') ? cancelButton(view.id, language) : ''}
<dl class="figures">${figures.join('')}</dl>
${funnel}
<h2>${words.warnings}</h2>
${counted(view.warningsBy, { caption: words.warnings, head: words.code, empty: words.nothingToSay, language })}
${view.ignoredColumns.length === 0 ? '' : `<p>${words.ignored} : ${escaped(view.ignoredColumns.join(', '))}</p>`}`,
  };
}

const cancelButton = (id: string, language: Language): string =>
  `<form method="post" action="/console/imports/${id}/cancellation" class="acts"><button class="danger">${WORDS[language].cancel}</button></form>`;

/** The columns of a file that could not be read, and its first rows without what they say. */
function unreadTable(unread: NonNullable<ImportSeen['unread']>, language: Language): string {
  const words = WORDS[language];
  const unknown = new Set(unread.unknown);
  const columns = unread.headings.map((heading) => ({
    head: unknown.has(heading) ? `${heading} (${words.notUnderstood})` : heading,
  }));
  const rows = unread.rows.map((cells) => unread.headings.map((_, at) => escaped(cells[at] ?? '')));
  return `<p>${words.shape}</p>
${tableOf({ caption: words.columns, columns, rows, empty: words.noRow })}`;
}

function progressBar({ progress: { read, total } }: ImportSeen): string {
  const share = total === 0 ? 100 : (100 * read) / total;
  return `<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect width="${share}" height="1" data-share="progress.read/progress.total"/></svg>`;
}

function counted(
  counts: Readonly<Record<string, number>>,
  shown: {
    readonly caption: string;
    readonly head: string;
    readonly empty: string;
    readonly language: Language;
  },
): string {
  const { caption, head, empty, language } = shown;
  const rows = Object.entries(counts).map(([code, count]) => [
    remarkIn(code, language),
    figureIn(count, language),
  ]);
  const columns = [{ head }, { head: WORDS[language].rows, isFigure: true }];
  return tableOf({ caption, columns, rows, empty });
}

/** What a file was kept with, in words; a code that has none speaks for itself. */
function remarkIn(code: string, language: Language): string {
  const why = code === 'NAME_CONFLICT' ? WORDS[language].nameConflict : exclusionWords(code, language).why;
  return why === code ? escaped(code) : `${escaped(why)} <span class="faint">${escaped(code)}</span>`;
}

/** The people of a file who are not written to, masked, each with the reason. */
export function notSendablePage(
  { language }: Reading,
  given: {
    readonly path: string;
    readonly items: readonly {
      readonly id: string;
      readonly to: string;
      readonly territory: string;
      readonly reason: string;
    }[];
    readonly next: string | null;
  },
): ConsolePage {
  const words = WORDS[language];
  const rows = given.items.map(({ id, to, territory, reason }) => {
    const { why, cure } = exclusionWords(reason, language);
    return [
      `<a href="/console/people/${id}">${escaped(to)}</a>`,
      escaped(territoryIn(territory, language)),
      escaped(why),
      escaped(cure),
    ];
  });
  const columns = [words.number, words.territory, words.why, words.cure].map((head) => ({ head }));
  return {
    title: words.notSendable,
    main:
      tableOf({ caption: words.notSendable, columns, rows, empty: words.everybody }) +
      onward(given.path, given.next, language),
  };
}

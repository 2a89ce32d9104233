import type { Language } from '../law/rule.ts';
import { escaped } from './escaped.ts';
import { framed, type Page } from './form-frame.ts';

/** A record as a page: each part under its heading, lists as tables, nothing that the record does not say. */
export function recordPage(
  record: Readonly<Record<string, unknown>>,
  shown: { readonly title: string; readonly language: Language; readonly before?: string },
): Page {
  const { title, language, before } = shown;
  const parts = Object.entries(record).map(([name, value]) => section(name, value, language));
  const opening = before === undefined ? '' : `<p><strong>${escaped(before)}</strong></p>`;
  return framed(
    { language, title, layout: 'sheets' },
    `<h1>${escaped(title)}</h1>${opening}${parts.join('\n')}`,
  );
}

const section = (name: string, value: unknown, language: Language): string =>
  `<section><h2>${escaped(headingOf(name, language))}</h2>${shownValue(value)}</section>`;

function shownValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return '<p>–</p>';
  if (Array.isArray(value)) return value.length === 0 ? '<p>–</p>' : listOf(value);
  if (typeof value === 'object') return pairsOf(value as Readonly<Record<string, unknown>>);
  return `<p>${escaped(typeof value === 'string' ? value : JSON.stringify(value))}</p>`;
}

const listOf = (values: readonly unknown[]): string =>
  `<ol>${values.map((value) => `<li>${shownValue(value)}</li>`).join('')}</ol>`;

const pairsOf = (value: Readonly<Record<string, unknown>>): string =>
  `<dl>${Object.entries(value)
    .map(([name, inner]) => `<dt>${escaped(name)}</dt><dd>${shownValue(inner)}</dd>`)
    .join('')}</dl>`;

const headingOf = (name: string, language: Language): string => HEADINGS[language][name] ?? name;

const HEADINGS: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  fr: {
    madeAt: 'Fait le',
    controller: 'Responsable du traitement',
    person: 'La personne',
    standing: 'Ce qui est permis aujourd’hui',
    acts: 'Accords et retraits',
    suppressions: 'Oppositions',
    bookings: 'Rendez-vous, contrats, échéances',
    messages: 'Messages',
    replies: 'Réponses reçues',
    operators: 'Opérateurs employés',
    retention: 'Durées de conservation',
    rights: 'Droits',
    blanks: 'À compléter par le responsable',
    activities: 'Traitements',
    security: 'Mesures de sécurité',
    instance: 'Ce que fait réellement l’instance',
    risks: 'Risques à apprécier',
    criteria: 'Critères qui appellent une analyse d’impact',
  },
  en: {
    madeAt: 'Made on',
    controller: 'Controller',
    person: 'The person',
    standing: 'What is allowed today',
    acts: 'Agreements and leavings',
    suppressions: 'Objections',
    bookings: 'Appointments, contracts, instalments',
    messages: 'Messages',
    replies: 'Replies received',
    operators: 'Operators used',
    retention: 'How long what is kept',
    rights: 'Rights',
    blanks: 'For the controller to fill in',
    activities: 'Processing activities',
    security: 'Security measures',
    instance: 'What the instance really does',
    risks: 'Risks to weigh',
    criteria: 'Criteria that call for an impact assessment',
  },
};

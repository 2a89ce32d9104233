import type { Language } from '../law/rule.ts';
import { escaped } from './escaped.ts';
import { framed, type Page } from './form-frame.ts';

/** Where an operator stands with the page of Temporal. */
export interface CodecShown {
  readonly language: Language;
  /** Temporal's page. */
  readonly ui: string;
  /** What that page is to ask, as its settings want it. */
  readonly endpoint: string;
  readonly state: 'in' | 'out' | 'refused';
}

const WORDS = {
  fr: {
    title: 'Lire les workflows en clair',
    lead: 'Temporal garde chiffré ce qu’on dit aux workflows. Donnez votre clé d’API (administrateur, opérateur ou auditeur) : ce navigateur pourra le déchiffrer pendant deux heures. Chaque lecture est inscrite à l’audit.',
    key: 'Clé d’API',
    enter: 'Ouvrir',
    leave: 'Fermer l’accès',
    in: 'Ce navigateur peut déchiffrer pendant deux heures.',
    next: 'Dans la page de Temporal, une seule fois dans ce navigateur :',
    steps: (endpoint: string) => [
      'l’icône de lunettes, puis <b lang="en">Use my browser setting</b> ;',
      `l’adresse <code>${endpoint}</code> ;`,
      'allumez <b lang="en">Include cross-origin credentials</b>, puis <b lang="en">Apply</b>, et rechargez la page.',
    ],
    back: 'Aller à la page de Temporal',
    refused: 'Cette clé est inconnue, ou son rôle ne lit pas les workflows.',
  },
  en: {
    title: 'Read workflows in clear',
    lead: 'Temporal keeps encrypted what workflows are told. Give your API key (admin, operator or auditor): this browser may then decrypt it for two hours. Each reading is put on the audit.',
    key: 'API key',
    enter: 'Open',
    leave: 'Close the access',
    in: 'This browser may decrypt for two hours.',
    next: 'In Temporal’s page, once in this browser:',
    steps: (endpoint: string) => [
      'the glasses icon, then <b>Use my browser setting</b>;',
      `the address <code>${endpoint}</code>;`,
      'switch <b>Include cross-origin credentials</b> on, then <b>Apply</b>, and load the page again.',
    ],
    back: 'Go to Temporal’s page',
    refused: 'This key is not known, or its role does not read workflows.',
  },
} as const;

/** Where an operator gives a key, so that Temporal’s page shows what workflows were told. */
export function codecPage({ language, state, ...places }: CodecShown): Page {
  const words = WORDS[language];
  const main = state === 'in' ? opened(words, places) : asked(words, state === 'refused');
  return framed({ language, title: words.title }, `<header><h1>${words.title}</h1></header>\n${main}`);
}

type Words = (typeof WORDS)[Language];

const asked = (words: Words, isRefused: boolean): string => `
<p class="lead">${words.lead}</p>
${isRefused ? `<p role="alert"><strong>${words.refused}</strong></p>` : ''}
<form method="post" action="/codec">
<p><label for="key">${words.key}</label>
<input id="key" name="key" type="password" autocomplete="current-password" required maxlength="200"></p>
<p><button>${words.enter}</button></p>
</form>`;

const opened = (words: Words, { ui, endpoint }: Pick<CodecShown, 'ui' | 'endpoint'>): string => `
<p class="lead" role="status">${words.in}</p>
<p>${words.next}</p>
<ol>${words
  .steps(escaped(endpoint))
  .map((step) => `<li>${step}</li>`)
  .join('\n')}</ol>
<p><a class="onward" href="${escaped(ui)}">${words.back}</a></p>
<form method="post" action="/codec"><p><button>${words.leave}</button></p></form>`;

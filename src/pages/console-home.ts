import type { Language } from '../law/rule.ts';
import type { ConsolePage, Door } from './console-frame.ts';
import { escaped } from './escaped.ts';

const WORDS = {
  fr: {
    title: 'Console',
    key: 'Clé d’API',
    enter: 'Entrer',
    lead: 'Donnez votre clé d’API : ce navigateur s’en souvient pendant deux heures, et son rôle décide de ce que vous voyez.',
    refused: 'Cette clé est inconnue, révoquée, ou n’ouvre pas la console.',
    directory: 'Entrer par votre annuaire',
    SIGN_IN_REFUSED: 'L’annuaire ne confirme pas cette connexion, ou ne la confirme plus : recommencez.',
    NOT_A_MEMBER: 'L’annuaire vous connaît, et ne vous donne aucun rôle ici.',
    EMAIL_NOT_VERIFIED:
      'L’annuaire n’a pas vérifié votre adresse e-mail : faites-la vérifier, puis recommencez.',
    DIRECTORY_UNAVAILABLE: 'L’annuaire ne répond pas : entrez avec une clé.',
    home: 'Que voulez-vous faire ?',
    rest: 'Et aussi',
    '/imports': 'Déposer un fichier : chaque ligne est acceptée, ou refusée avec sa raison.',
    '/campaigns/new': 'Écrire, simuler, lancer : chaque message part aux heures permises.',
    '/to-call': 'Qui n’a pas été prévenu, jusqu’au prochain jour ouvré, et pourquoi.',
  },
  en: {
    title: 'Console',
    key: 'API key',
    enter: 'Sign in',
    lead: 'Give your API key: this browser remembers it for two hours, and its role decides what you see.',
    refused: 'This key is not known, was revoked, or does not open the console.',
    directory: 'Sign in through your directory',
    SIGN_IN_REFUSED: 'The directory does not vouch for this sign-in, or no longer: start again.',
    NOT_A_MEMBER: 'The directory knows you, and gives you no role here.',
    EMAIL_NOT_VERIFIED:
      'The directory has not verified your e-mail address: have it verified, then start again.',
    DIRECTORY_UNAVAILABLE: 'The directory does not answer: sign in with a key.',
    home: 'What would you like to do?',
    rest: 'And also',
    '/imports': 'Drop a file: each row is accepted, or rejected with its reason.',
    '/campaigns/new': 'Write, rehearse, launch: each message leaves in its hours.',
    '/to-call': 'Who was not told, up to the next working day, and why.',
  },
} as const;

/** Where somebody gives a key; `next` is the page that was asked for. */
export function signInPage(
  language: Language,
  {
    next,
    refused,
    byDirectory,
  }: { readonly next: string; readonly refused?: string | undefined; readonly byDirectory: boolean },
): ConsolePage {
  const words = WORDS[language];
  const said: Readonly<Record<string, string>> = words;
  return {
    title: words.title,
    main: `${refused === undefined ? '' : `<p class="alert" role="alert">${said[refused] ?? words.refused}</p>`}
${byDirectory ? `<p><a class="button" href="/console/oidc?next=${escaped(encodeURIComponent(next))}">${words.directory}</a></p>` : ''}
<p>${words.lead}</p>
<form method="post" action="/console/session" class="fields">
<input type="hidden" name="next" value="${escaped(next)}">
<div><label for="key">${words.key}</label><input id="key" name="key" type="password" autocomplete="current-password" required maxlength="200"></div>
<p><button>${words.enter}</button></p>
</form>`,
  };
}

/** The doors that somebody may open, the three of each day first. */
export function homePage(
  { language }: { readonly language: Language },
  { doors, awaiting }: { readonly doors: readonly Door[]; readonly awaiting: string },
): ConsolePage {
  const words = WORDS[language];
  const main = doors.filter((door) => door.main === true);
  const rest = doors.filter((door) => door.main !== true);
  return {
    title: words.home,
    main: `${awaiting}${main.length === 0 ? '' : `<div class="doors">${main.map((door) => bigDoor(door, language)).join('')}</div>`}
<h2>${words.rest}</h2>
<ul>${rest.map((door) => `<li><a href="/console${door.path}">${escaped(door.words[language])}</a></li>`).join('')}</ul>`,
  };
}

function bigDoor({ path, words }: Door, language: Language): string {
  const said: Readonly<Record<string, string>> = WORDS[language];
  return `<a href="/console${path}"><strong>${escaped(words[language])}</strong><span>${escaped(said[path] ?? '')}</span></a>`;
}

import {
  ALL_STOPS,
  ANYWHERE_WORDS,
  CANCELLATIONS,
  CONFIRMATIONS,
  ORDINARY,
  PURPOSE_STOPS,
  STOP_WORDS,
} from './reply-corpus.ts';

const upperTo =
  (start: number, lowerStart = start): ((text: string) => string) =>
  (text) =>
    Array.from(text, (letter) => {
      const point = letter.codePointAt(0) ?? 0;
      if (point >= 65 && point <= 90) return String.fromCodePoint(start + point - 65);
      if (point >= 97 && point <= 122) return String.fromCodePoint(lowerStart + point - 97);
      return letter;
    }).join('');

const swapped = (from: string, to: string) => (text: string) =>
  Array.from(text, (letter) => (from.includes(letter) ? to.charAt(from.indexOf(letter)) : letter)).join('');

const DISGUISES: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toLowerCase(),
  (text) => text.charAt(0) + text.slice(1).toLowerCase(),
  (text) => Array.from(text, (letter, at) => (at % 2 === 0 ? letter : letter.toLowerCase())).join(''),
  (text) => `${text}.`,
  (text) => `${text} !!!`,
  (text) => `  ${text}\r\n`,
  (text) => `"${text}"`,
  (text) => `« ${text} »`,
  (text) => `*${text}*`,
  (text) => `(${text})`,
  (text) => `${text} 🛑`,
  (text) => `👎${text}👎`,
  (text) => `${text} svp`,
  (text) => `${text} merci`,
  (text) => `${text}\nEnvoyé de mon iPhone`,
  (text) => text.replaceAll('A', 'À').replaceAll('E', 'É'),
  (text) => text.replaceAll('E', 'Ê').normalize('NFD'),
  (text) => Array.from(text).join('\u200b'),
  (text) => `\u202e${text}\u202c`,
  (text) => text.replaceAll(' ', '\u00a0'),
  (text) => text.replaceAll(' ', '-'),
  upperTo(0xff21),
  upperTo(0x1d400),
  upperTo(0x1d5d4),
  upperTo(0x24b6),
  upperTo(0x1f130),
  upperTo(0x1f170),
  upperTo(0x1f150),
  (text) => Array.from(upperTo(0x1f1e6)(text)).join('\u200b'),
  swapped('AEOPSTCHKMBX', 'АЕОРЅТСНКМВХ'),
  swapped('AEOPTIKMNBX', 'ΑΕΟΡΤΙΚΜΝΒΧ'),
  swapped('STOPAERBIN', 'ꓢꓔꓳꓑꓮꓰꓣꓐꓲꓠ'),
  (text) => swapped('aeopcx', 'аеорсх')(text.toLowerCase()),
  upperTo(0x1d434, 0x1d44e),
  upperTo(0x1d468, 0x1d482),
  upperTo(0x1d63c, 0x1d656),
  upperTo(0x1d670, 0x1d68a),
  (text) => Array.from(text).join('\u2060'),
  (text) => Array.from(text).join('\u00ad'),
  (text) => Array.from(text).join('\u034f'),
  (text) => Array.from(text).join('\ufe0f'),
  (text) => Array.from(text, (letter) => `${letter}\u0336`).join(''),
  (text) => Array.from(text, (letter) => `${letter}\u0301\u0323\u0489`).join(''),
  (text) => `\ufeff${text}`,
  (text) => `> ${text}`,
  (text) => `“${text}”`,
  (text) => `'${text}'`,
  (text) => `[${text}]`,
  (text) => `__${text}__`,
  (text) => `--${text}--`,
  (text) => `${text} ?`,
  (text) => `…${text}…`,
  (text) => text.replaceAll(' ', '\n'),
  (text) => text.replaceAll(' ', '_'),
  (text) => text.replaceAll(' ', '\u3000'),
];

/** Ends of replies: who signs, and with what. */
const SIGNATURES = [
  '\nEnvoyé de mon iPhone',
  '\nEnvoyé depuis mon Samsung Galaxy',
  ' - Mme Durand',
  '\n-- \nJean-Pierre Lefèvre\n06 39 98 00 12',
  ', cordialement',
  ' merci d’avance',
  '\nSent from my iPhone',
  '\n> Maison Lumière : -20 % ce mois-ci. STOP au 36180',
  '\nLe 24 nov. 2026 à 10:02, 36180 a écrit :\n> Maison Lumière : -20 % ce mois-ci. STOP au 36180',
] as const;

/** A reply as people sign it, our own message quoted beneath included. */
const signed = (text: string): readonly string[] => SIGNATURES.map((end) => text + end);

const OPENINGS = ['Bonjour, ', 'Bonsoir ', 'Madame, ', 'Svp ', 'Ok ', 'Merci de ', 'Je veux ', 'Non, '];

/** A word that is heard anywhere, behind what people put first. */
const opened = (text: string): readonly string[] => OPENINGS.map((opening) => opening + text);

/** A word as keyboards, phones and pranksters write it. */
const disguises = (word: string): readonly string[] => DISGUISES.map((disguise) => disguise(word));

const HOURS = ['8h', '9h15', '10h30', '14h', '16h45', '18h'];
const DAYS = ['lundi', 'mardi', 'mercredi prochain', 'jeudi matin', 'vendredi', 'samedi 12', 'le 3 janvier'];
const NAMES = ['Léa', 'mon mari', 'ma fille Zoé', 'M. Topin', 'Mme Stopa'];
const DELAYS = ['5 min', '10 minutes', 'un quart d’heure', 'une demi-heure'];

/** Sentences of every day, filled with days, hours and people. */
const everyday = (): readonly string[] => [
  ...DAYS.flatMap((day) =>
    HOURS.flatMap((hour) => [
      `Peut-on décaler à ${day} ${hour} ?`,
      `Je préfère ${day} à ${hour} si c'est possible`,
      `D'accord pour ${day} ${hour}, merci beaucoup`,
      `Non ${day} je ne suis pas disponible avant ${hour}`,
      `Bonjour je n'ai plus de place dans mon agenda ${day}, plutôt ${hour}`,
      `Vous fermez à quelle heure ${day} ? J'arrive vers ${hour}`,
    ]),
  ),
  ...NAMES.flatMap((name) =>
    DELAYS.flatMap((delay) => [
      `${name} aura ${delay} de retard, désolé`,
      `J'attends ${name}, encore ${delay}`,
      `${name} s'est arrêté en route, comptez ${delay}`,
    ]),
  ),
  ...NAMES.flatMap((name) =>
    HOURS.flatMap((hour) => [
      `C'est pour ${name}, on passera à ${hour}`,
      `${name} vous appelle à ${hour}`,
      `Le colis de ${name} est-il arrivé ? Je passe à ${hour}`,
    ]),
  ),
];

const PLAIN_DISGUISES: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => text.normalize('NFD'),
  (text) => `${text} !!`,
  (text) => `« ${text} »`,
  (text) => Array.from(text).join('\u200b'),
  upperTo(0xff21, 0xff41),
  upperTo(0x1d5d4, 0x1d5ee),
];

const PLAIN = [...ORDINARY, ...CONFIRMATIONS, ...CANCELLATIONS];

/** Replies that ask for no silence, as people write and sign them. */
export const ordinaryReplies = (): readonly string[] => [
  ...everyday(),
  ...PLAIN.flatMap((text) => PLAIN_DISGUISES.map((disguise) => disguise(text))),
  ...PLAIN.filter((text) => text.length > 3).flatMap(signed),
];

/** Every way of saying STOP that must be heard without fail. */
export const stopReplies = (): readonly string[] => [
  ...STOP_WORDS.flatMap(disguises),
  ...STOP_WORDS.flatMap(signed),
  ...ANYWHERE_WORDS.flatMap(opened),
  ...ANYWHERE_WORDS.flatMap(opened).flatMap(disguises),
  ...PURPOSE_STOPS,
  ...ALL_STOPS,
  ...[...PURPOSE_STOPS, ...ALL_STOPS].flatMap((text) => [text.toUpperCase(), `${text}\n`, ` ${text} `]),
];

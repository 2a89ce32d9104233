import { heard } from './inbound-text.ts';

/** What may stand before an answer and after it without changing it, over accentless capitals. */
const BEFORE = '(?:(?:BONJOUR|BONSOIR|HELLO|SALUT) )?';
const AFTER =
  '(?: (?:SVP|MERCI|MERCI BEAUCOUP|THANKS|THANK YOU|BONJOUR|BONNE JOURNEE|BONNE SOIREE|CORDIALEMENT)){0,3}';

const COMES = [
  '1',
  'OUI(?: OUI){0,3}',
  'OUI (?:1|BIEN SUR|D ACCORD|JE VIENS|JE SERAI LA|JE SERAI PRESENTE?)',
  'YES',
  'CONFIRM(?:E|ER|EZ|ED|ATION)?',
  '(?:OUI )?(?:JE|J) CONFIRME(?: (?:MON|LE|MA|NOTRE))?(?: (?:RDV|RENDEZ VOUS|PRESENCE|VENUE))?',
  'I CONFIRM',
];

const ABSENT = '(?:VENIR|ETRE LA|ETRE PRESENTE?)';
const STAYS_AWAY = [
  'NON(?: NON){0,3}',
  'NON 2',
  'NON (?:DESOLEE?|IMPOSSIBLE)',
  '(?:NON )?(?:DESOLEE? )?JE (?:NE )?(?:VIENS|VIENDRAI|SERAI) PAS(?: (?:LA|PRESENTE?))?',
  `(?:NON )?(?:DESOLEE? )?JE (?:NE )?(?:PEUX|POURRAI|PEUT) PAS(?: ${ABSENT})?`,
  'NO',
  '(?:NO )?I (?:CAN T|CANT|CANNOT|CAN NOT|WON T|WILL NOT)(?: (?:COME|MAKE IT|BE THERE|ATTEND))?',
];

const PLAIN_CANCEL =
  '(?:J )?(?:ANNULE|ANNULER|ANNULEZ|ANNULATION)(?: (?:MON|LE|CE) (?:RDV|RENDEZ VOUS))?|CANCEL(?: MY APPOINTMENT)?';

const whole = (...ways: readonly string[]): RegExp => new RegExp(`^${BEFORE}(?:${ways.join('|')})${AFTER}$`);

/** A whole reply that says yes, over accentless capitals. */
export const YES = whole(...COMES);

/** A whole reply that says no, over accentless capitals; "2" and ANNULER are read apart. */
export const NO = whole(...STAYS_AWAY);

const PLAIN_NO = whole('2', PLAIN_CANCEL, ...STAYS_AWAY);

const THANKS =
  /^(?:(?:MERCI|MERCI BEAUCOUP|MERCI BIEN|THANKS|THANK YOU|BONJOUR|BONNE JOURNEE|BONNE SOIREE|CORDIALEMENT|A BIENTOT|VOUS AUSSI)(?: |$)){1,4}$/;

/** What a person answered to a text that asked whether they come; thanks alone say neither. */
export type Answer = 'yes' | 'no' | 'thanks';

/**
 * The answer of a whole reply to a text that asked; nothing where it says more, asks, or may be read both ways.
 *
 * Whether it asks for silence is for `classifyReply` to say, and goes before.
 */
export function answerIn(text: string): Answer | undefined {
  const { words, cut } = heard(text);
  if (cut || text.includes('?')) return undefined;
  const said = words.join(' ');
  if (YES.test(said)) return 'yes';
  if (PLAIN_NO.test(said)) return 'no';
  return THANKS.test(said) ? 'thanks' : undefined;
}

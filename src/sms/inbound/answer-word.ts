import { replyWords } from './inbound-text.ts';

/** Words that may surround an answer without changing it, in accentless capitals. */
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

/** A whole reply that means yes, in accentless capitals. */
export const YES = whole(...COMES);

/** A whole reply that means no, in accentless capitals; "2" and ANNULER are handled separately. */
export const NO = whole(...STAYS_AWAY);

const PLAIN_NO = whole('2', PLAIN_CANCEL, ...STAYS_AWAY);

const THANKS =
  /^(?:(?:MERCI|MERCI BEAUCOUP|MERCI BIEN|THANKS|THANK YOU|BONJOUR|BONNE JOURNEE|BONNE SOIREE|CORDIALEMENT|A BIENTOT|VOUS AUSSI)(?: |$)){1,4}$/;

/** The answer to a question about attendance; thanks alone say neither. */
export type ReplyAnswer = 'yes' | 'no' | 'thanks';

/**
 * Returns the answer of a whole reply to a question; undefined where it says more, asks, or is ambiguous.
 * `classifyReply` checks for an opt-out, and goes first.
 */
export function answerIn(text: string): ReplyAnswer | undefined {
  const { words, cut } = replyWords(text);
  if (cut || text.includes('?')) return undefined;
  const said = words.join(' ');
  if (YES.test(said)) return 'yes';
  if (PLAIN_NO.test(said)) return 'no';
  return THANKS.test(said) ? 'thanks' : undefined;
}

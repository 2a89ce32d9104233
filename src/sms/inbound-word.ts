import { inboundWords } from './inbound-text.ts';
import { asksForEverything, isOptOut } from './opt-out-word.ts';
import { soundsLikeOptOut } from './opt-out-sentence.ts';

/** What a reply asks for. */
export type Reply =
  | { readonly kind: 'stop'; readonly scope: 'all' | 'purpose'; readonly sure: true }
  /** Suspends marketing at once and waits for a person to read it. */
  | { readonly kind: 'unclear-stop'; readonly scope: 'purpose'; readonly sure: false }
  | { readonly kind: 'contact' }
  | { readonly kind: 'confirm' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'other' };

const CONTACT = /^(?:CONTACTS?|AIDE|INFOS?|HELP)(?: (?:SVP|STP|SMS|MERCI|PLEASE|\d{5}))*$/;
const CONFIRM =
  /^(?:1|OUI(?: OUI)*|YES|CONFIRM(?:E|ER|EZ|ED|ATION)?|(?:OUI )?(?:JE|J) CONFIRME(?: (?:MON|LE|MA|NOTRE))?(?: (?:RDV|RENDEZ VOUS|PRESENCE|VENUE))?|OUI (?:1|BIEN SUR|D ACCORD|JE VIENS|JE SERAI LA|JE SERAI PRESENTE?)|I CONFIRM)(?: (?:SVP|MERCI|MERCI BEAUCOUP|THANKS|THANK YOU|BONJOUR|CORDIALEMENT))*$/;
const CANCEL =
  /^(?:2|ANNUL(?:E|ER|EZ|ATION|EE)|CANCEL(?:LED)?|J ANNULE|(?:JE )?(?:VEUX|SOUHAITE|VOUDRAIS|DOIS|DESIRE) ANNULER|MERCI D ANNULER)(?: .{0,60})?$/;
const NEGATED = /\b(?:NE|N|PAS|SURTOUT PAS|DONT|DON T|NOT)\b/;

/** Reads a reply, on the side of silence: what may be a STOP is one. */
export function classifyReply(text: string): Reply {
  const words = inboundWords(text);
  if (isOptOut(words)) {
    return { kind: 'stop', scope: asksForEverything(words) ? 'all' : 'purpose', sure: true };
  }
  const said = words.join(' ');
  if (soundsLikeOptOut(said)) return { kind: 'unclear-stop', scope: 'purpose', sure: false };
  if (CONTACT.test(said)) return { kind: 'contact' };
  // A question is no order: "annulé ?" waits for a person like any other text.
  if (text.includes('?')) return { kind: 'other' };
  if (CONFIRM.test(said)) return { kind: 'confirm' };
  // "2" alone cancels; "2 personnes" and "ne pas annuler" do not.
  if (CANCEL.test(said) && !NEGATED.test(said) && !/^2 ./.test(said)) return { kind: 'cancel' };
  return { kind: 'other' };
}

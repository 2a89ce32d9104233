import type { GatewayEvent, CallContents, OperatorCall } from '../../sending/index.ts';
import { itemsOf } from '../http/call-items.ts';

/** The values that a transcript never shows. */
export interface Veil {
  /** The phone that tried the account, E.164. */
  readonly phone: string;
  /** Credentials, and the secret of the inbound address. */
  readonly secrets: readonly string[];
  /** Other numbers of the account: its senders. */
  readonly numbers?: readonly string[];
}

/** A call that can be replayed, in the format of samples. */
export interface TranscribedCall {
  readonly source: string;
  readonly call: {
    readonly method: string;
    readonly target: string;
    readonly contentType: string;
    readonly body: string;
    /** Bytes that are no UTF-8: a character each. */
    readonly charset?: 'latin1';
  };
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly unread: number;
}

/** Unassigned numbers: for the phone, for the account's own, and for any other. */
const NOBODY = '33639980001';
const OURS = '33757000000';
const SOMEBODY = '33639980002';
/** Digits of a French number that are the same however it begins. */
export const LOCAL_DIGITS = 9;

const isMadeUp = (written: string): boolean =>
  [NOBODY, OURS, SOMEBODY].some((one) => written.endsWith(one.slice(2)));

/**
 * Writes a call without the number and the secrets, with its reading; undefined when one of them would still be in
 * it. The same number replaces the phone in whatever form it was written.
 */
export function transcribed(
  call: OperatorCall,
  veil: Veil,
  about: { readonly source: string; readonly read: (call: OperatorCall) => CallContents },
): TranscribedCall | undefined {
  if (call.contentEncoding !== '' || call.body.includes(0)) return undefined;
  const target = veiled(call.target, veil);
  const body = Buffer.from(veiled(call.body.toString('latin1'), veil), 'latin1');
  const shown = { ...call, target, body };
  if (leaks(shown, veil)) return undefined;
  const isUtf8 = Buffer.from(body.toString('utf8')).equals(body);
  const { method, contentType } = call;
  const { events, unread } = about.read(shown);
  return {
    source: about.source,
    call: {
      method,
      target,
      contentType: veiled(contentType, veil),
      body: body.toString(isUtf8 ? 'utf8' : 'latin1'),
      ...(!isUtf8 && { charset: 'latin1' as const }),
    },
    events: events.map(shownEvent),
    unread,
  };
}

/** Returns an event's content, without the identity that a reader makes up. */
const shownEvent = (event: GatewayEvent): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(event).filter(([name]) => name !== 'identity' && name !== 'isUndated' && name !== 'parts'),
  );

/** Replaces them in a text. */
function veiled(text: string, veil: Veil): string {
  const secrets = veil.secrets.flatMap(formsOf).toSorted((one, other) => other.length - one.length);
  const hidden = secrets.reduce((left, secret) => left.replaceAll(secret, maskOf(secret)), text);
  const { phone, numbers = [] } = veil;
  return numbers
    .reduce((left, number) => withoutNumber(left, number, OURS), withoutNumber(hidden, phone, NOBODY))
    .replaceAll(/(?<!\d)((?:\+|%2B|00)?33)[1-9]\d{8}(?!\d)/gi, (written, begin: string) =>
      isMadeUp(written) ? written : begin + SOMEBODY.slice(2),
    )
    .replaceAll(/(?<![\dA-Za-z])0[1-9]\d{8}(?!\d)/g, (written) =>
      isMadeUp(written) ? written : `0${SOMEBODY.slice(2)}`,
    )
    .replaceAll(/(\+|%2B)[1-9]\d{7,14}(?!\d)/gi, (written, begin: string) =>
      isMadeUp(written) ? written : begin + SOMEBODY,
    );
}

/** Returns every form in which a call may write a secret. */
const formsOf = (secret: string): readonly string[] => {
  if (secret.length < 4) return [];
  const base64 = Buffer.from(secret).toString('base64');
  return [...new Set([secret, encodeURIComponent(secret), base64, base64.replaceAll('=', '')])];
};

const maskOf = (secret: string): string => secret.replaceAll(/[^]/g, 'x');

/** Digits may have blanks and signs between them, as people write them. */
const APART = '(?:[\\s.()-]|%20|\\+(?=\\d))?';

function withoutNumber(text: string, number: string, instead: string): string {
  const digits = number.replaceAll(/\D/g, '');
  if (digits.length < LOCAL_DIGITS) return text;
  const spaced = (some: string): string => Array.from(some).join(APART);
  const local = digits.slice(-LOCAL_DIGITS);
  const abroad = digits.slice(0, -LOCAL_DIGITS);
  const whole = new RegExp(`${spaced(abroad)}${abroad === '' ? '' : APART}${spaced(local)}`, 'g');
  return text
    .replaceAll(whole, abroad === '' ? instead.slice(2) : instead)
    .replaceAll(new RegExp(spaced(local), 'g'), instead.slice(2));
}

/** Says whether any of the secrets is left, in whatever readable form. */
function leaks(call: OperatorCall, { phone, secrets, numbers = [] }: Veil): boolean {
  const texts = [
    call.target,
    call.contentType,
    call.body.toString('latin1'),
    ...itemsOf(call).items.flatMap(({ values }) => values),
  ];
  const locals = [phone, ...numbers]
    .map((number) => number.replaceAll(/\D/g, '').slice(-LOCAL_DIGITS))
    .filter((local) => local.length === LOCAL_DIGITS && !isMadeUp(local));
  return texts.some(
    (text) =>
      locals.some((local) => text.replaceAll(/\D/g, '').includes(local)) ||
      secrets.flatMap(formsOf).some((secret) => text.includes(secret)),
  );
}

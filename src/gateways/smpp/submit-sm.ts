import { CAPABILITIES } from '../capabilities.ts';
import type { Call } from '../../sending/index.ts';
import { validity } from '../submitted-text.ts';
import type { Alphabet } from './alphabet.ts';
import { writtenText } from './octets.ts';
import type { LongTexts } from './profile.ts';

/** What we write of a `submit_sm`, by the names of the specification. */
export interface Submit {
  readonly source_addr_ton: number;
  readonly source_addr_npi: number;
  readonly source_addr: string;
  readonly dest_addr_ton: number;
  readonly dest_addr_npi: number;
  readonly destination_addr: string;
  readonly esm_class?: number;
  readonly validity_period?: string;
  readonly registered_delivery: number;
  readonly data_coding: number;
  readonly short_message?: Buffer | undefined;
  readonly message_payload?: Buffer;
  readonly sar_msg_ref_num?: number;
  readonly sar_total_segments?: number;
  readonly sar_segment_seqnum?: number;
}

type Source = Pick<Submit, 'source_addr_ton' | 'source_addr_npi' | 'source_addr'>;

/** How an account writes. */
export interface Hand {
  readonly longTexts: LongTexts;
  readonly alphabet: Alphabet;
  /** Takes the place of the call's sender. */
  readonly sourceAddress: string | undefined;
}

const UDH_INDICATOR = 0x40;
const RECEIPT = 1;

/** Parts that a text leaves in. */
export const sentParts = (
  text: Pick<Call, 'text' | 'encoding'>,
  { longTexts, alphabet }: Pick<Hand, 'longTexts' | 'alphabet'>,
): number => (longTexts === 'message-payload' ? 1 : writtenText(text, alphabet).parts.length);

/** The parts of one call, in order; each asks for a receipt of its own, since each may be lost by itself. */
export function submitsOf(call: Call, hand: Hand, reference: number): readonly Submit[] {
  const { dataCoding, whole, parts } = writtenText(call, hand.alphabet);
  const common = {
    ...commonOf(call, hand.sourceAddress),
    data_coding: dataCoding,
    registered_delivery: RECEIPT,
  };
  const [only] = parts;
  if (parts.length <= 1) return [{ ...common, short_message: only }];
  if (hand.longTexts === 'message-payload') return [{ ...common, message_payload: whole }];
  return parts.map((part, index) =>
    Object.assign(
      {},
      common,
      placed(part, { reference, of: parts.length, index, longTexts: hand.longTexts }),
    ),
  );
}

function commonOf(
  call: Call,
  sourceAddress: string | undefined,
): Omit<Submit, 'registered_delivery' | 'data_coding'> {
  const [recipient] = call.recipients;
  const validForMs = validity(call, CAPABILITIES.smpp);
  return {
    ...sourceOf(sourceAddress ?? call.sender),
    dest_addr_ton: 1,
    dest_addr_npi: 1,
    destination_addr: (recipient?.to ?? '').replace('+', ''),
    ...(validForMs !== undefined && { validity_period: relative(validForMs) }),
  };
}

/** Letters, a short code or a number: the operator is told which. */
function sourceOf(sender: string): Source {
  const digits = sender.replace(/^\+/, '');
  if (!/^\d+$/.test(digits)) return { source_addr_ton: 5, source_addr_npi: 0, source_addr: sender };
  const ton = digits.length <= 8 ? 3 : 1;
  return { source_addr_ton: ton, source_addr_npi: 1, source_addr: digits };
}

interface Place {
  readonly reference: number;
  readonly of: number;
  readonly index: number;
  readonly longTexts: LongTexts;
}

function placed(part: Buffer, { reference, of, index, longTexts }: Place): Partial<Submit> {
  if (longTexts === 'sar') {
    return {
      short_message: part,
      sar_msg_ref_num: reference,
      sar_total_segments: of,
      sar_segment_seqnum: index + 1,
    };
  }
  const header = Buffer.from([5, 0, 3, reference & 0xff, of, index + 1]);
  return { esm_class: UDH_INDICATOR, short_message: Buffer.concat([header, part]) };
}

const two = (value: number): string => String(value).padStart(2, '0');

/** A lifetime as `YYMMDDhhmmss000R`: relative, so that no clock but the operator's counts. */
function relative(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24];
  return `0000${two(days)}${two(hours)}${two(Math.floor(seconds / 60) % 60)}${two(seconds % 60)}000R`;
}

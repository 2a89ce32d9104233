/** The formats of an operator's message id: in its answer, then in its receipt. */
export type MessageIds = 'as-is' | 'hex-then-decimal' | 'decimal-then-hex';

/** A number in one case alone: padded with zeros, or in the other case, it is the same number. */
const NUMBER = /^(?:[0-9a-f-]+|[0-9A-F-]+)$/;

/** Normalizes an id for comparison; in an id with other letters than a number's, each counts, in its case. */
export function idOf(written: string): string {
  const bare = written.trim();
  if (!NUMBER.test(bare)) return bare;
  const number = bare.toLowerCase().replace(/^0+/, '');
  return number === '' ? '0' : number;
}

/** Normalizes the id of an answer. */
export const answeredId = (written: string, ids: MessageIds): string =>
  ids === 'as-is' ? idOf(written) : inDecimal(written, ids === 'hex-then-decimal' ? 16 : 10);

/** Normalizes the id of a receipt; some operators write in its field what they wrote in the answer. */
export function receiptedId(written: string, ids: MessageIds): string {
  if (ids === 'as-is') return idOf(written);
  const isDecimal = /^\d+$/.test(written.trim());
  return inDecimal(written, ids === 'hex-then-decimal' && isDecimal ? 10 : 16);
}

/** Converts a number to decimal, whatever its length; returns any other id unchanged. */
function inDecimal(written: string, base: 10 | 16): string {
  const bare = written.trim();
  if (!(base === 16 ? /^[0-9a-f]+$/i : /^\d+$/).test(bare)) return idOf(bare);
  return BigInt(base === 16 ? `0x${bare}` : bare).toString(10);
}

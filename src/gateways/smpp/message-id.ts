/** How an operator writes the id of a message: in its answer, then in its receipt. */
export type MessageIds = 'as-is' | 'hex-then-decimal' | 'decimal-then-hex';

/** A number in one case alone: what its operator pads with zeros, or writes in the other case, is the same number. */
const NUMBER = /^(?:[0-9a-f-]+|[0-9A-F-]+)$/;

/** An id as it is compared; of letters beyond those of numbers each counts, in its case. */
export function idOf(written: string): string {
  const bare = written.trim();
  if (!NUMBER.test(bare)) return bare;
  const number = bare.toLowerCase().replace(/^0+/, '');
  return number === '' ? '0' : number;
}

/** The id of an answer, as it is compared. */
export const answeredId = (written: string, ids: MessageIds): string =>
  ids === 'as-is' ? idOf(written) : inDecimal(written, ids === 'hex-then-decimal' ? 16 : 10);

/** The id of a receipt, as it is compared; some write in its field what they wrote in the answer. */
export function receiptedId(written: string, ids: MessageIds): string {
  if (ids === 'as-is') return idOf(written);
  const isDecimal = /^\d+$/.test(written.trim());
  return inDecimal(written, ids === 'hex-then-decimal' && isDecimal ? 10 : 16);
}

/** A number is compared in decimal, whatever its length; what is none, as it is. */
function inDecimal(written: string, base: 10 | 16): string {
  const bare = written.trim();
  if (!(base === 16 ? /^[0-9a-f]+$/i : /^\d+$/).test(bare)) return idOf(bare);
  return BigInt(base === 16 ? `0x${bare}` : bare).toString(10);
}

/** Returns the advisory lock of a batch: both halves of its UUID, xored to a signed 64-bit number. */
export function batchLock(batchId: string): string {
  const hex = batchId.replaceAll('-', '');
  const folded = BigInt(`0x${hex.slice(0, 16)}`) ^ BigInt(`0x${hex.slice(16)}`);
  return BigInt.asIntN(64, folded).toString();
}
